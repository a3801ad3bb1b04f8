//! Where package managers keep their records. Which bodies are kept, what packages are read from, and what every
//! install rewrites all follow from this one table.

/// The records of one family of package managers.
#[derive(Debug)]
pub struct Records {
    /// Directories that hold them, without slashes at the ends: the first that has a database is the one in use.
    pub homes: &'static [&'static str],
    /// The database in a home that can be read.
    pub database: &'static str,
    /// Databases of older versions in a home, in formats that are not read.
    pub older: &'static [&'static str],
}

/// dpkg's: a paragraph of `status` for each package. Source: dpkg(1) "FILES".
pub const DPKG: Records = Records { homes: &["var/lib/dpkg"], database: "status", older: &[] };

/// apk's: a paragraph of `installed` for each package.
pub const APK: Records =
    Records { homes: &["lib/apk/db", "usr/lib/apk/db"], database: "installed", older: &[] };

/// rpm's: `SQLite` since Fedora 33 and RHEL 9, before it Berkeley DB and ndb.
pub const RPM: Records = Records {
    homes: &["usr/lib/sysimage/rpm", "var/lib/rpm"],
    database: "rpmdb.sqlite",
    older: &["Packages", "Packages.db"],
};

impl Records {
    /// The databases that can be read, by their paths.
    pub fn databases(&self) -> impl Iterator<Item = Vec<u8>> {
        self.homes.iter().map(|home| format!("{home}/{}", self.database).into_bytes())
    }

    /// The databases of older versions, by their paths.
    pub fn older_databases(&self) -> impl Iterator<Item = Vec<u8>> {
        let of = |home| self.older.iter().map(move |name| format!("{home}/{name}").into_bytes());
        self.homes.iter().flat_map(of)
    }

    /// True for a database that can be read, by its directory and its name.
    pub fn is_database(&self, directory: &[u8], name: &[u8]) -> bool {
        name == self.database.as_bytes() && self.homes.iter().any(|home| home.as_bytes() == directory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_told_by_its_whole_path() {
        assert!(
            RPM.is_database(b"var/lib/rpm", b"rpmdb.sqlite") && DPKG.is_database(b"var/lib/dpkg", b"status")
        );
        for (directory, name) in
            [("var/lib/rpm", "Packages"), ("x/var/lib/rpm", "rpmdb.sqlite"), ("", "rpmdb.sqlite")]
        {
            assert!(!RPM.is_database(directory.as_bytes(), name.as_bytes()));
        }
        assert_eq!(RPM.older_databases().count(), 4);
    }
}
