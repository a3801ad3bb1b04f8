//! Against a real engine: unique and shared bytes of a disk are those of `docker system df -v`.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::{five, sharing};
use crate::builder::Form;
use crate::engines::docker;
use crate::program::temp;

/// The tests here load the same images.
static ENGINE: Mutex<()> = Mutex::new(());

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
    let _alone = ENGINE.lock().unwrap_or_else(PoisonError::into_inner);
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

/// Most images that an engine may have for all of them to be read here.
const FEW: usize = 12;

/// `docker:*` on every engine of `DOCKER_HOST` and `LAYERCAKE_ENGINES` that has few images.
#[test]
fn a_star_names_all_images_of_an_engine() {
    let _alone = ENGINE.lock().unwrap_or_else(PoisonError::into_inner);
    let own = std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".into());
    let more = std::env::var("LAYERCAKE_ENGINES").unwrap_or_default();
    let mut hosts: Vec<_> = std::iter::once(own.as_str()).chain(more.split_whitespace()).collect();
    hosts.dedup();
    for host in hosts {
        let docker = |arguments: &[&str]| {
            let output = Command::new("docker").env("DOCKER_HOST", host).args(arguments).output().ok()?;
            output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        let listed = || docker(&["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"]);
        if listed().is_none_or(|names| names.lines().count() > FEW) {
            eprintln!("SKIPPED: no docker engine with {FEW} images at most answers at {host}");
            continue;
        }
        let folder = temp();
        let path = folder.path().join("load.tar");
        for image in five() {
            image.archive(Form::Docker).write(&path);
            docker(&["load", "-i", path.to_str().expect("a plain path")]).expect("the engine loads it");
        }
        let listed = listed().unwrap_or_default();
        let document = sharing(&["docker:*".to_owned()], &[("DOCKER_HOST", host)]);
        for name in ["a", "b", "c", "d", "e"] {
            docker(&["rmi", &format!("layercake-share-{name}:1")]);
        }
        let references: Vec<&str> =
            document["images"].as_array().unwrap().iter().filter_map(|i| i["reference"].as_str()).collect();
        let named = listed.lines().filter(|name| !name.contains("<none>"));
        let missing: Vec<&str> = named.filter(|name| !references.contains(name)).collect();
        assert!(missing.is_empty() && references.len() >= 5, "{missing:?} are not in {references:?}");
        let unique = |name: &str| {
            let image = document["images"].as_array().unwrap().iter().find(|i| i["reference"] == name);
            image.and_then(|image| image["unique"].as_u64())
        };
        assert_eq!(unique("layercake-share-a:1"), Some(1000), "{host}");
        assert_eq!(unique("layercake-share-e:1"), Some(100_000), "{host}");
    }
}
