use super::*;
use crate::compare::tests::{Whole, long, whole};

fn lines(lines: &[String]) -> Vec<&str> {
    lines.iter().map(String::as_str).collect()
}

fn shared(images: &[&Whole]) -> Sharing {
    let sides: Vec<_> = images.iter().map(|image| image.side()).collect();
    share(&sides, &ReadHashes::new())
}

#[test]
fn a_disk_shares_chains_and_a_registry_blobs() {
    let a = whole(&[("1", &["file a 1"]), ("2", &["file b 22"]), ("3", &["file c 4444"])]);
    let b = whole(&[("1", &["file a 1"]), ("3", &["file c 4444"])]);
    let c = whole(&[("1", &["file a 1"]), ("2", &["file b 22"])]);
    let sharing = shared(&[&a, &b, &c]);
    let portion = |content, unique, disk_unique| Portion {
        content,
        unique,
        shared: content - unique,
        disk_unique,
        disk_shared: content - disk_unique,
    };
    assert_eq!(sharing.images, [portion(7, 0, 4), portion(5, 0, 4), portion(3, 0, 0)]);
    assert_eq!((sharing.content, sharing.once, sharing.disk_once), (15, 7, 11));
    let layers: Vec<_> =
        sharing.layers.iter().map(|layer| (layer.content, layer.images.as_slice())).collect();
    assert_eq!(layers, [(4, &[0, 1][..]), (2, &[0, 2]), (1, &[0, 1, 2])]);
}

#[test]
fn layers_without_an_identity_are_nobody_elses() {
    let mut a = whole(&[("1", &["file a 1"])]);
    a.image.layers[0].diff_id = None;
    let sharing = shared(&[&a, &a]);
    assert_eq!((sharing.once, sharing.images[0].unique), (2, 1));
}

#[test]
fn a_content_is_repeated_where_images_have_it_in_different_layers() {
    let (large, twice, small) = (long('x', 5000), long('y', 6000), long('s', 4095));
    let base = [format!("file lib/x {large}"), format!("file lib/s {small}")];
    let other = [format!("file opt/x {large}"), format!("file s {small}")];
    let own = [format!("file own/y {twice}"), format!("file own/y2 {twice}")];
    let a = whole(&[("1", &lines(&base))]);
    let b = whole(&[("2", &lines(&other)), ("3", &lines(&own))]);
    let c = whole(&[("1", &lines(&base)), ("4", &lines(&other))]);
    // c has it twice, but shares the lower copy with a
    assert_eq!(shared(&[&a, &c]).repeated, Repeated::default());
    // twice in one image alone is a duplicate of that image
    assert_eq!(shared(&[&b, &a]).repeated.bytes, 5000);
    let sharing = shared(&[&a, &b, &c]);
    assert_eq!(
        sharing.repeated,
        Repeated {
            bytes: 5000,
            groups: vec![Group {
                owner: Owner::Directory(b"lib".to_vec()),
                bytes: 5000,
                files: 1,
                images: vec![0, 1, 2],
            }],
        }
    );
}

#[test]
fn each_body_is_asked_for_once() {
    let x = long('x', 5000);
    let (base, other) = ([format!("file lib/x {x}")], [format!("file opt/x {x}"), "file small 1".into()]);
    let mut images =
        [whole(&[("1", &lines(&base))]), whole(&[("1", &lines(&base))]), whole(&[("2", &lines(&other))])];
    for whole in &mut images {
        for entry in &mut whole.image.entries {
            entry.hash = 0;
        }
    }
    let sides: Vec<_> = images.iter().map(Whole::side).collect();
    let wanted = share_candidates(&sides);
    assert_eq!(wanted, [vec![EntryId(0)], vec![], vec![EntryId(0)]]);
    let hashes = ReadHashes::from([((0, EntryId(0)), 7), ((2, EntryId(0)), 7)]);
    assert_eq!(share(&sides, &hashes).repeated.bytes, 5000);
    assert_eq!(share(&sides, &ReadHashes::new()).repeated.bytes, 0);
}
