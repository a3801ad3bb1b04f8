//! What a cleaning command of `assets/rules.toml` takes away.

use crate::dockerfile::shell;

/// True when a command takes a path away, as far as its words tell: `rm` and `find` name places, and any other command
/// is a tool that knows its own.
pub(super) fn removes(command: &str, path: &str) -> bool {
    shell::commands(command).iter().any(|words| match words[0].as_str() {
        "rm" => shell::operands(words).any(|place| covers(place, path)),
        "find" => shell::operands(words).next().is_some_and(|place| covers(place, path)),
        _ => true,
    })
}

/// True for a path at or below a place. `~` is any home.
fn covers(place: &str, path: &str) -> bool {
    if let Some(rest) = place.strip_prefix("~/") {
        let of_user = || path.strip_prefix("/home/")?.split_once('/').map(|(_, rest)| rest);
        return path.strip_prefix("/root/").or_else(of_user).is_some_and(|path| covers(rest, path));
    }
    match place.split_once('*') {
        Some((start, end)) => path.starts_with(start) && path.ends_with(end),
        None => path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_command_tell_what_goes() {
        for (command, path) in [
            ("rm -rf ~/.cache", "/root/.cache/a"),
            ("rm -rf ~/.cache", "/home/app/.cache/a/b"),
            ("rm -rf /tmp/* /var/tmp/*", "/var/tmp/a/b"),
            ("rm -f /var/log/lastlog", "/var/log/lastlog"),
            ("find /var/log -type f -delete", "/var/log/a/b.log"),
            ("dnf clean all && rm -rf /var/cache/dnf", "/var/lib/dnf/history.sqlite"),
        ] {
            assert!(removes(command, path), "{command} {path}");
        }
        for (command, path) in [
            ("rm -rf ~/.cache", "/var/cache/man/index.db"),
            ("rm -rf ~/.cache", "/root/.cached"),
            ("rm -rf /tmp/* /var/tmp/*", "/run/app.pid"),
            ("find /var/log -type f -delete", "/home/app/x.log"),
        ] {
            assert!(!removes(command, path), "{command} {path}");
        }
    }
}
