//! A slimmed image on real engines: what they export, read by other code, and a container that runs.
//!
//! Engines are those of `DOCKER_HOST` and of `LAYERCAKE_ENGINES`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::builder::{Form, ImageBuilder, LayerBuilder, Names, tarball};
use crate::program::{command, finish, temp};

/// A program for x86-64 without any library: it ends with 42.
const PROGRAM: [u8; 132] = {
    let mut file = [0; 132];
    let head: [u8; 64] = [
        0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 62, 0, 1, 0, 0, 0, 0x78, 0, 0x40,
        0, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 56, 0, 1, 0, 0, 0,
        0, 0, 0, 0,
    ];
    let segment: [u8; 56] = [
        1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0,
        132, 0, 0, 0, 0, 0, 0, 0, 132, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0,
    ];
    // mov edi, 42; mov eax, 60; syscall
    let code: [u8; 12] = [0xbf, 42, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05];
    let mut at = 0;
    while at < 132 {
        file[at] = match at {
            0..64 => head[at],
            64..120 => segment[at - 64],
            _ => code[at - 120],
        };
        at += 1;
    }
    file
};

fn docker(host: &str, arguments: &[&str]) -> Option<String> {
    let docker =
        Command::new("docker").env("DOCKER_HOST", host).args(arguments).stdin(Stdio::null()).output();
    let output = docker.ok()?;
    if !output.status.success() {
        eprintln!("docker {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A sparse file of 1 MB with 512 bytes at 4096, as `tar --sparse --format=pax` writes it (engines refuse GNU's
/// older form).
fn sparse(name: &str) -> Vec<u8> {
    let mut records = Vec::new();
    for (key, value) in [
        ("GNU.sparse.major", "1"),
        ("GNU.sparse.minor", "0"),
        ("GNU.sparse.name", name),
        ("GNU.sparse.realsize", "1048576"),
    ] {
        tarball::record(&mut records, key, value.as_bytes());
    }
    let mut out = Vec::new();
    tarball::special(&mut out, b'x', b"PaxHeaders/sparse", &records);
    let map = b"2\n4096\n512\n1048576\n0\n";
    let body = [&map[..], &[0; 512][map.len()..], &[7; 512]].concat();
    out.extend(tarball::header(b"GNUSparseFile.0/sparse", b'0', body.len() as u64));
    out.extend(body);
    out
}

/// An access list as it is stored: version 2; the owner reads and writes, user 1000 and the group read, others do not.
const ACL: &[u8; 44] = b"\x02\0\0\0\
    \x01\0\x06\0\xff\xff\xff\xff\x02\0\x04\0\xe8\x03\0\0\x04\0\x04\0\xff\xff\xff\xff\
    \x10\0\x04\0\xff\xff\xff\xff\x20\0\0\0\xff\xff\xff\xff";

/// As many layers as Docker takes (125), no history, and a field of the configuration that nobody knows.
fn deep() -> ImageBuilder {
    let first = |l: LayerBuilder| l.dir("bin").file("bin/init", PROGRAM).mode(0o755);
    let image = ImageBuilder::new()
        .no_history()
        .tag("layercake-test-slim:old")
        .config("Entrypoint", json!(["/bin/init"]))
        .config("org.example.unknown", json!({ "b": 1, "a": [null, 1.5] }))
        .layer(first);
    (1..125).fold(image, |image, n| {
        let last = format!("f{}", n - 1);
        let layer = move |l: LayerBuilder| {
            let l = l.file(&format!("f{n}"), n.to_string()).file("again", n.to_string());
            // every third file is removed by the next layer
            if n % 3 == 0 { l.whiteout(&last) } else { l }
        };
        image.layer(layer)
    })
}

/// Everything that other tools lose.
fn odd(packing: Names) -> ImageBuilder {
    let long = format!("l/{}/{}", "d".repeat(200), "f".repeat(100));
    let first = |l: LayerBuilder| {
        l.dir("bin")
            .file("bin/init", PROGRAM)
            .mode(0o755)
            .dir("etc")
            .file("etc/conf", "base")
            .dir("etc/d")
            .file("etc/d/x", "x")
    };
    let second = LayerBuilder::default()
        .dir("l")
        .dir(&format!("l/{}", "d".repeat(200)))
        .file(&long, "long name")
        .raw_name(b"caf\xe9", "no UTF-8")
        .file("ping", "elf")
        .mode(0o755)
        .xattr("security.capability", b"\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0")
        .hardlink("ping2", "ping")
        .mode(0o755)
        .xattr("security.capability", b"\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0")
        .file("su", "elf")
        .mode(0o4755)
        .owner(1000, 2000)
        .fifo("pipe")
        .file("acl", "one more user may read it")
        .mode(0o640)
        .xattr("system.posix_acl_access", ACL)
        .char_device("zero")
        .numbers(1, 5)
        .mode(0o666)
        .hardlink("zero2", "zero")
        .mode(0o666)
        .block_device("disk")
        .numbers(7, 200)
        .symlink("link", "bin/init")
        .hardlink("link2", "link")
        .file("a", "overwritten, links stay")
        .hardlink("b", "a")
        .hardlink("c", "b")
        .file("m", "removed, a link stays")
        .hardlink("n", "m")
        .dir("again")
        .file("again/old", "old")
        .file("turn", "a file, then a directory, then a file")
        .noise("gone", 10_000, 1);
    let mut tar = second.tar(packing);
    tar.truncate(tar.len() - 1024);
    tar.extend(sparse("sparse"));
    tar.extend([0; 1024]);
    let image = ImageBuilder::new()
        .names(packing)
        .tag("layercake-test-slim:old")
        .config("Entrypoint", json!(["/bin/init"]))
        .config("Healthcheck", json!({ "Test": ["CMD", "/bin/init"], "Interval": 30_000_000_000_u64 }))
        .config("OnBuild", json!(["RUN x"]))
        .config("Shell", json!(["/bin/bash", "-c"]))
        .layer(first)
        .layer(|l| l.raw_tar(tar))
        .layer(|l| l.file("a", "new").whiteout("m").whiteout("again").whiteout("turn").whiteout("gone"))
        .layer(|l| {
            l.dir("again")
                .file("again/new", "new")
                .dir("turn")
                .file("turn/in", "in")
                .dir("etc")
                .file("etc/d", "f")
        })
        .layer(|l| l.whiteout("turn").dir("etc").whiteout("etc/d"))
        .layer(|l| l.file("turn", "file").dir("etc").dir("etc/d").file("etc/d/y", "y").dir("etc/o"))
        .layer(|l| {
            l.dir("etc").dir("etc/o").opaque("etc/o").file("etc/o/z", "z").file("ping", "other").mode(0o755)
        });
    (0..8).fold(image, |image, n| {
        image.layer(|l| l.file(&format!("many-{n}"), "x").file("count", n.to_string()))
    })
}

type Tree = BTreeMap<Vec<u8>, Value>;

/// All that an exported container's tar says of each path, times but of what the engine makes itself.
fn exported(host: &str, image: &str, folder: &Path) -> Tree {
    let container = docker(host, &["create", image]).expect("a container");
    let path = folder.join("export.tar");
    let done = docker(host, &["export", "-o", path.to_str().unwrap(), &container]);
    docker(host, &["rm", "-v", &container]);
    done.expect("an export");
    let mut tree = Tree::new();
    let mut archive = tar::Archive::new(std::fs::File::open(&path).expect("the export"));
    for entry in archive.entries().expect("a tar") {
        let mut entry = entry.expect("a member");
        let name = entry.path_bytes().into_owned();
        let mut body = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut body).expect("a body");
        let xattrs: BTreeMap<String, Vec<u8>> = entry
            .pax_extensions()
            .expect("records")
            .into_iter()
            .flatten()
            .map(|record| {
                let record = record.expect("a record");
                (record.key().unwrap_or_default().to_owned(), record.value_bytes().to_vec())
            })
            .filter(|(key, _)| key.starts_with("SCHILY.xattr."))
            .collect();
        let header = entry.header();
        let is_own = super::is_of_the_runtime(name.strip_suffix(b"/").unwrap_or(&name));
        let row = json!([
            header.entry_type().as_byte(),
            header.mode().unwrap(),
            header.uid().unwrap(),
            header.gid().unwrap(),
            if is_own { 0 } else { header.mtime().unwrap() },
            entry.link_name_bytes().map(std::borrow::Cow::into_owned),
            [header.device_major().unwrap(), header.device_minor().unwrap()],
            crate::builder::digest(&body),
            xattrs,
        ]);
        tree.insert(name, row);
    }
    tree
}

fn check(host: &str, folder: &Path) {
    let input = folder.join("in.tar");
    for (image, options) in [
        (odd(Names::Gnu), &[][..]),
        (odd(Names::PaxAlways), &["--squash"]),
        (odd(Names::Gnu), &["--include-base"]),
        (odd(Names::PaxAlways), &["--compress", "gzip"]),
        (deep(), &[]),
    ] {
        image.archive(Form::Docker).write(&input);
        docker(host, &["load", "-i", input.to_str().unwrap()]).expect("the engine loads the old image");
        let before = exported(host, "layercake-test-slim:old", folder);
        assert!(before.len() > 30, "{before:?}");
        let slim = |output: &str| {
            let mut slim = command();
            slim.env("DOCKER_HOST", host).current_dir(folder).arg("slim").arg(&input);
            slim.args(["--base", "1", "-o", output, "--prove", "--json", "--tag", "layercake-test-slim:new"]);
            let run = finish(slim.args(options));
            assert_eq!(run.code, Some(0), "{host} {options:?}: {}{}", run.stdout, run.stderr);
            let told: Value = serde_json::from_str(&run.stdout).expect("a document");
            assert_eq!(told["proof"]["engine"]["differences"], 0);
            assert!(told["proof"]["engine"]["paths"].as_u64() > Some(30));
        };
        slim("out.tar");
        docker(host, &["load", "-i", folder.join("out.tar").to_str().unwrap()])
            .expect("it loads the new one");
        let after = exported(host, "layercake-test-slim:new", folder);
        let differing: Vec<_> = before.iter().filter(|(path, row)| after.get(*path) != Some(row)).collect();
        assert!(differing.is_empty() && before.len() == after.len(), "{host} {options:?}: {differing:?}");
        let config = |name: &str| docker(host, &["image", "inspect", "--format", "{{json .Config}}", name]);
        assert_eq!(config("layercake-test-slim:old"), config("layercake-test-slim:new"));
        slim("docker:layercake-test-slim:loaded");
        assert!(exported(host, "layercake-test-slim:loaded", folder) == after, "{host} {options:?}");
        if cfg!(target_arch = "x86_64") {
            let run = Command::new("docker")
                .env("DOCKER_HOST", host)
                .args(["run", "--rm", "--network", "none"])
                .arg("layercake-test-slim:loaded")
                .status();
            assert_eq!(run.unwrap().code(), Some(42), "{host} {options:?}: it runs");
        }
    }
    // the program's own name is no shell, so the command fails, and nothing is written
    let mut slim = command();
    slim.env("DOCKER_HOST", host).current_dir(folder).arg("slim").arg(&input);
    slim.args(["--base", "1", "-o", "failed.tar", "--prove", "--smoke", "true"]);
    let child = slim.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let own = format!("reference=layercake-proof:{}-*", child.id());
    let run = child.wait_with_output().unwrap();
    assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(said.contains("not written: the command fails"), "{said}");
    assert!(!folder.join("failed.tar").exists());
    // other proofs may run on the same engine
    let left = docker(host, &["image", "ls", "-q", "--filter", &own]);
    assert_eq!(left.as_deref(), Some(""), "nothing of the proof stays");
    for name in ["old", "new", "loaded"] {
        docker(host, &["image", "rm", "-f", &format!("layercake-test-slim:{name}")]);
    }
}

#[test]
fn engines_export_the_same_before_and_after() {
    let own = std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".into());
    let more = std::env::var("LAYERCAKE_ENGINES").unwrap_or_default();
    let folder = temp();
    let mut hosts: Vec<_> = std::iter::once(own.as_str()).chain(more.split_whitespace()).collect();
    hosts.dedup();
    for host in hosts {
        match docker(host, &["version", "--format", "{{.Server.Version}}"]) {
            None => eprintln!("SKIPPED: no docker engine answers at {host}"),
            Some(_) => check(host, folder.path()),
        }
    }
}

/// An engine goes on loading without its client: what it loads is waited for, and removed.
#[test]
fn an_interrupted_proof_removes_what_the_engine_still_makes() {
    let folder = temp();
    let log = folder.path().join("log");
    let client = format!(
        "echo \"$@\" >>{log}\n[ \"$1\" != load ] || {{ sleep 2; echo loaded >>{log}; }}",
        log = log.display()
    );
    super::script(folder.path(), "docker", &client);
    let image = ImageBuilder::new().layer(|l| l.file("a", "1")).layer(|l| l.file("b", "2"));
    image.archive(Form::Docker).write(&folder.path().join("in.tar"));
    let path = std::env::join_paths(
        std::iter::once(folder.path().to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let mut slim = command();
    slim.env("PATH", path.expect("a list of directories")).env("DOCKER_HOST", "unix:///no/such.sock");
    slim.current_dir(folder.path()).args(["slim", "in.tar", "-o", "out.tar", "--prove"]);
    let mut child = slim.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program");
    let said = || std::fs::read_to_string(&log).unwrap_or_default();
    while !said().contains("load --input") {
        assert_eq!(child.try_wait().expect("a status"), None, "it ended early: {}", said());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(status.is_ok_and(|status| status.success()));
    assert_eq!(child.wait().expect("a status").code(), Some(130));
    let lines: Vec<String> = said().lines().map(str::to_owned).collect();
    let removed = format!("image rm --force layercake-proof:{}-before", child.id());
    assert_eq!(lines[lines.len() - 2..], ["loaded".to_owned(), removed], "{lines:?}");
    assert!(!folder.path().join("out.tar").exists());
}
