//! An archive that passes by once: documents are kept, layers are indexed as they come.

use std::collections::HashMap;
use std::io::{Chain, Cursor, Read};

use super::Loaded;
use super::layers::assemble;
use super::pick::Picked;
use crate::error::{Error, Result};
use crate::layer::{Budget, LayerIndex, index_stream};
use crate::source::tar::{Body, Member, Type, Walk};
use crate::source::{Gathered, Input, MemberKind, Streaming, limits, normal, sniff_member, stream_error};
use crate::text;

/// What an archive left behind.
pub(super) struct Passed {
    pub gathered: Gathered,
    /// Every member that is a layer, with the length of its blob.
    layers: HashMap<Vec<u8>, (LayerIndex, u64)>,
    /// Members that looked like layers but could not be read; an error only if the image needs them.
    failed: HashMap<Vec<u8>, Error>,
    budget: Budget,
}

/// Reads the archive in `stream` to its end.
///
/// # Errors
/// When the stream or the outer tar is damaged.
pub(super) fn gather(stream: impl Read) -> Result<Passed> {
    let mut walk = Walk::new(Streaming::new(stream));
    let mut passed = Passed {
        gathered: Gathered::default(),
        layers: HashMap::new(),
        failed: HashMap::new(),
        budget: Budget::default(),
    };
    let (mut member, mut name) = (Member::default(), Vec::new());
    loop {
        if !walk.next(&mut member)? {
            break;
        }
        normal(&member.name, &mut name);
        let add = match member.kind {
            Type::File => passed.add(&name, member.size, &mut walk),
            Type::Symlink => passed.gathered.link(&name, &member.link, true),
            Type::HardLink => passed.gathered.link(&name, &member.link, false),
            _ => Ok(()),
        };
        add.map_err(|error| error.within(&text::line(&name, 200)))?;
    }
    // behind the tar's end the decompressor checks its sums
    walk.input().drain().map_err(|error| stream_error(&error))?;
    Ok(passed)
}

/// The normalised name of the first member of the tar that starts with `start`; none when it cannot be told.
pub(super) fn first_name(start: &[u8]) -> Option<Vec<u8>> {
    let mut walk = Walk::new(Streaming::new(start));
    let (mut member, mut name) = (Member::default(), Vec::new());
    while walk.next(&mut member).ok()? {
        normal(&member.name, &mut name);
        if !name.is_empty() {
            return Some(name);
        }
    }
    None
}

impl Passed {
    fn add<I: Input>(&mut self, name: &[u8], size: u64, walk: &mut Walk<I>) -> Result<()> {
        let mut head = Vec::with_capacity(512);
        walk.body().take(512).read_to_end(&mut head).map_err(|error| stream_error(&error))?;
        let kind = sniff_member(&head);
        let mut body: Chain<Cursor<Vec<u8>>, Body<'_, I>> = Cursor::new(head).chain(walk.body());
        match kind {
            MemberKind::Layer(compression) => {
                self.gathered.note(name)?;
                let reader = compression.reader(body).map_err(|error| Error::io(&error))?;
                match index_stream(reader, compression, &self.budget) {
                    Ok(index) => _ = self.layers.insert(name.to_vec(), (index, size)),
                    Err(error) => _ = self.failed.insert(name.to_vec(), error),
                }
                Ok(())
            }
            MemberKind::Document if size <= limits::DOCUMENT => {
                let mut text = Vec::new();
                body.read_to_end(&mut text).map_err(|error| stream_error(&error))?;
                self.gathered.keep(name, text)
            }
            MemberKind::Document | MemberKind::Other => self.gathered.note(name),
        }
    }

    /// Makes the image of the layers that passed by.
    ///
    /// # Errors
    /// When one of them could not be read.
    pub(super) fn load(mut self, picked: Picked) -> Result<Loaded> {
        for layer in &picked.layers {
            if let Some(error) = self.failed.remove(&layer.name) {
                return Err(error.within(&layer.shown));
            }
            if !self.layers.contains_key(&layer.name) {
                return Err(Error::because("it is no tar, so it cannot be a layer").at(layer.shown.clone()));
            }
        }
        let names: Vec<Vec<u8>> = picked.layers.iter().map(|layer| layer.name.clone()).collect();
        let blobs: Vec<u64> =
            names.iter().map(|name| self.layers.get(name).map_or(0, |(_, blob)| *blob)).collect();
        let indexes = self.layers.into_iter().map(|(name, (index, _))| (name, index)).collect();
        assemble(picked, indexes, &names, &blobs, &self.budget)
    }
}
