//! The one table of files that may hold secrets, by their names: how their bodies are checked, where the rule about
//! them looks, and which programs read them.

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Npmrc,
    Netrc,
    /// `password = x`: .pypirc, .my.cnf
    Password,
    Docker,
    GitCredentials,
    Aws,
    Kube,
    Env,
    /// A PEM file, or a key of another kind.
    Key,
    /// `user:hash`
    Htpasswd,
    /// `host:port:database:user:password`
    Pgpass,
    /// A JSON file of credentials.
    Json,
}

/// Where a file of the name is a secret.
enum Place {
    Anywhere,
    /// Directly in a directory of this name.
    In(&'static str),
    /// The body is checked anywhere, but the rule finds these paths only.
    Only(&'static [&'static str]),
}

/// A row of the table.
struct SecretFile {
    /// The file name; a `*` stands for any text.
    name: &'static str,
    /// Where the `*` stands in it.
    star: Option<usize>,
    place: Place,
    /// How the body is checked; none when it cannot be.
    form: Option<Form>,
    /// Such files often hold settings or certificates only.
    is_mild: bool,
    /// The programs that read it.
    readers: &'static [&'static str],
}

impl SecretFile {
    const fn new(name: &'static str, place: Place, form: Option<Form>) -> Self {
        let (bytes, mut at) = (name.as_bytes(), 0);
        while at < bytes.len() && bytes[at] != b'*' {
            at += 1;
        }
        let star = if at < bytes.len() { Some(at) } else { None };
        Self { name, star, place, form, is_mild: false, readers: &[] }
    }

    const fn mild(self) -> Self {
        Self { is_mild: true, ..self }
    }

    const fn read_by(self, readers: &'static [&'static str]) -> Self {
        Self { readers, ..self }
    }

    fn is_named(&self, name: &[u8]) -> bool {
        let own = self.name.as_bytes();
        match self.star {
            Some(star) => name.starts_with(&own[..star]) && name.ends_with(&own[star + 1..]),
            None => name == own,
        }
    }

    fn is_in(&self, directory: &[u8]) -> bool {
        let Place::In(parent) = self.place else { return true };
        directory.strip_suffix(parent.as_bytes()).is_some_and(|rest| rest.is_empty() || rest.ends_with(b"/"))
    }
}

/// The table. The first row that fits a file says how it is checked.
static TABLE: [SecretFile; 28] = {
    use Place::{Anywhere, In, Only};
    [
        SecretFile::new("id_rsa", Anywhere, Some(Form::Key)),
        SecretFile::new("id_dsa", Anywhere, Some(Form::Key)),
        SecretFile::new("id_ecdsa", Anywhere, Some(Form::Key)),
        SecretFile::new("id_ed25519", Anywhere, Some(Form::Key)),
        SecretFile::new(".npmrc", Anywhere, Some(Form::Npmrc)).mild().read_by(&["npm", "yarn", "pnpm"]),
        SecretFile::new(".pypirc", Anywhere, Some(Form::Password)).read_by(&["twine", "pip"]),
        SecretFile::new(".netrc", Anywhere, Some(Form::Netrc)).read_by(&["git", "curl", "pip", "go"]),
        SecretFile::new(".git-credentials", Anywhere, Some(Form::GitCredentials)).read_by(&["git"]),
        SecretFile::new(".dockercfg", Anywhere, Some(Form::Docker)),
        SecretFile::new("credentials.json", Anywhere, Some(Form::Json)),
        SecretFile::new("secret_token.rb", Anywhere, None),
        SecretFile::new(".htpasswd", Anywhere, Some(Form::Htpasswd)).mild(),
        SecretFile::new(".pgpass", Anywhere, Some(Form::Pgpass)),
        SecretFile::new(".my.cnf", Anywhere, Some(Form::Password)).mild(),
        SecretFile::new("config.json", In(".docker"), Some(Form::Docker)).mild().read_by(&["docker"]),
        SecretFile::new("credentials", In(".aws"), Some(Form::Aws)).read_by(&["aws"]),
        SecretFile::new("config", In(".kube"), Some(Form::Kube)),
        SecretFile::new(".env", Only(&["**/.env"]), Some(Form::Env)),
        SecretFile::new(
            ".env.*",
            Only(&["**/.env.{local,production,staging,development,prod,dev}"]),
            Some(Form::Env),
        ),
        SecretFile::new("ssh_host_*_key", Only(&["etc/ssh/ssh_host_*_key"]), Some(Form::Key)),
        SecretFile::new("*.p12", Anywhere, None),
        SecretFile::new("*.pfx", Anywhere, None),
        SecretFile::new("*.jks", Anywhere, None),
        SecretFile::new("*.key", Anywhere, Some(Form::Key)),
        SecretFile::new("*.keystore", Anywhere, None),
        SecretFile::new("*.ovpn", Anywhere, Some(Form::Key)),
        SecretFile::new("*.pem", Anywhere, Some(Form::Key)).mild(),
        // the keys of ssh above, and their copies under longer names
        SecretFile::new("id_*", Only(&[]), None).read_by(&["git", "ssh", "scp", "npm", "pip", "go"]),
    ]
};

