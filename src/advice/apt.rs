//! Installing with apt and leaving nothing behind, by the image's own steps.

use super::ledger::Ledger;
use super::{dockerfile, package_managers, shell};

/// An `apt-get update` with the installation that needs its lists, when they are two steps: cleaning up after the
/// one alone would break the other.
pub(super) fn steps(ledger: &Ledger<'_>, layer: usize) -> Vec<String> {
    let runs = |layer: usize, what: &str| {
        let command = ledger.image.command_of(layer);
        shell::runs(command, &format!("apt-get {what}")) || shell::runs(command, &format!("apt {what}"))
    };
    let (updates, installs) = (runs(layer, "update"), runs(layer, "install"));
    let mut layers = vec![layer];
    if updates && !installs {
        layers.extend((layer + 1..ledger.image.layers.len()).find(|&later| runs(later, "install")));
    } else if installs && !updates {
        let first = (ledger.analysis.base_layers..layer).rev().find(|&earlier| runs(earlier, "update"));
        layers.splice(0..0, first);
    }
    layers.into_iter().map(|layer| ledger.command(layer)).collect()
}

/// The end of an apt step of this image: it removes whatever apt left in own layers, so that following one finding
/// does not bring the next.
pub(super) fn clean(ledger: &Ledger<'_>) -> String {
    let first = ledger.image.layers.get(ledger.analysis.base_layers).map_or(0, |layer| layer.entries.start);
    let end = u32::try_from(ledger.image.entries.len()).unwrap_or(u32::MAX);
    let (mut archives, mut indexes) = (false, false);
    for directory in [&b"var/cache/apt"[..], b"var/cache/apt/archives"] {
        let Some(place) = ledger.image.paths.find(directory) else { continue };
        for path in ledger.image.paths.children(place) {
            let name = ledger.image.paths.name(path);
            let is_there =
                || ledger.image.timeline.of(path).iter().any(|entry| (first..end).contains(&entry.0));
            archives |= name.ends_with(b".deb") && is_there();
            indexes |= name.ends_with(b".bin") && is_there();
        }
    }
    let archives = if archives { " /var/cache/apt/archives/*.deb" } else { "" };
    let indexes = if indexes { " /var/cache/apt/*.bin" } else { "" };
    format!("rm -rf /var/lib/apt/lists/*{archives}{indexes}")
}

/// What of a clean-up the commands before it do not do already; empty when they do all of it.
pub(super) fn rest(clean: &str, commands: &[String]) -> String {
    let removed: Vec<String> = commands
        .iter()
        .flat_map(|command| shell::commands(command))
        .filter(|words| words[0] == "rm")
        .flat_map(|words| {
            shell::operands(&words).map(|word| word.trim_end_matches('/').to_owned()).collect::<Vec<_>>()
        })
        .collect();
    let is_done =
        |place: &&str| removed.iter().any(|done| done == place || place.strip_suffix("/*") == Some(done));
    let places: Vec<&str> =
        clean.split(' ').filter(|word| word.starts_with('/')).filter(|place| !is_done(place)).collect();
    if places.is_empty() { String::new() } else { format!("rm -rf {}", places.join(" ")) }
}

/// The installation of a layer as it should have been: with its update, without recommendations, cleaned up.
pub(super) fn lean_install(ledger: &Ledger<'_>, layer: usize) -> String {
    let command = ledger.command(layer);
    let is_apt = package_managers::installed(&command).is_some_and(|(tool, _)| tool.is_apt());
    if !is_apt {
        return dockerfile::run(&[command]);
    }
    let mut commands: Vec<String> =
        steps(ledger, layer).iter().map(|text| dockerfile::without_recommends(text)).collect();
    let rest = rest(&clean(ledger), &commands);
    if !rest.is_empty() {
        commands.push(rest);
    }
    dockerfile::run(&commands)
}
