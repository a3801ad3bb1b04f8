//! layercake reads a saved container image and shows, layer by layer, where its bytes are, which of
//! them no container can ever see again, and what to change in the Dockerfile to get rid of them.
//!
//! Data flows one way: bytes → blobs → one [`layer::LayerIndex`] per layer → one immutable
//! [`image::Image`] → [`analysis::Analysis`] → verdict and report. A room (module) imports only rooms
//! that stand above it in the list below; `tests/it/rooms.rs` holds the house to that.

pub mod units;

pub mod digest;

pub mod text;

pub mod secrets;

pub mod limits;

pub mod error;

pub mod oci;

pub mod dockerfile;

pub mod source;

pub mod layer;

pub mod image;

pub mod overlay;

pub mod analysis;

pub mod compare;

pub mod advice;

pub mod policy;

pub mod report;

pub mod load;

pub mod fix;
pub mod slim;

pub mod ui;

pub mod cli;
