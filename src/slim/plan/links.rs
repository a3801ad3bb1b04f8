//! Hard links: which name carries the body, and what the other names link to.

use std::collections::BTreeMap;

use super::decision::{Action, Plan};
use super::end::Final;
use super::replay::Replay;
use crate::image::{EntryId, PathId};
use crate::layer::Kind;
use crate::overlay::Slot;

/// Decides for every file with several names which one carries the body and what the others link to. Returns the
/// bodies of base layers that must be stored again, with the links that they become.
pub(super) fn settle(
    end: &Final<'_>,
    replay: &Replay,
    squash: bool,
    plan: &mut Plan,
) -> Vec<(EntryId, EntryId)> {
    let image = end.image;
    let mut groups: BTreeMap<EntryId, Vec<EntryId>> = BTreeMap::new();
    for (_, slot) in end.live() {
        if let Slot::Entry(id) = slot
            && image.entry(id).kind == Kind::HardLink
            && let Some(origin) = replay.origins.get(id)
        {
            groups.entry(origin).or_default().push(id);
        }
    }
    let mut copied = Vec::new();
    for (origin, mut links) in groups {
        // in the order of the tars
        links.sort_unstable();
        let mut name = if end.shows(origin) {
            Some(origin)
        } else if end.is_own(origin) {
            plan.set(origin, Action::Rename);
            plan.set(links[0], Action::Inherit);
            plan.heirs.insert(origin, links[0]);
            Some(links[0])
        } else {
            links.first().copied().filter(|link| !end.is_own(*link))
        };
        for &link in links.iter().filter(|link| end.is_own(**link)) {
            if plan.action(link) == Action::Inherit {
                continue;
            }
            let target = image.link_path(link).unwrap_or(PathId::ROOT);
            let is_right = end
                .entry(target)
                .is_some_and(|named| named < link && replay.origins.get(named) == Some(origin));
            if is_right {
                name = name.or(Some(link));
                continue;
            }
            let base_name = replay.base_names.get(&link).copied().filter(|_| !squash);
            match name.map(|name| image.path_of(name)).or(base_name) {
                Some(path) if path == target => {}
                Some(path) => {
                    plan.set(link, Action::Relink);
                    plan.targets.insert(link, path);
                }
                None => {
                    plan.set(link, Action::Inherit);
                    copied.push((origin, link));
                }
            }
            name = name.or(Some(link));
        }
    }
    copied
}
