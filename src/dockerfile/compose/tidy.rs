//! Commands that a joined `RUN` need not run twice.

use super::merge::Member;
use super::run::script;
use crate::dockerfile::Dockerfile;
use crate::dockerfile::shell::{self, TokenKind};

/// Removes from each member the clean-ups that a later member does anyway: in one layer one is enough.
pub(super) fn without_repeats(file: &Dockerfile, members: &mut Vec<Member>) {
    for number in 0..members.len().saturating_sub(1) {
        let later: Vec<String> =
            members[number + 1..].iter().flat_map(|member| parts(file, &member.text)).collect();
        while let Some(shorter) = without_last(file, &members[number].text, &later) {
            members[number].text = shorter;
        }
    }
    members.retain(|member| !member.text.is_empty());
}

fn parts(file: &Dockerfile, text: &str) -> Vec<String> {
    let parsed = Dockerfile::fragment(text, file.escape);
    let Some(script) = parsed.nodes.first().and_then(|node| script(&parsed, node).ok()) else {
        return Vec::new();
    };
    shell::part_texts(&script.logical.text).into_iter().map(str::to_owned).collect()
}

/// The text without its last command, when that is a removal that `later` does; empty when nothing else is in it.
fn without_last(file: &Dockerfile, text: &str, later: &[String]) -> Option<String> {
    let parsed = Dockerfile::fragment(text, file.escape);
    let node = parsed.nodes.first()?;
    let script = script(&parsed, node).ok()?;
    let parts = shell::parts(&script.logical.text);
    let (last, rest) = parts.split_last()?;
    let command = &script.logical.text[last.span.clone()];
    let is_removal = shell::commands(command).first().is_some_and(|words| words[0] == "rm");
    if !is_removal || !later.iter().any(|later| shell::covers(later, command)) {
        return None;
    }
    let Some(before) = rest.last() else { return Some(String::new()) };
    if before.joint != Some(TokenKind::And) {
        return None;
    }
    let gone = script.logical.in_file(&(before.span.end..last.span.end));
    Some(format!("{}{}", &text[..gone.start], &text[gone.end..]))
}
