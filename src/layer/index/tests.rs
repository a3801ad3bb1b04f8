use super::*;
use crate::source::Meter;

fn tar(build: impl Fn(&mut ::tar::Builder<Vec<u8>>)) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    build(&mut builder);
    builder.into_inner().unwrap()
}

fn append(builder: &mut ::tar::Builder<Vec<u8>>, name: &str, kind: ::tar::EntryType, body: &[u8]) {
    let mut header = ::tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(body.len() as u64);
    header.set_mode(0o644);
    if matches!(kind, ::tar::EntryType::Link | ::tar::EntryType::Symlink) {
        header.set_link_name("./dir/file").unwrap();
    }
    builder.append_data(&mut header, name, body).unwrap();
}

fn sample() -> Vec<u8> {
    use ::tar::EntryType::{Directory, Link, Regular, Symlink};
    tar(|b| {
        append(b, "./", Directory, b"");
        append(b, "dir/", Directory, b"");
        append(b, "dir/file", Regular, &[5; 5000]);
        append(b, "dir/hard", Link, b"");
        append(b, "dir/soft", Symlink, b"");
        append(b, "dir/.wh.gone", Regular, b"");
        append(b, "dir/.wh..wh..opq", Regular, b"");
        append(b, ".wh.top", Regular, b"");
        append(b, ".wh..wh.plnk", Regular, b"");
        append(b, "x/.wh.", Regular, b"");
    })
}

fn by_stream(tar: &[u8]) -> LayerIndex {
    index_stream(tar, Compression::Gzip, tar.len() as u64, false, &Budget::default()).unwrap()
}

#[test]
fn members_whiteouts_and_oddities_are_told_apart() {
    let layer = by_stream(&sample());
    let kinds: Vec<_> = layer.entries.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [Kind::Directory, Kind::File, Kind::HardLink, Kind::Symlink]);
    assert_eq!(layer.entries[2].link, layer.entries[1].path.0);
    let names = |ids: &[super::super::NameId]| {
        ids.iter().map(|&id| layer.names.name(id).to_vec()).collect::<Vec<_>>()
    };
    assert_eq!(names(&layer.whiteouts), [b"gone".to_vec(), b"top".to_vec()]);
    assert_eq!(names(&layer.opaques), [b"dir".to_vec()]);
    assert_eq!(layer.remarks.len(), 1);
    assert_eq!(layer.remarks[0].path, b"x/.wh.");
    assert_eq!((layer.tar, layer.compression), (sample().len() as u64, Compression::Gzip));
    assert_eq!(layer.entries[1].hash, hash::body(&[5; 5000]));
}

#[test]
fn a_plain_tar_gives_the_same_without_large_bodies() {
    use std::io::Write;
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&sample()).unwrap();
    let plain = index_plain(&Section::whole(file).unwrap(), Meter::default(), &Budget::default()).unwrap();
    let stream = by_stream(&sample());
    assert_eq!(plain.entries.len(), stream.entries.len());
    for (a, b) in plain.entries.iter().zip(&stream.entries) {
        assert_eq!((a.size, a.offset, a.path, a.kind, a.link), (b.size, b.offset, b.path, b.kind, b.link));
        assert!(a.hash == b.hash || a.hash == 0);
    }
    assert_eq!(plain.entries[1].hash, 0);
    assert_eq!(plain.tar, stream.tar);
}

#[test]
fn long_paths_are_refused() {
    let name = "d/".repeat(limits::PATH);
    let tar = tar(|b| append(b, &name, ::tar::EntryType::Regular, b""));
    let error =
        index_stream(&tar[..], Compression::None, 0, false, &Budget::default()).unwrap_err().to_string();
    assert!(error.contains("the path is over the limit"), "{error}");
}
