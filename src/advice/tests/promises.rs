//! What findings promise comes true, and nothing is listed that is none.

use super::*;
use crate::advice::testing::credentials;
use crate::dockerfile::Edit;
use crate::layer::SecretCheck;

fn fix(fixture: Fixture, rule: &str) -> String {
    let found = fixture.advice().findings.into_iter().find(|finding| finding.rule == rule);
    found.map(|finding| finding.snippet).unwrap_or_default()
}

#[test]
fn a_store_that_a_chown_takes_the_links_from_is_the_chowns_matter() {
    // the chown stores node_modules again, and the links of the store with it: the store itself frees nothing
    let stored = file("root/.local/share/pnpm/store/v3/a", 90 * MB);
    let linked =
        File { path: "app/node_modules/x/a".into(), link: Some(stored.path.clone()), ..stored.clone() };
    let own = File { uid: 7, ..file("app/node_modules/x/a", 90 * MB) };
    let own = File { content: stored.content, ..own };
    let image = Fixture::new().run("pnpm install", &[stored, linked]).run("chown -R node /app", &[own]);
    let advice = image.advice();
    let pnpm: u64 =
        advice.findings.iter().filter(|found| found.rule == "pnpm-bun").map(|found| found.bytes).sum();
    assert_eq!(pnpm, 0, "{:?}", ids(&advice));
}

#[test]
fn a_fix_of_a_chown_does_not_chown_again() {
    let files = |uid| [File { uid, ..file("srv/a", 50 * MB) }, File { uid, ..file("srv/b/c", 40 * MB) }];
    for command in
        ["chown -R 7:7 /srv", "chown -R 7:7 /srv && chmod -R u+w /srv", "cd /srv && chown -R 7:7 ."]
    {
        let image = Fixture::new().step("COPY . /srv # buildkit", &files(0)).run(command, &files(7));
        let lines = fix(image, "metadata-only");
        let again = lines.lines().any(|line| line.starts_with("RUN") && line.contains("chown -R"));
        assert!(!again, "{command}: {lines}");
    }
}

#[test]
fn stages_only_leave_behind_what_they_do_not_carry_over() {
    // a cache in the directory that the second stage copies comes along, and one beside it does not
    let note = "leave these behind as well";
    for (path, is_left) in [("opt/tool/.cache/a", false), ("root/.cache/go-build/a", true)] {
        let mut image = full_base(MB)
            .run("apt-get install -y --no-install-recommends gcc", &[file("usr/bin/gcc", 150 * MB)])
            .step("COPY src /src # buildkit", &[file("src/main.c", 10)])
            .run(
                "gcc -o /opt/tool/app /src/main.c",
                &[file("opt/tool/app", MB), file("opt/tool/data", 5 * MB), file(path, 30 * MB)],
            );
        image.config.config.cmd = vec!["/opt/tool/app".into()];
        let advice = image.advice();
        let caches =
            advice.findings.iter().filter(|found| found.evidence.iter().any(|at| at.bytes == 30 * MB));
        let notes: Vec<bool> = caches.map(|found| found.snippet.contains(note)).collect();
        assert!(notes.iter().all(|told| *told == is_left), "{path}: {:?} {:?}", notes, ids(&advice));
    }
}

#[test]
fn settings_without_a_value_are_no_secrets_and_sure_ones_come_first() {
    let image = Fixture::new().step(
        "COPY . /app # buildkit",
        &[
            credentials("app/.env", SecretCheck::Nothing),
            credentials("app/a.p12", SecretCheck::Unknown),
            credentials("app/id_rsa", SecretCheck::Secret),
        ],
    );
    let titles: Vec<String> = image
        .advice()
        .findings
        .into_iter()
        .filter(|found| found.rule == "secret-file")
        .map(|found| found.title)
        .collect();
    assert!(titles.len() == 2 && titles[0].starts_with("/app/id_rsa holds"), "{titles:?}");
    assert!(titles.iter().all(|title| !title.contains(".env")), "{titles:?}");
}

#[test]
fn a_cache_mount_of_apt_is_not_emptied_by_the_base() {
    let lists = [file("var/lib/apt/lists/x_Packages", 50 * MB)];
    let command = "apt-get update && apt-get install -y --no-install-recommends curl";
    let official = Fixture::default()
        .step("/bin/sh -c #(nop) ADD file:x in / ", &[file("etc/apt/apt.conf.d/docker-clean", 300)])
        .empty("CMD [\"bash\"]")
        .run(command, &lists);
    let mount = "--mount=type=cache,target=/var/cache/apt,sharing=locked";
    let keep = "rm -f /etc/apt/apt.conf.d/docker-clean && …";
    assert!(fix(official, "apt-lists").contains(&format!("{mount} \\\n#     {keep}")));
    let other = fix(Fixture::new().run(command, &lists), "apt-lists");
    assert!(other.contains(mount) && !other.contains("docker-clean"), "{other}");
}

#[test]
fn the_project_in_usr_src_is_no_left_over_of_a_build() {
    let files = [
        file("usr/src/app/index.js", 30 * MB),
        file("usr/src/app/bundle.js.map", 20 * MB),
        file("usr/src/app/node_modules/x/a.js", 12 * MB),
    ];
    let image = |working: &str| {
        let mut image = Fixture::new().step("COPY . /usr/src/app # buildkit", &files);
        image.config.config.working_dir = working.into();
        image.advice()
    };
    let bytes = |advice: &Advice, rule: &str| -> u64 {
        advice.findings.iter().filter(|found| found.rule == rule).map(|found| found.bytes).sum()
    };
    let project = image("/usr/src/app");
    assert_eq!((bytes(&project, "maps-sources"), bytes(&project, "copied-modules")), (20 * MB, 12 * MB));
    assert_eq!(bytes(&image("/srv"), "maps-sources"), 62 * MB);
}

