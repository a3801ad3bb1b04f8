//! Against a real engine: unique and shared bytes of a disk are those of `docker system df -v`.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;

use serde_json::Value;

use super::{five, sharing};
use crate::builder::Form;
use crate::engines::docker;
use crate::program::temp;

/// What the engine says of its disk, in bytes (the command rounds them); none where it has no socket.
fn disk_usage() -> Option<Value> {
    let host = std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".into());
    let mut socket = UnixStream::connect(host.strip_prefix("unix://")?).ok()?;
    socket.write_all(b"GET /v1.41/system/df HTTP/1.0\r\nHost: docker\r\n\r\n").ok()?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    head.contains(" 200 ").then(|| serde_json::from_str(body).ok())?
}

#[test]
fn a_disk_has_what_the_engine_says() {
    if docker(&["version", "--format", "{{.Server.Version}}"]).is_none() {
        eprintln!("SKIPPED: no docker engine answers here");
        return;
    }
    let folder = temp();
    for image in five() {
        let path = folder.path().join("load.tar");
        image.archive(Form::DockerV1).write(&path);
        docker(&["load", "-i", path.to_str().expect("a plain path")]).expect("the engine loads it");
    }
    let names: Vec<String> =
        ["a", "b", "c", "d", "e"].map(|name| format!("layercake-share-{name}:1")).to_vec();
    let usage = disk_usage();
    let host = std::env::var("DOCKER_HOST").unwrap_or_default();
    let images: Vec<String> = names.iter().map(|name| format!("docker:{name}")).collect();
    let document = sharing(&images, &[("DOCKER_HOST", &host)]);
    for name in &names {
        docker(&["rmi", name]);
    }
    let Some(usage) = usage else {
        eprintln!("SKIPPED: the engine's socket tells nothing of its disk");
        return;
    };
    for ours in document["images"].as_array().unwrap() {
        let name = &ours["reference"];
        let listed = usage["Images"].as_array().unwrap();
        let theirs =
            listed.iter().find(|image| image["RepoTags"].as_array().is_some_and(|tags| tags.contains(name)));
        let theirs = theirs.unwrap_or_else(|| panic!("{name} is not listed"));
        let (size, shared) = (theirs["Size"].as_u64().unwrap(), theirs["SharedSize"].as_u64().unwrap());
        let disk = &ours["disk"];
        println!("{name}: size {size}, shared {shared}; ours {} and {}", ours["content"], disk["shared"]);
        assert_eq!((&ours["content"], &disk["shared"]), (&size.into(), &shared.into()), "{name}");
        assert_eq!(disk["unique"], size - shared, "{name}");
    }
}
