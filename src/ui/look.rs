//! How things are shown, as the user chose it: the order of each tab, columns, the width of panes. Panes read it;
//! it is remembered from one run to the next.

/// What rows are sorted by. The greatest is first; names and layers ascend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Sort {
    #[default]
    Size,
    Name,
    Files,
    Time,
    Owner,
    Wasted,
    Copies,
    Layer,
    Severity,
    Rule,
    Manager,
}

impl Sort {
    /// Every order by its name.
    const NAMES: [(Self, &'static str); 11] = [
        (Self::Size, "size"),
        (Self::Name, "name"),
        (Self::Files, "files"),
        (Self::Time, "time"),
        (Self::Owner, "owner"),
        (Self::Wasted, "wasted"),
        (Self::Copies, "copies"),
        (Self::Layer, "layer"),
        (Self::Severity, "severity"),
        (Self::Rule, "rule"),
        (Self::Manager, "manager"),
    ];

    /// The word for it.
    pub(super) fn name(self) -> &'static str {
        Self::NAMES.into_iter().find(|(sort, _)| *sort == self).map_or("", |(_, name)| name)
    }

    /// The order of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::NAMES.into_iter().find(|(_, known)| *known == name).map(|(sort, _)| sort)
    }
}

/// A column of file trees that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Bar,
    Share,
    Files,
    Wasted,
    Time,
    Mode,
    Owner,
}

impl Column {
    /// Every column: name, heading, and width without the blank after it.
    pub(super) const ALL: [(Self, &'static str, &'static str, u16); 7] = [
        (Self::Bar, "bar", "", 8),
        (Self::Share, "share of the directory", "SHARE", 7),
        (Self::Files, "files", "FILES", 7),
        (Self::Wasted, "wasted", "WASTED", 8),
        (Self::Time, "time", "TIME", 16),
        (Self::Mode, "mode", "MODE", 10),
        (Self::Owner, "owner", "OWNER", 11),
    ];
}

/// Tabs that have an order of their own.
const TABS: usize = 8;
/// The tab that is sorted by severity.
const ADVICE: usize = 2;

/// The choices of the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// The order of each tab.
    sorts: [Sort; TABS],
    /// Columns of file trees, one bit each in the order of [`Column::ALL`].
    columns: u8,
    /// Sizes to the byte.
    pub(super) exact: bool,
    /// The width of the left of two panes, in percent.
    pub(super) left: u16,
}

impl Default for Look {
    fn default() -> Self {
        let mut look = Self { sorts: [Sort::Size; TABS], columns: 0, exact: false, left: 44 };
        look.set_sort(ADVICE, Sort::Severity);
        for column in [Column::Bar, Column::Mode, Column::Owner] {
            look.toggle(column);
        }
        look
    }
}

impl Look {
    /// The order of a tab.
    pub(super) fn sort(&self, tab: usize) -> Sort {
        self.sorts.get(tab).copied().unwrap_or_default()
    }

    /// Chooses the order of a tab.
    pub(super) fn set_sort(&mut self, tab: usize, sort: Sort) {
        if let Some(place) = self.sorts.get_mut(tab) {
            *place = sort;
        }
    }

    /// True when a column is wanted.
    pub(super) fn has(&self, column: Column) -> bool {
        self.columns >> column as u8 & 1 == 1
    }

    /// Show or hide a column.
    pub(super) fn toggle(&mut self, column: Column) {
        self.columns ^= 1 << column as u8;
    }

    /// Moves the split between two panes by one step.
    pub(super) fn widen(&mut self, wider: bool) {
        const STEP: u16 = 4;
        self.left = if wider { self.left + STEP } else { self.left.saturating_sub(STEP) }.clamp(20, 76);
    }

    /// A size as it is to be shown.
    pub(super) fn size(&self, bytes: u64) -> String {
        if self.exact { crate::units::count(bytes) } else { crate::units::size(bytes) }
    }

    /// Columns of a size: in exact mode, enough for all bytes of the image.
    pub(super) fn size_width(&self, content: u64) -> u16 {
        if self.exact { super::text::width(&crate::units::count(content)).max(8) } else { 8 }
    }
}

/// The choices as lines of `name = value`, to be remembered.
impl std::fmt::Display for Look {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sorts: Vec<&str> = self.sorts.iter().map(|sort| sort.name()).collect();
        writeln!(f, "sort = {}", sorts.join(","))?;
        let columns = Column::ALL.iter().filter(|(column, ..)| self.has(*column));
        let columns: Vec<&str> = columns.map(|(_, name, ..)| *name).collect();
        writeln!(f, "columns = {}", columns.join(","))?;
        writeln!(f, "exact = {}", self.exact)?;
        writeln!(f, "left = {}", self.left)
    }
}

impl Look {
    /// Reads what [`Look`] writes. Unknown values keep their defaults: another version may have written them.
    pub(super) fn read(text: &str) -> Self {
        let mut look = Self::default();
        for (name, value) in text.lines().filter_map(|line| line.split_once(" = ")) {
            match name {
                "sort" => {
                    let sorts = value.split(',').map(|name| Sort::named(name).unwrap_or_default());
                    for (tab, sort) in sorts.enumerate() {
                        look.set_sort(tab, sort);
                    }
                }
                "columns" => {
                    look.columns = 0;
                    for (column, ..) in Column::ALL
                        .into_iter()
                        .filter(|(_, name, ..)| value.split(',').any(|had| had == *name))
                    {
                        look.toggle(column);
                    }
                }
                "exact" => look.exact = value == "true",
                "left" => look.left = value.parse().map_or(look.left, |left: u16| left.clamp(20, 76)),
                _ => {}
            }
        }
        look
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_come_back_as_they_were() {
        let mut look = Look::default();
        look.set_sort(0, Sort::Wasted);
        look.set_sort(6, Sort::Manager);
        look.toggle(Column::Time);
        look.toggle(Column::Bar);
        look.widen(true);
        look.exact = true;
        assert_eq!(Look::read(&look.to_string()), look);
        assert_eq!(Look::read("rubbish\nleft = 9999\nsort = never\n").left, 76);
        assert_eq!(Look::read(""), Look::default());
    }
}