#[test]
fn an_image_that_starts_its_build_tool_has_it_on_purpose() {
    let image = |words: &[&str]| {
        let mut image = Fixture::new()
            .run("apt-get install -y --no-install-recommends gcc make", &[file("usr/bin/gcc", 150 * MB)]);
        image.config.config.cmd = words.iter().map(ToString::to_string).collect();
        image.advice()
    };
    let is_loud = |advice: &Advice| advice.findings.iter().any(|found| found.severity != Severity::Info);
    assert!(!is_loud(&image(&["/bin/bash", "-c", "make test"])));
    assert!(!is_loud(&image(&["make", "-C", "/work"])));
    assert!(is_loud(&image(&["/usr/bin/service"])));
}

/// Lists that a later step removes with more.
fn removed_late(removal: &str, more: &[File]) -> Vec<Edit> {
    let install = "apt-get update && apt-get install -y --no-install-recommends curl";
    let lists = [file("var/lib/apt/lists/x_Packages", 50 * MB)];
    let gone: Vec<File> =
        lists.iter().chain(more).map(|file| crate::advice::testing::gone(&file.path)).collect();
    // a copy between them keeps the steps from being one
    let image = Fixture::new()
        .run(install, &lists)
        .step("COPY app /app # buildkit", &[file("app/a", 10)])
        .run("make data", more)
        .run(removal, &gone);
    let found = image.advice().findings.into_iter().find(|finding| finding.rule == "deleted-later");
    found.map(|finding| finding.fix.edits).unwrap_or_default()
}

#[test]
fn a_removal_that_finds_nothing_any_more_goes() {
    let removes = |edits: &[Edit]| edits.iter().any(|edit| matches!(edit, Edit::RemoveStep { .. }));
    let changed = |edits: &[Edit]| -> Vec<String> {
        let mut with = Vec::new();
        for edit in edits {
            if let Edit::ReplaceCommand { with: commands, .. } = edit {
                with.extend(commands.clone());
            }
        }
        with
    };
    // what was never there goes with the step, and only with it
    for removal in ["rm -rf /var/lib/apt/lists/*", "rm -rf /var/lib/apt/lists/* /root/.cache"] {
        assert!(removes(&removed_late(removal, &[])), "{removal}");
    }
    let more = [file("data/a", 10)];
    let edits = removed_late("rm -rf /var/lib/apt/lists/* /root/.cache /data/a", &more);
    assert!(!removes(&edits) && changed(&edits) == ["rm -rf /root/.cache /data/a"], "{edits:?}");
    let edits = removed_late("rm -rf /var/lib/apt/lists/* && touch /done", &[]);
    assert!(!removes(&edits) && edits.len() == 2, "{edits:?}");
    // what a pattern of the shell names is not known
    let edits = removed_late("rm -rf /var/lib/apt/lists/* /data/a*", &more);
    assert!(changed(&edits) == ["rm -rf /data/a*"], "{edits:?}");
}

#[test]
fn a_step_that_changes_its_own_files_needs_no_second_change_of_their_directory() {
    let directory = |uid| File { uid, ..file("srv/node_modules/x/a.js", 50 * MB) };
    let image = Fixture::new()
        .step("COPY . /srv # buildkit", &[file("srv/app.js", MB)])
        .run("npm install x", &[directory(0)])
        .run("chown -R 33:33 /srv", &[directory(33), File { uid: 33, ..file("srv/app.js", MB) }]);
    let lines = fix(image, "metadata-only");
    let lines: Vec<&str> = lines.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines, ["COPY --chown=33:33 . /srv", "RUN npm install x && \\", "    chown -R 33:33 /srv"]);
}

#[test]
fn a_secret_that_a_later_step_reads_is_not_merely_left_out_of_the_context() {
    let image = |command: &str| {
        let copied = [credentials("app/deploy/id_rsa", SecretCheck::Secret)];
        let image = Fixture::new().step("COPY . /app # buildkit", &copied).run(command, &[file("app/x", 10)]);
        image.advice().findings.into_iter().find(|found| found.rule == "secret-file").unwrap()
    };
    let read = image("install -m 600 /app/deploy/id_rsa /root/.ssh/id_rsa");
    assert!(
        read.fix.edits.is_empty() && read.snippet.contains("reads /app/deploy/id_rsa"),
        "{}",
        read.snippet
    );
    let idle = image("chmod 600 /app/deploy/id_rsa && make");
    assert!(idle.fix.edits.iter().any(|edit| matches!(edit, Edit::Ignore { .. })), "{}", idle.snippet);
}

#[test]
fn a_build_takes_its_cache_away_and_a_place_is_no_package() {
    let image = Fixture::new()
        .step("COPY package.json /app/ # buildkit", &[file("app/package.json", 10)])
        .step("COPY dir:0123456789ab in /app/scripts ", &[file("app/scripts/build.js", 10)])
        .run("npm install --cache /tmp/npm", &[file("app/node_modules/x/a.js", MB)])
        .run("npm run build", &[file("app/.next/cache/0.pack", 27 * MB), file("app/.next/BUILD_ID", 10)]);
    let advice = image.advice();
    assert!(!has(&advice, "copy-before-install"), "{:?}", ids(&advice));
    let found = advice.findings.iter().find(|found| found.rule == "build-cache").unwrap();
    assert_eq!(found.snippet, "RUN npm run build && \\\n    rm -rf /app/.next/cache");
}
