//! Colours by meaning, one table per theme. No meaning depends on colour alone: marks, words
//! and bars say the same.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

/// The styles of everything that is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Theme {
    pub(super) text: Style,
    pub(super) dim: Style,
    pub(super) rule: Style,
    pub(super) title: Style,
    pub(super) title_focused: Style,
    /// The selected row of the pane that has the focus.
    pub(super) selected: Style,
    /// The selected row of another pane.
    pub(super) selected_elsewhere: Style,
    pub(super) accent: Style,
    pub(super) bar: Style,
    pub(super) waste: Style,
    pub(super) added: Style,
    pub(super) modified: Style,
    pub(super) removed: Style,
    pub(super) key: Style,
}

/// Which theme to draw with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ThemeName {
    /// The terminal's own 16 colours: fits light and dark.
    #[default]
    Default,
    /// 24-bit colours: for a light or a dark background, whichever the terminal says it has.
    Truecolor,
    /// 24-bit colours for dark terminals.
    Dark,
    /// 24-bit colours for light terminals.
    Light,
    /// Black, white and bright.
    Contrast,
}

impl ThemeName {
    /// Every theme, by the word that `--theme` takes.
    pub const ALL: [(&'static str, Self); 5] = [
        ("default", Self::Default),
        ("truecolor", Self::Truecolor),
        ("truecolor-dark", Self::Dark),
        ("truecolor-light", Self::Light),
        ("contrast", Self::Contrast),
    ];

    /// The theme of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, theme)| theme)
    }

    /// The next theme, cyclically.
    pub(super) fn next(self) -> Self {
        match self {
            Self::Default => Self::Dark,
            Self::Truecolor | Self::Dark => Self::Light,
            Self::Light => Self::Contrast,
            Self::Contrast => Self::Default,
        }
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, theme)| *theme == self).map_or("default", |(name, _)| name)
    }

    /// The theme for a background, where it depends on that.
    pub(super) fn on(self, is_light: impl FnOnce() -> Option<bool>) -> Self {
        match self {
            Self::Truecolor if is_light() == Some(true) => Self::Light,
            Self::Truecolor => Self::Dark,
            other => other,
        }
    }

    /// Its styles.
    pub(super) fn theme(self) -> &'static Theme {
        match self {
            Self::Default => &DEFAULT,
            Self::Truecolor | Self::Dark => &DARK,
            Self::Light => &LIGHT,
            Self::Contrast => &CONTRAST,
        }
    }
}

const PLAIN: Style = Style::new();
const BOLD: Style = PLAIN.add_modifier(Modifier::BOLD);

static DEFAULT: Theme = Theme {
    text: PLAIN,
    dim: PLAIN.add_modifier(Modifier::DIM),
    rule: PLAIN.add_modifier(Modifier::DIM),
    // titles are drawn over a dim rule
    title: PLAIN.remove_modifier(Modifier::DIM),
    title_focused: BOLD.fg(Color::Cyan).remove_modifier(Modifier::DIM),
    selected: PLAIN.fg(Color::Cyan).add_modifier(Modifier::REVERSED).remove_modifier(Modifier::DIM),
    selected_elsewhere: BOLD.remove_modifier(Modifier::DIM),
    accent: PLAIN.fg(Color::Cyan),
    bar: PLAIN.fg(Color::Blue),
    waste: PLAIN.fg(Color::Red),
    added: PLAIN.fg(Color::Green),
    modified: PLAIN.fg(Color::Yellow),
    removed: PLAIN.fg(Color::Red),
    key: BOLD,
};

const fn rgb(hex: u32) -> Color {
    let [_, r, g, b] = hex.to_be_bytes();
    Color::Rgb(r, g, b)
}

static DARK: Theme = Theme {
    text: PLAIN.fg(rgb(0x00d5_d9e0)),
    dim: PLAIN.fg(rgb(0x007d_8590)),
    rule: PLAIN.fg(rgb(0x0044_4c56)),
    title: PLAIN.fg(rgb(0x00ad_bac7)),
    title_focused: BOLD.fg(rgb(0x006c_b6ff)),
    selected: PLAIN.bg(rgb(0x002b_3f5c)),
    selected_elsewhere: PLAIN.bg(rgb(0x0026_2c36)),
    accent: PLAIN.fg(rgb(0x006c_b6ff)),
    bar: PLAIN.fg(rgb(0x004f_7fb8)),
    waste: PLAIN.fg(rgb(0x00f4_7067)),
    added: PLAIN.fg(rgb(0x006b_c46d)),
    modified: PLAIN.fg(rgb(0x00da_aa3f)),
    removed: PLAIN.fg(rgb(0x00f4_7067)),
    key: BOLD.fg(rgb(0x00d5_d9e0)),
};

static LIGHT: Theme = Theme {
    text: PLAIN.fg(rgb(0x001f_2328)),
    dim: PLAIN.fg(rgb(0x0065_6d76)),
    rule: PLAIN.fg(rgb(0x00af_b8c1)),
    title: PLAIN.fg(rgb(0x0042_4a53)),
    title_focused: BOLD.fg(rgb(0x0009_69da)),
    selected: PLAIN.bg(rgb(0x00b6_d8ff)),
    selected_elsewhere: PLAIN.bg(rgb(0x00e6_eaef)),
    accent: PLAIN.fg(rgb(0x0009_69da)),
    bar: PLAIN.fg(rgb(0x0054_8fd0)),
    waste: PLAIN.fg(rgb(0x00cf_222e)),
    added: PLAIN.fg(rgb(0x0011_7a35)),
    modified: PLAIN.fg(rgb(0x008a_5a00)),
    removed: PLAIN.fg(rgb(0x00cf_222e)),
    key: BOLD.fg(rgb(0x001f_2328)),
};

static CONTRAST: Theme = Theme {
    text: PLAIN,
    dim: PLAIN,
    rule: PLAIN,
    title: PLAIN,
    title_focused: BOLD.add_modifier(Modifier::REVERSED),
    selected: BOLD.add_modifier(Modifier::REVERSED),
    selected_elsewhere: BOLD.add_modifier(Modifier::UNDERLINED),
    accent: BOLD,
    bar: PLAIN,
    waste: BOLD.fg(Color::LightRed),
    added: BOLD.fg(Color::LightGreen),
    modified: BOLD.fg(Color::LightYellow),
    removed: BOLD.fg(Color::LightRed),
    key: BOLD.add_modifier(Modifier::UNDERLINED),
};

/// Removes the colours of a frame and keeps bold, dim and reverse, as `NO_COLOR` asks.
/// (Crossterm's own handling of `NO_COLOR` writes a reset that would wipe the reverse video too.)
pub(super) fn strip_colours(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        cell.fg = Color::Reset;
        cell.bg = Color::Reset;
    }
}
