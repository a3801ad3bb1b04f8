//! `layercake fix --prove` with every real engine within reach that has an image to build on.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::{command, finish, temp};

/// The image that the Dockerfiles here are FROM.
const BASE: &str = "debian:bookworm";

/// Nothing in it needs a network.
const DOCKERFILE: &str = "FROM debian:bookworm
# the data
COPY data /srv/data
RUN chown -R 1000:1000 /srv/data
RUN mkdir -p /opt/tool && \\
    head -c 5000000 /dev/urandom > /opt/tool/cache && \\
    echo works > /opt/tool/state
ENV MODE=production
RUN rm /opt/tool/cache
CMD [\"cat\", \"/opt/tool/state\"]
";

fn docker(host: &str, arguments: &[&str]) -> bool {
    let mut docker = Command::new("docker");
    docker.env("DOCKER_HOST", host).env("DOCKER_BUILDKIT", "0").args(arguments);
    docker.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    docker.status().is_ok_and(|status| status.success())
}

fn prove(host: &str, folder: &Path, arguments: &[&str]) -> (Option<i32>, Value, String) {
    let mut fix = command();
    fix.env("DOCKER_HOST", host).env("DOCKER_BUILDKIT", "0").current_dir(folder);
    fix.args(["fix", "docker:layercake-test-fix:1", "--dockerfile", "Dockerfile", "--prove", "--json"])
        .args(arguments);
    let run = finish(&mut fix);
    (run.code, serde_json::from_str(&run.stdout).unwrap_or_default(), run.stderr)
}

#[test]
fn a_rebuild_keeps_the_promise_and_a_broken_one_writes_nothing() {
    let own = std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".into());
    let more = std::env::var("LAYERCAKE_ENGINES").unwrap_or_default();
    let mut seen = 0;
    for host in std::iter::once(own.as_str()).chain(more.split_whitespace()) {
        if !docker(host, &["image", "inspect", BASE]) {
            continue;
        }
        seen += 1;
        let folder = temp();
        let folder = folder.path();
        fs::write(folder.join("Dockerfile"), DOCKERFILE).expect("a Dockerfile");
        let data: Vec<u8> =
            (0..3_000_000_u32).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        fs::write(folder.join("data"), data).expect("a file");
        assert!(
            docker(host, &["build", "-t", "layercake-test-fix:1", &folder.display().to_string()]),
            "{host}"
        );
        let (code, document, said) = prove(host, folder, &["--smoke", "cat /opt/tool/state"]);
        let proof = &document["proof"];
        assert_eq!(
            (code, &proof["passed"], &proof["smoke"]),
            (Some(0), &true.into(), &true.into()),
            "{document:#}\n{said}"
        );
        let (predicted, measured) =
            (document["predicted"].as_f64().unwrap(), proof["measured"].as_f64().unwrap());
        assert!(predicted > 7_900_000.0 && (predicted - measured).abs() < predicted * 0.03, "{document:#}");
        // the image of the new Dockerfile has none of these findings
        fs::write(folder.join("Dockerfile"), document["dockerfile"].as_str().unwrap()).expect("a Dockerfile");
        assert!(
            docker(host, &["build", "-t", "layercake-test-fix:1", &folder.display().to_string()]),
            "{host}"
        );
        let again = finish(
            command()
                .env("DOCKER_HOST", host)
                .current_dir(folder)
                .args(["docker:layercake-test-fix:1", "--json"]),
        );
        let report: Value = serde_json::from_str(&again.stdout).expect("a report");
        assert_eq!(report["totals"]["own_wasted"], 0, "{report:#}");
        // what fails its smoke test is not written
        fs::write(folder.join("Dockerfile"), DOCKERFILE).expect("a Dockerfile");
        assert!(
            docker(host, &["build", "-t", "layercake-test-fix:1", &folder.display().to_string()]),
            "{host}"
        );
        let (code, document, said) = prove(host, folder, &["--smoke", "false", "--write"]);
        assert_eq!((code, &document["proof"]["smoke"]), (Some(1), &false.into()), "{said}");
        assert_eq!(fs::read_to_string(folder.join("Dockerfile")).expect("a file"), DOCKERFILE);
        assert!(docker(host, &["image", "rm", "--force", "layercake-test-fix:1"]));
    }
    if seen == 0 {
        eprintln!("fix --prove: skipped, no engine has {BASE}");
    }
}
