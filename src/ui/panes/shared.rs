//! The tab of several images: what each has of its own, which layers are in which, and the same files in different
//! layers.

use ratatui::layout::{Position, Rect};

use crate::compare::Owner;
use crate::ui::data::{Among, Data};
use crate::ui::keymap::{Action, Scope};
use crate::ui::layout;
use crate::ui::list::List;
use crate::ui::pane::{Context, Pane, Reply};
use crate::ui::text::{Painter, safe};
use crate::ui::viewer::Page;

/// What the lower half lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Below {
    /// The distinct layers.
    Layers,
    /// Equal files in different layers.
    Files,
}

/// The state of the tab.
pub(super) struct Shared {
    /// The images.
    pub(super) list: List,
    pub(super) below: Below,
    /// The layers or the files.
    pub(super) inner: List,
    pub(super) in_below: bool,
}

impl Shared {
    /// All images, the one that is shown selected.
    pub(super) fn new(among: &Among) -> Self {
        let list = List { cursor: among.at, ..List::default() };
        Self { list, below: Below::Layers, inner: List::default(), in_below: false }
    }

    /// The images, and below them the layers or files.
    pub(super) fn panes(body: Rect, among: &Among) -> [Rect; 2] {
        let images = u16::try_from(among.together.names.len()).unwrap_or(u16::MAX);
        // a title and headings
        let height = images.saturating_add(3).min(body.height / 2);
        [Rect { height, ..body }, Rect { y: body.y + height, height: body.height - height, ..body }]
    }

    /// Number of rows of the lower half.
    pub(super) fn length(&self, among: &Among) -> usize {
        match self.below {
            Below::Layers => among.together.sharing.layers.len(),
            Below::Files => among.together.sharing.repeated.groups.len(),
        }
    }

    /// Where the selected row leads: to the image, or to the layer of the shown one.
    fn open(&self, data: &Data, among: &Among) -> Option<Reply> {
        if !self.in_below {
            let image = self.list.cursor;
            return Some(if image == among.at { Reply::Layer(0) } else { Reply::Show(image) });
        }
        if self.below == Below::Files {
            return None;
        }
        let layer = among.together.sharing.layers.get(self.inner.cursor)?;
        let first = *layer.images.first()?;
        let is_same = |own: &crate::image::Layer| own.diff_id.is_some() && own.diff_id == layer.diff_id;
        let here = data.image.layers.iter().position(is_same);
        let here = here.or_else(|| (first == among.at).then_some(layer.place));
        Some(here.map_or_else(
            || Reply::Say(format!("not in this image: it is layer {} of image {first}", layer.place)),
            Reply::Layer,
        ))
    }

    /// The selected row in full.
    fn text(&self, among: &Among) -> Option<String> {
        let together = &among.together;
        Some(match (self.in_below, self.below) {
            (false, _) => together.names.get(self.list.cursor)?.clone(),
            (true, Below::Layers) => together.commands.get(self.inner.cursor)?.clone(),
            (true, Below::Files) => owner(&together.sharing.repeated.groups.get(self.inner.cursor)?.owner),
        })
    }
}

/// What equal files belong to, in words.
pub(super) fn owner(owner: &Owner) -> String {
    match owner {
        Owner::Package(manager, name, version) => {
            let version = version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
            format!("{}, {}", safe(format!("{name}{version}").as_bytes()), manager.name())
        }
        Owner::Directory(path) => format!("/{}", safe(path)),
    }
}

impl Pane for Shared {
    fn name(&self) -> &'static str {
        "Shared"
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Styled, Scope::List, Scope::Global]
    }

    fn offers(&self, action: Action) -> bool {
        !matches!(action, Action::Filter | Action::Extract | Action::Sort)
    }

    fn act(&mut self, context: Context<'_>, action: Action) -> Option<Reply> {
        let among = context.data.among.as_ref()?;
        let [above, below] =
            Self::panes(context.body, among).map(|pane| usize::from(layout::rows(pane).height));
        match action {
            Action::NextPane => self.in_below = !self.in_below,
            Action::Right if !self.in_below => self.in_below = true,
            Action::Left if self.in_below => self.in_below = false,
            Action::Open => return self.open(context.data, among),
            Action::Style => {
                self.below = if self.below == Below::Layers { Below::Files } else { Below::Layers };
                self.inner = List::default();
            }
            _ if self.in_below => _ = self.inner.act(action, self.length(among), below),
            _ => _ = self.list.act(action, among.together.names.len(), above),
        }
        None
    }

    fn close(&mut self, _cx: Context<'_>) -> bool {
        std::mem::take(&mut self.in_below)
    }

    fn settle(&mut self, context: Context<'_>) {
        let Some(among) = &context.data.among else { return };
        let [above, below] =
            Self::panes(context.body, among).map(|pane| usize::from(layout::rows(pane).height));
        self.list.settle(among.together.names.len(), above);
        self.inner.settle(self.length(among), below);
    }

    fn draw(&self, context: Context<'_>, painter: &mut Painter<'_>) {
        if let Some(among) = &context.data.among {
            self.draw_all(context, among, painter);
        }
    }

    fn click(&mut self, context: Context<'_>, at: Position) -> Option<Reply> {
        let among = context.data.among.as_ref()?;
        let [above, below] = Self::panes(context.body, among);
        let was = (self.in_below, self.list.cursor, self.inner.cursor);
        if let Some(y) = layout::row_at(layout::rows(above), at) {
            self.in_below = false;
            self.list.cursor = (self.list.top + y).min(among.together.names.len().saturating_sub(1));
        } else {
            let y = layout::row_at(layout::rows(below), at)?;
            self.in_below = true;
            self.inner.cursor = (self.inner.top + y).min(self.length(among).saturating_sub(1));
        }
        if was == (self.in_below, self.list.cursor, self.inner.cursor) {
            self.open(context.data, among)
        } else {
            None
        }
    }

    fn wheel(&mut self, context: Context<'_>, at: Position, rows: isize) {
        let Some(among) = &context.data.among else { return };
        let [above, below] = Self::panes(context.body, among);
        if below.contains(at) {
            self.inner.wheel(rows, self.length(among), usize::from(layout::rows(below).height));
        } else {
            self.list.wheel(rows, among.together.names.len(), usize::from(layout::rows(above).height));
        }
    }

    fn page(&self, context: Context<'_>) -> Option<Page> {
        let among = context.data.among.as_ref()?;
        let body = self.text(among)?;
        Some(Page { title: "Shared".into(), about: String::new(), copied: body.clone(), body })
    }

    fn copied(&self, context: Context<'_>) -> Option<String> {
        self.text(context.data.among.as_ref()?)
    }
}
