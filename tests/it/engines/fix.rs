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

/// Dockerfiles that nothing of the network is needed for, with what has to run in the new image.
const SMALL: [(&str, &str, &str); 3] = [
    (
        "a directory of the context, and files that are moved",
        "FROM debian:bookworm\nCOPY app /app\nRUN chmod 700 /app/data\nRUN chmod 755 /app/run\n\
         RUN mv /app/data /app/moved\nCMD sh /app/run\n",
        "sh /app/run && test -s /app/moved && test ! -e /app/.git",
    ),
    (
        "a user who owns everything",
        "FROM debian:bookworm\nRUN useradd -r -u 900 svc\nWORKDIR /srv\nCOPY app/ app/\n\
         RUN chown -R svc:svc /srv/app\nUSER svc\nRUN echo x > /srv/app/state\n",
        "test \"$(stat -c %U:%G /srv/app/run)\" = svc:svc",
    ),
    (
        "a shell of its own, a loop, and an argument",
        "FROM debian:bookworm\nARG N=5\nSHELL [\"/bin/bash\", \"-eo\", \"pipefail\", \"-c\"]\n\
         RUN mkdir -p /data; \\\n    for i in $(seq $N); do \\\n      head -c 2000000 /dev/urandom > /data/$i; \\\n    done\n\
         # keep only one\nRUN rm -f /data/[2-9]\nENV X=1\nCMD [\"ls\"]\n",
        "test \"$(ls /data)\" = 1",
    ),
];

#[test]
fn small_dockerfiles_are_fixed_as_promised_and_once() {
    let host = std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".into());
    if !docker(&host, &["image", "inspect", BASE]) {
        eprintln!("fix --prove: skipped, no engine has {BASE}");
        return;
    }
    for (name, dockerfile, smoke) in SMALL {
        let folder = temp();
        let folder = folder.path();
        fs::create_dir_all(folder.join("app/.git")).expect("a folder");
        let noise = |seed: u32| -> Vec<u8> {
            (0..3_000_000_u32).map(|at| (at ^ seed).wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect()
        };
        fs::write(folder.join("app/data"), noise(1)).expect("a file");
        fs::write(folder.join("app/.git/pack"), noise(2)).expect("a file");
        fs::write(folder.join("app/run"), "true\n").expect("a file");
        fs::write(folder.join("Dockerfile"), dockerfile).expect("a Dockerfile");
        let context = folder.display().to_string();
        assert!(docker(&host, &["build", "-t", "layercake-test-fix:small", &context]), "{name}");
        let mut fix = command();
        fix.env("DOCKER_HOST", &host).env("DOCKER_BUILDKIT", "0").current_dir(folder);
        fix.args([
            "fix",
            "docker:layercake-test-fix:small",
            "--dockerfile",
            "Dockerfile",
            "--prove",
            "--json",
        ])
        .args(["--smoke", smoke]);
        let run = finish(&mut fix);
        docker(&host, &["image", "rm", "--force", "layercake-test-fix:small"]);
        let document: Value = serde_json::from_str(&run.stdout).unwrap_or_default();
        let proof = &document["proof"];
        assert_eq!(
            (run.code, &proof["passed"]),
            (Some(0), &true.into()),
            "{name}: {document:#}\n{}",
            run.stderr
        );
        assert_eq!(proof["again"], serde_json::json!([]), "{name}: {document:#}");
        let (predicted, measured) =
            (proof["predicted"].as_f64().expect("bytes"), proof["measured"].as_f64().expect("bytes"));
        assert!(
            predicted > 2_000_000.0 && (predicted - measured).abs() < predicted * 0.03,
            "{name}: {document:#}"
        );
    }
}

/// Of its first stage only a file is used, so that an engine would keep the stage.
#[cfg(unix)]
const TWO_STAGES: &str = "FROM debian:bookworm AS make
ARG WAIT=0
RUN echo layercake-test-stage > /made
FROM debian:bookworm
ARG WAIT=0
RUN head -c 5000000 /dev/urandom > /scratch
RUN rm /scratch
COPY --from=make /made /made
RUN sleep $WAIT
";

#[test]
#[cfg(unix)]
fn a_proof_leaves_no_stage_in_the_engine_whether_it_ends_or_is_stopped() {
    let host = std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".into());
    if !docker(&host, &["image", "inspect", BASE]) {
        eprintln!("fix --prove: skipped, no engine has {BASE}");
        return;
    }
    let folder = temp();
    fs::write(folder.path().join("Dockerfile"), TWO_STAGES).expect("a Dockerfile");
    let context = folder.path().display().to_string();
    // an image of its own name, whose stages go with it: without a cache nobody shares them
    let name = "layercake-test-fix:stages";
    assert!(docker(&host, &["build", "--no-cache", "--force-rm", "-t", name, &context]));
    let listed = |arguments: &[&str]| {
        let output =
            Command::new("docker").env("DOCKER_HOST", &host).args(arguments).output().expect("docker");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let unnamed = || listed(&["images", "--quiet", "--no-trunc", "--filter", "dangling=true"]);
    let left = || {
        let is_of_this = |image: &&str| {
            let steps = listed(&["history", "--no-trunc", "--format", "{{.CreatedBy}}", image]);
            steps.contains("layercake-test-stage") || steps.contains("/scratch")
        };
        unnamed().split_whitespace().filter(is_of_this).map(str::to_owned).collect::<Vec<_>>()
    };
    // what this build left, or a test that was ended
    for image in left() {
        docker(&host, &["image", "rm", &image]);
    }
    let fix = |seconds: &str| {
        let mut fix = command();
        fix.env("DOCKER_HOST", &host).env("DOCKER_BUILDKIT", "0").current_dir(folder.path());
        fix.args(["fix", &format!("docker:{name}"), "--dockerfile", "Dockerfile", "--prove", "--json", "--"]);
        fix.args(["--build-arg", &format!("WAIT={seconds}")]);
        fix.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program")
    };
    let mut whole = fix("0");
    assert!(whole.wait().is_ok_and(|status| status.success()));
    assert_eq!(left(), [""; 0], "after a proof");
    let mut stopped = fix("60");
    // its first build stands still at the last step
    std::thread::sleep(std::time::Duration::from_secs(6));
    let process = rustix::process::Pid::from_child(&stopped);
    rustix::process::kill_process(process, rustix::process::Signal::INT).expect("a signal");
    assert_eq!(stopped.wait().ok().and_then(|status| status.code()), Some(130));
    assert_eq!(left(), [""; 0], "after Ctrl-C");
    docker(&host, &["image", "rm", "--force", name]);
}