/// The rows, a bit each, that a name with this first byte or this last byte may fit: every file of an image is held to
/// the table, and nearly all fit none.
static ENDS: [[u32; 256]; 2] = {
    let (mut ends, mut row) = ([[0; 256]; 2], 0);
    while row < TABLE.len() {
        let name = TABLE[row].name.as_bytes();
        let own = [name[0], name[name.len() - 1]];
        let mut end = 0;
        while end < ends.len() {
            let mut byte = 0;
            while byte < 256 {
                if own[end] == b'*' || own[end] as usize == byte {
                    ends[end][byte] |= 1 << row;
                }
                byte += 1;
            }
            end += 1;
        }
        row += 1;
    }
    ends
};

/// The rows that a name fits, the first one first.
fn rows(name: &[u8]) -> impl Iterator<Item = &'static SecretFile> {
    let bits = |end: usize, byte: Option<&u8>| byte.map_or(0, |&byte| ENDS[end][usize::from(byte)]);
    let mut left = bits(0, name.first()) & bits(1, name.last());
    let candidates = std::iter::from_fn(move || {
        let row = TABLE.get(left.trailing_zeros() as usize)?;
        left &= left - 1;
        Some(row)
    });
    candidates.filter(|file| file.is_named(name))
}

/// The form of a file of this name in this directory; none when its body is not checked.
pub(super) fn form(directory: &[u8], name: &[u8]) -> Option<Form> {
    rows(name).find(|file| file.is_in(directory))?.form
}

/// True for names of files that often hold settings or certificates only.
pub(crate) fn is_mild(name: &[u8]) -> bool {
    rows(name).any(|file| file.is_mild)
}

/// The programs that read a file of this name.
pub(crate) fn readers(name: &[u8]) -> &'static [&'static str] {
    rows(name).map(|file| file.readers).find(|readers| !readers.is_empty()).unwrap_or_default()
}

/// The globs of the paths that the rule about secret files finds.
pub(crate) fn globs() -> Vec<String> {
    let (mut names, mut ends, mut paths) = (Vec::new(), Vec::new(), Vec::new());
    for file in &TABLE {
        match file.place {
            Place::Anywhere => match file.name.strip_prefix("*.") {
                Some(end) => ends.push(end),
                None => names.push(file.name),
            },
            Place::In(directory) => paths.push(format!("**/{directory}/{}", file.name)),
            Place::Only(globs) => paths.extend(globs.iter().map(ToString::to_string)),
        }
    }
    let mut all = vec![format!("**/{{{}}}", names.join(",")), format!("**/*.{{{}}}", ends.join(","))];
    all.append(&mut paths);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_is_passed_over() {
        for file in &TABLE {
            let name = file.name.replace('*', "x");
            let directory = if let Place::In(parent) = file.place { parent } else { "srv" };
            let first = TABLE.iter().find(|row| row.is_named(name.as_bytes())).map(|row| row.form);
            assert_eq!(Some(form(directory.as_bytes(), name.as_bytes())), first, "{name}");
        }
        assert_eq!(form(b"w", b"12"), None);
        assert_eq!(form(b"w", b"main.rs"), None);
    }
}
