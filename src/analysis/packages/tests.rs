use proptest::prelude::*;

use super::*;
use crate::analysis::system;
use crate::image::{About, Assembly, Image, Parts, PathId};
use crate::layer::{Budget, index_stream};
use crate::oci::Config;
use crate::overlay::Union;
use crate::source::Compression;

/// A file: its path and its body; `-> x` in place of a body is a symbolic link.
type File<'a> = (&'a str, &'a [u8]);

/// An image of layers, as if it had been loaded.
pub(in crate::analysis) fn image(layers: &[&[File<'_>]], config: Config) -> (Image, Union) {
    let mut assembly = Assembly::default();
    for files in layers {
        let mut tar = ::tar::Builder::new(Vec::new());
        for (path, body) in *files {
            let mut header = ::tar::Header::new_gnu();
            header.set_mode(0o755);
            if let Some(target) = body.strip_prefix(b"-> ") {
                header.set_entry_type(::tar::EntryType::Symlink);
                header.set_size(0);
                tar.append_link(&mut header, path, std::str::from_utf8(target).unwrap()).unwrap();
            } else {
                header.set_size(body.len() as u64);
                tar.append_data(&mut header, path, *body).unwrap();
            }
        }
        let tar = tar.into_inner().unwrap();
        let index =
            index_stream(&tar[..], Compression::Gzip, tar.len() as u64, false, &Budget::default()).unwrap();
        assembly.add(&index, Parts::default()).unwrap();
    }
    let image = assembly.finish(About::default(), config, Vec::new(), Vec::new());
    let union = Union::of(&image);
    (image, union)
}

/// (manager, name, version, bytes, files, layer) of each package.
type Row<'a> = (Manager, &'a str, Option<&'a str>, u64, u64, Option<usize>);

fn rows(packages: &Packages) -> Vec<Row<'_>> {
    packages
        .list
        .iter()
        .map(|p| (p.manager, p.name.as_str(), p.version.as_deref(), p.bytes, p.files, p.layer()))
        .collect()
}

const STATUS: &[u8] = b"Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36\n\
    \nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n\
    \nPackage: tool\nStatus: install ok installed\nVersion: 1.0\nDepends: libc6\nRecommends: docs\n\
    \nPackage: docs\nStatus: install ok installed\nVersion: 3\n";

#[test]
fn dpkg_lists_are_followed_through_links() {
    let base: &[File<'_>] = &[
        ("lib", b"-> usr/lib"),
        ("usr/lib/libc.so", &[1; 100]),
        ("var/lib/dpkg/status", STATUS),
        ("var/lib/dpkg/info/libc6:amd64.list", b"/.\n/lib\n/lib/libc.so\n/lib/not-there\n"),
    ];
    let own: &[File<'_>] = &[
        ("usr/bin/tool", &[2; 30]),
        ("usr/share/doc/tool", &[3; 7]),
        ("usr/bin/mine", &[4; 5]),
        ("var/lib/dpkg/status", STATUS),
        ("var/lib/dpkg/info/tool.list", b"/usr/bin\n/usr/bin/tool\n"),
        ("var/lib/dpkg/info/docs.list", b"/usr/bin/tool\n/usr/share/doc/tool"),
        (
            "var/lib/apt/extended_states",
            b"Package: docs\nAuto-Installed: 1\n\nPackage: libc6\nAuto-Installed: 1\n",
        ),
    ];
    let (image, union) = image(&[base, own], Config::default());
    let packages = packages(Stack { image: &image, union: &union });
    let want = [
        (Manager::Dpkg, "libc6", Some("2.36"), 100, 1, Some(0)),
        // lists are read by name: the first to claim a file owns it
        (Manager::Dpkg, "docs", Some("3"), 37, 2, Some(1)),
        (Manager::Dpkg, "tool", Some("1.0"), 0, 0, None),
    ];
    assert_eq!(rows(&packages), want);
    assert_eq!(packages.recommended, [Recommended { package: 1, by: 2, needs: Vec::new() }]);
    let owner = |path: &[u8]| packages.owner(image.paths.find(path).unwrap()).map(|p| p.name.as_str());
    assert_eq!(owner(b"usr/lib/libc.so"), Some("libc6"));
    assert_eq!(owner(b"usr/bin/mine"), None);
    let live: u64 = union
        .rootfs
        .live()
        .filter_map(|(path, _)| union.rootfs.entry(path))
        .map(|id| image.entry(id).size)
        .sum();
    assert_eq!(packages.list.iter().map(|p| p.bytes).sum::<u64>() + packages.unowned, live);
    assert_eq!(packages.unread, []);
}

#[test]
fn distroless_has_a_file_for_each_package() {
    let files: &[File<'_>] = &[
        ("var/lib/dpkg/status.d/tzdata", b"Package: tzdata\nVersion: 2024a\n"),
        ("var/lib/dpkg/status.d/tzdata.md5sums", b"0123  usr/share/zoneinfo/UTC\nbad\n"),
        ("usr/share/zoneinfo/UTC", &[1; 114]),
    ];
    let (image, union) = image(&[files], Config::default());
    let want = [(Manager::Dpkg, "tzdata", Some("2024a"), 114, 1, Some(0))];
    assert_eq!(rows(&packages(Stack { image: &image, union: &union })), want);
}

#[test]
fn alpine_names_files_by_directory() {
    let installed =
        b"C:Q1x=\nP:musl\nV:1.2.5-r0\nI:400\nF:lib\nR:ld-musl.so\na:0:0:755\n\nP:busybox\nV:1.36\nF:bin\n\
        R:busybox\nF:\nR:top\n\nP:no-version\n\n";
    let files: &[File<'_>] = &[
        ("usr/lib/apk/db/installed", installed),
        ("lib/ld-musl.so", &[1; 50]),
        ("bin/busybox", &[2; 60]),
        ("top", &[3; 1]),
    ];
    let (image, union) = image(&[files], Config::default());
    let want = [
        (Manager::Apk, "busybox", Some("1.36"), 61, 2, Some(0)),
        (Manager::Apk, "musl", Some("1.2.5-r0"), 50, 1, Some(0)),
    ];
    assert_eq!(rows(&packages(Stack { image: &image, union: &union })), want);
}

#[test]
fn languages_own_what_the_system_does_not() {
    let files: &[File<'_>] = &[
        ("usr/lib/python3/site-packages/flask/app.py", &[1; 40]),
        ("usr/lib/bin/flask", &[1; 2]),
        ("usr/lib/python3/site-packages/my_flask-2.0.dist-info/METADATA", b"12345"),
        (
            "usr/lib/python3/site-packages/my_flask-2.0.dist-info/RECORD",
            b"flask/app.py,sha256=x,40\n../../bin/flask,,\n../../../../../../etc/shadow,,\n/usr/lib/abs,,\n",
        ),
        (
            "srv/node_modules/a/package.json",
            b"{\"name\": \"a\", \"version\": \"1.0.0\", \"dependencies\": {}}",
        ),
        ("srv/node_modules/a/index.js", &[1; 9]),
        ("srv/node_modules/a/node_modules/@s/b/package.json", b"{\"version\": 7}"),
        ("srv/node_modules/a/node_modules/@s/b/index.js", &[1; 11]),
        ("srv/node_modules/@s/b/package.json", b"not json"),
        ("srv/node_modules/.bin/x", &[1; 1]),
    ];
    let (image, union) = image(&[files], Config::default());
    let found = packages(Stack { image: &image, union: &union });
    let record = files[3].1.len() as u64;
    let want = [
        (Manager::Node, "a", Some("1.0.0"), 9 + files[4].1.len() as u64, 2, Some(0)),
        (Manager::Python, "my-flask", Some("2.0"), 42, 2, Some(0)),
        (Manager::Node, "@s/b", None, 14 + 11 + 8, 3, Some(0)),
    ];
    assert_eq!(rows(&found), want);
    assert_eq!(found.unowned, 5 + record + 1);
}

#[test]
fn packages_of_rpm_own_their_files() {
    let database = crate::layer::rpm_database();
    let files: &[File<'_>] = &[
        ("usr/lib/sysimage/rpm/rpmdb.sqlite", &database),
        ("usr/lib/tiny-lib/data", b"12345"),
        ("usr/lib/tiny-lib/deep/more", b"123"),
        ("usr/share/doc/tiny-tool/README", b"1"),
    ];
    let (image, union) = image(&[files], Config::default());
    let found = packages(Stack { image: &image, union: &union });
    let want = [
        (Manager::Rpm, "tiny-lib", Some("1.2-3"), 8, 2, Some(0)),
        (Manager::Rpm, "tiny-tool", Some("1.2-3"), 1, 1, Some(0)),
    ];
    assert_eq!((rows(&found), found.unread.as_slice()), (want.to_vec(), [].as_slice()));
    assert_eq!(found.unowned, database.len() as u64);
}

#[test]
fn records_that_cannot_be_read_are_told() {
    let files: &[File<'_>] = &[("var/lib/rpm/rpmdb.sqlite", b"SQLite format 3\0")];
    let (image, union) = image(&[files], Config::default());
    let packages = packages(Stack { image: &image, union: &union });
    assert_eq!((packages.list.len(), packages.unread), (0, vec![Manager::Rpm]));
}

#[test]
fn the_system_is_told_by_its_files() {
    let base: &[File<'_>] = &[
        ("etc/os-release", b"-> ../usr/lib/os-release"),
        ("usr/lib/os-release", b"ID=debian\nVERSION_ID=12\n"),
        ("usr/bin/apt-get", b"x"),
    ];
    let own: &[File<'_>] = &[
        ("usr/lib/os-release", b"ID=debian\nVERSION_ID=13\n"),
        ("usr/bin/python3", b"-> python3.11"),
        ("usr/bin/python3.11", b"x"),
        ("usr/local/bin/node", b"x"),
        ("usr/lib/jvm/java-17/bin/java", b"x"),
        ("usr/lib/jvm/java-17/bin/javac", b"x"),
    ];
    let mut config = Config::default();
    config.config.env = vec!["NODE_VERSION=20.1".into(), "PATH=/usr/local/bin:/usr/bin".into()];
    config.config.cmd = vec!["python3".into(), "app.py".into()];
    let (image, union) = image(&[base, own], config);
    let system = system::system(Stack { image: &image, union: &union }, 1);
    let version = |release: Option<system::Release>| release.and_then(|release| release.version);
    assert_eq!(version(system.base).as_deref(), Some("12"));
    assert_eq!(version(system.release).as_deref(), Some("13"));
    assert_eq!(system.installers, ["apt-get"]);
    let found: Vec<_> = system.runtimes.iter().map(|r| (r.language.name(), r.version.as_deref())).collect();
    assert_eq!(found, [("python", Some("3.11")), ("jdk", None), ("node", Some("20.1"))]);
    let program = system.program.unwrap();
    assert_eq!(image.paths.full(program.path), b"usr/bin/python3.11");
    assert_eq!((program.layer, program.elf, program.is_static()), (1, None, false));
}

#[test]
fn endless_links_end() {
    let files: &[File<'_>] = &[
        ("a", b"-> b"),
        ("b", b"-> a/../a"),
        ("var/lib/dpkg/status", STATUS),
        ("var/lib/dpkg/info/tool.list", b"/a/x\n/b/y\n/../../z\n//\n\n"),
    ];
    let (image, union) = image(&[files], Config::default());
    assert_eq!(packages(Stack { image: &image, union: &union }).list.iter().map(|p| p.files).sum::<u64>(), 0);
}

/// Lines that resemble those of the records, and some noise.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        "(Package|Version|Status|Depends|Recommends|Provides|Architecture): [a-c ,|:()]{0,8}",
        "Status: install ok installed",
        "Auto-Installed: 1",
        "[PVFR]:[a-c/.]{0,6}",
        "[a-c/.,\"]{0,8}",
        Just(String::new()),
    ];
    let lines = prop::collection::vec(line, 0..20).prop_map(|lines| lines.join("\n").into_bytes());
    prop_oneof![3 => lines, 1 => prop::collection::vec(any::<u8>(), 0..60)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn hostile_records_neither_panic_nor_invent_bytes(bodies in prop::collection::vec(hostile(), 8)) {
        let paths = [
            "var/lib/dpkg/status", "var/lib/dpkg/info/a.list", "var/lib/dpkg/status.d/b",
            "var/lib/dpkg/status.d/b.md5sums", "var/lib/apt/extended_states", "lib/apk/db/installed",
            "a/b-c.dist-info/RECORD", "b/node_modules/c/package.json",
        ];
        let mut files: Vec<File<'_>> = paths.iter().copied().zip(bodies.iter().map(Vec::as_slice)).collect();
        files.extend([("c", &b"-> b"[..]), ("a/a", b"1234"), ("a/c", b"-> ../c"), ("b/b", b"12")]);
        files.retain(|(_, body)| !body.starts_with(b"-> ") || body.len() < 9);
        let (image, union) = image(&[&files], Config::default());
        let packages = packages(Stack { image: &image, union: &union });
        let owned: u64 = packages.list.iter().map(|package| package.bytes).sum();
        prop_assert_eq!(owned + packages.unowned, image.content());
        for recommended in &packages.recommended {
            prop_assert!(recommended.package.max(recommended.by) < packages.list.len());
        }
        for path in 0..image.paths.len() {
            packages.owner(PathId(path));
        }
        system::system(Stack { image: &image, union: &union }, 1);
    }
}
