//! What differs in how a container of two images is started, and for whom they were made.

use std::collections::BTreeMap;

use crate::oci::Config;
use crate::secrets::redact;

/// One setting that differs. Values of secrets are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigChange {
    /// Which setting: `env`, `entrypoint`, `cmd`, `user`, `workdir`, `ports`, `volumes`, `labels`,
    /// `stop_signal`, `healthcheck`, `on_build`, `shell`, `platform`.
    pub field: &'static str,
    /// Which variable, label, port or volume; none for a setting that has one value.
    pub name: Option<String>,
    /// The value before; none where it was not set.
    pub old: Option<String>,
    /// The value after; none where it is not set.
    pub new: Option<String>,
}

/// What differs, in the order of the settings, then by name.
pub(super) fn config(old: &Config, new: &Config) -> Vec<ConfigChange> {
    let mut found = Vec::new();
    let [before, after] = [old, new].map(settings);
    for ((field, old), (_, new)) in before.into_iter().zip(after) {
        let mut names: Vec<&Option<String>> = old.keys().chain(new.keys()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            if old.get(name) != new.get(name) {
                let shown = |value: Option<&String>| value.map(|value| shown(name.as_deref(), value));
                let (old, new) = (shown(old.get(name)), shown(new.get(name)));
                found.push(ConfigChange { field, name: name.clone(), old, new });
            }
        }
    }
    found
}

/// The values of a setting by name; the one value of a setting that has no names is under none.
type Values = BTreeMap<Option<String>, String>;

/// All settings, in the order in which they are shown.
fn settings(config: &Config) -> [(&'static str, Values); 13] {
    let run = &config.config;
    let one = |text: &str| Values::from_iter((!text.is_empty()).then(|| (None, text.to_owned())));
    let list = |words: &[String]| match words {
        [] => Values::new(),
        words => Values::from([(None, serde_json::Value::from(words).to_string())]),
    };
    let set = |names: &std::collections::BTreeSet<String>| {
        names.iter().map(|name| (Some(name.clone()), String::new())).collect::<Values>()
    };
    let env = run.env.iter().map(|text| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (Some(name.to_owned()), value.to_owned())
    });
    let json = |value: &serde_json::Value| if value.is_null() { String::new() } else { value.to_string() };
    let labels = run.labels.iter().map(|(name, value)| (Some(name.clone()), value.clone()));
    let platform = match (config.os.as_str(), config.architecture.as_str()) {
        ("", "") => String::new(),
        (os, architecture) => format!("{os}/{architecture}"),
    };
    [
        ("env", env.collect()),
        ("entrypoint", list(&run.entrypoint)),
        ("cmd", list(&run.cmd)),
        ("user", one(&run.user)),
        ("workdir", one(&run.working_dir)),
        ("ports", set(&run.exposed_ports)),
        ("volumes", set(&run.volumes)),
        ("labels", labels.collect()),
        ("stop_signal", one(&run.stop_signal)),
        ("healthcheck", one(&json(&run.healthcheck))),
        ("on_build", list(&run.on_build)),
        ("shell", list(&run.shell)),
        ("platform", one(&platform)),
    ]
}

/// A value without what is secret in it.
fn shown(name: Option<&str>, value: &str) -> String {
    match name {
        None => redact(value),
        Some(name) => {
            let all = redact(&format!("{name}={value}"));
            all.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')).unwrap_or(value).to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Config {
        serde_json::from_str(&format!(r#"{{"os":"linux","architecture":"amd64","config":{json}}}"#)).unwrap()
    }

    #[test]
    fn every_setting_that_differs_is_named_and_secrets_are_not_told() {
        let old =
            of(r#"{"User":"root","Env":["PATH=/bin","PORT=80","DB_PASSWORD=hunter2"],"Cmd":["a b","c"],
                "ExposedPorts":{"80/tcp":{}},"Labels":{"v":"1","same":"x"}}"#);
        let new =
            of(r#"{"User":"app","Env":["PATH=/bin","PORT=8080","DB_PASSWORD=hunter3","TZ="],"Cmd":["c"],
                "Entrypoint":["/run"],"ExposedPorts":{"8080/tcp":{}},"Labels":{"v":"2","same":"x"},
                "Volumes":{"/data":{}},"WorkingDir":"/srv","StopSignal":"SIGINT",
                "Healthcheck":{"Test":["CMD","true"]},"OnBuild":["RUN x"],"Shell":["/bin/bash","-c"]}"#);
        let lines: Vec<String> = config(&old, &new)
            .into_iter()
            .map(|change| {
                let text = |value: Option<String>| value.unwrap_or_else(|| "-".into());
                let name = change.name.map_or_else(String::new, |name| format!(" {name}"));
                format!("{}{name}: {} > {}", change.field, text(change.old), text(change.new))
            })
            .collect();
        assert_eq!(
            lines,
            [
                "env DB_PASSWORD: … > …",
                "env PORT: 80 > 8080",
                "env TZ: - > ",
                "entrypoint: - > [\"/run\"]",
                "cmd: [\"a b\",\"c\"] > [\"c\"]",
                "user: root > app",
                "workdir: - > /srv",
                "ports 80/tcp:  > -",
                "ports 8080/tcp: - > ",
                "volumes /data: - > ",
                "labels v: 1 > 2",
                "stop_signal: - > SIGINT",
                "healthcheck: - > {\"Test\":[\"CMD\",\"true\"]}",
                "on_build: - > [\"RUN x\"]",
                "shell: - > [\"/bin/bash\",\"-c\"]",
            ]
        );
        assert_eq!(config(&old, &old), []);
    }
}
