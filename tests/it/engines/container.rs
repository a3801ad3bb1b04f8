//! `container:NAME` against real containers: what the engine says of them, and what it exports.
//!
//! Engines are those of `DOCKER_HOST` and of `LAYERCAKE_ENGINES`, and Podman where it is installed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::export::{exported, merged};
use super::is_of_the_runtime;
use crate::program::{command, finish, temp};

/// Files added, changed and removed, a directory replaced, a file with its time reset, a volume, a bind mount.
const SCRIPT: &str = "set -e
cd /app
echo new > /added && mkdir -p /new/dir && echo x > /new/dir/file && ln /new/dir/file /new/hard && ln -s a /new/link
echo more >> package.json
rm package-lock.json
rm -rf src && mkdir src && echo only > src/only
mv dist /moved
rm -rf scripts && echo file > scripts
echo changed > /etc/reset && touch -d @0 /etc/reset
chmod 700 /opt
echo v > /volume/v
echo b > /bind/b";

struct Engine {
    program: &'static str,
    host: String,
}

impl Engine {
    fn run(&self, arguments: &[&str]) -> Option<String> {
        let mut client = Command::new(self.program);
        client.env("DOCKER_HOST", &self.host).args(arguments).stdin(Stdio::null());
        let output = client.output().ok()?;
        if !output.status.success() {
            eprintln!("{} {arguments:?}: {}", self.program, String::from_utf8_lossy(&output.stderr));
        }
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

fn check(engine: &Engine, demo: &Path, folder: &Path) {
    let name = format!("layercake-test-container-{}", engine.program);
    engine.run(&["load", "-i", demo.to_str().unwrap()]).expect("the engine loads the demo");
    engine.run(&["rm", "-f", "-v", &name]);
    let bind = format!("{}:/bind", folder.display());
    let mut run =
        vec!["run", "--name", &name, "--network", "none", "--user", "0", "-v", "/volume", "-v", &bind];
    if engine.program == "podman" {
        // its own limits are more than a container in a container may set
        run.extend(["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"]);
    }
    run.extend(["--entrypoint", "sh", "shop-api:1.4", "-c", SCRIPT]);
    engine.run(&run).expect("the script runs");
    let diff = engine.run(&["diff", &name]).expect("the engine's own list of changes");
    let export = folder.join("export.tar");
    engine.run(&["export", "-o", export.to_str().unwrap(), &name]).expect("an export");

    let location = format!("container:{name}");
    let layercake = |arguments: &[&str]| {
        let mut layercake = command();
        layercake.env("DOCKER_HOST", &engine.host).current_dir(folder).args(arguments);
        let run = finish(&mut layercake);
        assert_eq!(run.code, Some(0), "{arguments:?}: {}", run.stderr);
        run.stdout
    };
    let report: Value = serde_json::from_str(&layercake(&[&location, "--json"])).expect("a report");
    let layer = report["layers"].as_array().and_then(|layers| layers.last()).expect("a layer").clone();
    assert_eq!(layer["command"], location.as_str());
    let said = report["diagnostics"].to_string();
    assert!(said.contains("/bind, /volume"), "{said}");

    // the same file system, read again from what slim makes of it
    let merged_tree = {
        layercake(&["slim", &location, "-o", "whole.tar"]);
        merged(&folder.join("whole.tar"))
    };
    let keep = |path: &[u8]| {
        !is_of_the_runtime(path)
            && !path.starts_with(b"run/")
            && path != b"run"
            && !path.starts_with(b"volume/")
    };
    let ours: BTreeMap<_, _> = merged_tree.into_iter().filter(|(path, _)| keep(path)).collect();
    let theirs: BTreeMap<_, _> = exported(&export).into_iter().filter(|(path, _)| keep(path)).collect();
    let differing: Vec<_> = ours
        .iter()
        .filter(|(path, node)| theirs.get(*path) != Some(node))
        .chain(theirs.iter().filter(|(path, _)| !ours.contains_key(*path)))
        .map(|(path, node)| format!("{} {node:?}", String::from_utf8_lossy(path)))
        .collect();
    assert!(differing.is_empty() && ours.len() > 100, "{}: {differing:?}", engine.program);

    // the same changes as the engine lists, as far as they are about files
    let image = format!("{}:shop-api:1.4", engine.program);
    let compared: Value =
        serde_json::from_str(&layercake(&["compare", &image, &location, "--json"])).expect("a document");
    let changes = compared["changes"].as_array().expect("changes");
    let listed = |kind: char, path: &str| diff.lines().any(|line| line == format!("{kind} {path}"));
    for change in changes {
        let path = format!("/{}", change["path"].as_str().expect("a path"));
        if !keep(&path.as_bytes()[1..]) {
            continue;
        }
        let is_listed = match change["change"].as_str() {
            Some("added" | "moved") => listed('A', &path),
            // a directory that was removed and made again is either
            Some("changed" | "metadata") => listed('C', &path) || listed('D', &path),
            // of a removed directory the engine lists the directory alone
            _ => {
                path.match_indices('/').any(|(at, _)| listed('D', &path[..at]) || listed('C', &path[..at]))
                    || listed('D', &path)
            }
        };
        assert!(is_listed, "{}: {change} is not in\n{diff}", engine.program);
    }
    for (path, kind) in
        [("added", "added"), ("app/package.json", "changed"), ("app/package-lock.json", "removed")]
    {
        let is_there = |change: &Value| change["path"] == path && change["change"] == kind;
        assert!(changes.iter().any(is_there), "{path} is {kind}: {changes:?}");
    }
    if let Some(size) = engine.run(&["container", "inspect", "--size", "--format", "{{.SizeRw}}", &name]) {
        let (size, content): (u64, _) =
            (size.parse().expect("a size"), layer["content"].as_u64().expect("bytes"));
        // links have a size of their own on a disk; a containerd store counts blocks, and directories too
        let most = content + 200 + 4096 * diff.lines().count() as u64;
        assert!(content <= size + 200 && size <= most, "{}: {size} and {content} bytes", engine.program);
        println!("{}: {size} bytes written as it counts, {content} as we do", engine.program);
    }
    engine.run(&["rm", "-f", "-v", &name]);
}

#[test]
fn a_container_is_its_image_and_what_it_wrote() {
    let own = std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".into());
    let more = std::env::var("LAYERCAKE_ENGINES").unwrap_or_default();
    let folder = temp();
    let demo = folder.path().join("demo.tar");
    let packed = std::fs::File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/demo.tar.zst"));
    let unpacked = std::fs::File::create(&demo).expect("a file");
    zstd::stream::copy_decode(packed.expect("the demo"), unpacked).expect("the demo unpacks");
    let mut hosts: Vec<_> = std::iter::once(own.as_str()).chain(more.split_whitespace()).collect();
    hosts.dedup();
    let dockers = hosts.into_iter().map(|host| Engine { program: "docker", host: host.to_owned() });
    // an address where no Docker is, so that the container is looked for in Podman
    let podman = Engine { program: "podman", host: "unix:///no/such.sock".to_owned() };
    for engine in dockers.chain([podman]) {
        match engine.run(&["version", "--format", "{{.Client.Version}}"]) {
            Some(_) if engine.run(&["ps"]).is_some() => check(&engine, &demo, folder.path()),
            _ => eprintln!("SKIPPED: {} does not answer at {}", engine.program, engine.host),
        }
    }
}

#[test]
fn a_container_that_is_not_there_is_told() {
    for (name, why) in [
        ("container:no-such", "cannot read container:no-such: no engine has it"),
        ("container:-x", "cannot read container:-x: `-x` is no name of a container"),
        ("container:a/b", "`a/b` is no name of a container"),
    ] {
        let run = finish(command().env("DOCKER_HOST", "unix:///no/such.sock").args([name, "--json"]));
        assert_eq!(run.code, Some(2), "{name}");
        assert!(run.stderr.contains(why), "{}", run.stderr);
    }
}
