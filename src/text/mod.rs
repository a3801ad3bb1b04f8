//! Text for people: how wide it is, how it is wrapped and cut, bars, lists and counts, and how text from an image
//! is made safe to show.
//!
//! The report, the UI and the messages all use these functions, so the same fact reads the same everywhere:
//!
//! - [`columns`], [`cut`], [`cut_path`]: the width of a text, and how to fit it into fewer columns;
//! - [`wrap`] for prose and [`code`] for lines of a Dockerfile, which must stay right when they are pasted;
//! - [`bar`]: a share in eighth blocks;
//! - [`counted`], [`list`], [`layers`], [`savings`], [`signed`]: numbers in words;
//! - [`nearest`], [`suggestion`]: what an unknown word was probably meant to be;
//! - [`line()`] and [`is_unsafe`] for terminals, [`json_text`] for JSON.
//!
//! What the layers did to a path is told by [`crate::overlay::timeline`] and [`crate::overlay::tell`], which need to
//! know layers.

mod bar;
mod code;
mod escape;
mod near;
mod width;
mod words;
mod wrap;

pub use bar::bar;
pub use code::code;
pub use escape::{is_unsafe, json_text, line};
pub use near::{nearest, suggestion};
pub use width::{columns, cut, cut_path};
pub use words::{UNKNOWN_COMMAND, counted, digits, layers, list, marks, one_line, savings, signed};
pub use wrap::wrap;
