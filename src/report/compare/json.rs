//! The comparison as JSON.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::input::Compared;
use super::rows::{
    ChangeRow, ConfigRow, DeltaFields, DirectoryRow, FindingRow, FindingsFields, LayerRow, PackageRow,
    SharedRow, SideFields, SumsRow,
};
use crate::compare::ChangeKind;
use crate::digest::Digest;
use crate::report::json::{List, SCHEMA, TOOL, VerdictFields, write_document};

/// Writes it with at most `limit` rows in each list of differences; the sums are always over everything.
pub(super) fn write(out: &mut dyn Write, input: &Compared<'_>, limit: usize) -> io::Result<()> {
    write_document(out, &Report { input, limit, ranks: input.comparison.ranked(&input.old, &input.new) })
}

struct Report<'a> {
    input: &'a Compared<'a>,
    limit: usize,
    /// The changes in the order in which they are listed.
    ranks: Vec<usize>,
}

impl Serialize for Report<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Compared { old, new, comparison, findings, .. } = self.input;
        let mut report = serializer.serialize_struct("Compared", 15)?;
        report.serialize_field("schema", &SCHEMA)?;
        report.serialize_field("kind", "compare")?;
        report.serialize_field("tool", &TOOL)?;
        report.serialize_field("old", &SideFields::of(old))?;
        report.serialize_field("new", &SideFields::of(new))?;
        report.serialize_field("delta", &DeltaFields::of(old, new))?;
        report.serialize_field("transfer", &comparison.layers.transfer)?;
        report.serialize_field("layers", &LayersFields(self.input))?;
        report.serialize_field("paths", &PathsFields(self.input))?;
        let ranked = || self.ranks.iter().take(self.limit).map(|&at| &comparison.changes[at]);
        report
            .serialize_field("changes", &List(|| ranked().map(|change| ChangeRow::of(change, old, new))))?;
        let directories = || comparison.directories.iter().take(self.limit);
        report.serialize_field(
            "directories",
            &List(|| directories().map(|growth| DirectoryRow::of(growth, old, new))),
        )?;
        let packages = || comparison.packages.iter().take(self.limit);
        report.serialize_field("packages", &List(|| packages().map(PackageRow::of)))?;
        report.serialize_field(
            "config",
            &List(|| {
                comparison.config.iter().map(|change| ConfigRow {
                    field: change.field,
                    name: change.name.as_deref(),
                    old: change.old.as_deref(),
                    new: change.new.as_deref(),
                })
            }),
        )?;
        let rows = |advice, numbers| FindingRow::some(advice, numbers, self.limit);
        let fields = FindingsFields {
            new: rows(self.input.new_advice, &findings.new),
            gone: rows(self.input.old_advice, &findings.gone),
        };
        report.serialize_field("findings", &fields)?;
        report.serialize_field("verdict", &self.input.verdict.map(VerdictFields::of))?;
        report.end()
    }
}

struct LayersFields<'a>(&'a Compared<'a>);

impl Serialize for LayersFields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Compared { old, new, comparison, .. } = self.0;
        let layers = &comparison.layers;
        let mut fields = serializer.serialize_struct("Layers", 3)?;
        let shared = || {
            layers.shared().map(|(before, after)| SharedRow {
                old: before,
                new: after,
                diff_id: new.image.layers[after].diff_id.as_ref().map(Digest::as_str),
                content: new.image.layers[after].content,
                blob: new.image.layers[after].blob,
            })
        };
        fields.serialize_field("shared", &List(shared))?;
        fields.serialize_field("only_old", &List(|| layers.only_old().map(|at| LayerRow::of(old, at))))?;
        fields.serialize_field("only_new", &List(|| layers.only_new().map(|at| LayerRow::of(new, at))))?;
        fields.end()
    }
}

struct PathsFields<'a>(&'a Compared<'a>);

impl Serialize for PathsFields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Paths", ChangeKind::ALL.len())?;
        for kind in ChangeKind::ALL {
            let sums = self.0.comparison.sums_of(kind);
            let row = SumsRow {
                files: sums.files,
                bytes_old: sums.bytes_old,
                bytes_new: sums.bytes_new,
                paths: sums.paths,
            };
            fields.serialize_field(kind.name(), &row)?;
        }
        fields.end()
    }
}
