//! The UI on an engine's image: its files are asked of the engine again.

use std::fs;

use super::fake::{FakeEngine, Manner};
use crate::builder::{Form, ImageBuilder};
use crate::program::temp;
use crate::pty::{Terminal, program};

fn archive() -> Vec<u8> {
    let image = ImageBuilder::new()
        .tag("app:1")
        .layer(|layer| layer.noise("base", 1_000, 1))
        .layer(|layer| layer.file("notes.txt", b"first line\nsecond line\n"));
    image.archive(Form::Docker).bytes()
}

/// The UI on the image `app:1` of an engine, at its file `notes.txt`.
fn at_the_file(engine: &FakeEngine, folder: &std::path::Path) -> Terminal {
    let script = format!("DOCKER_HOST={} \"$0\" docker:app:1; echo ended with $?", engine.host());
    let mut terminal = Terminal::start(folder, &script, &[program()]);
    terminal.wait("1 Layers");
    terminal.type_keys("G\t");
    terminal.wait("notes.txt");
    terminal
}

#[test]
fn a_file_of_an_engines_image_is_viewed_and_extracted() {
    let (engine, folder) = (FakeEngine::start(Manner::Good, &archive()), temp());
    let mut terminal = at_the_file(&engine, folder.path());
    terminal.type_keys("v");
    terminal.wait("second line");
    terminal.type_keys("\x1b");
    terminal.wait("1 Layers");
    terminal.type_keys("x");
    terminal.wait("notes.txt");
    terminal.type_keys("\r");
    terminal.wait("wrote 1 file below ./extracted");
    assert_eq!(fs::read(folder.path().join("extracted/notes.txt")).unwrap(), b"first line\nsecond line\n");
    terminal.type_keys("q");
    terminal.wait("ended with 0");
    terminal.end();
    let asked = engine.requests().iter().filter(|path| path.contains("/get")).count();
    assert_eq!(asked, 3, "to load, to view and to extract");
}

#[test]
fn an_engine_that_stalls_while_a_file_is_read_holds_nothing_up() {
    let (engine, folder) = (FakeEngine::start(Manner::Once, &archive()), temp());
    let mut terminal = at_the_file(&engine, folder.path());
    terminal.type_keys("v");
    terminal.wait("reading");
    terminal.type_keys("\x1b");
    terminal.wait("1 Layers");
    terminal.type_keys("2");
    terminal.wait("Wasted bytes");
    terminal.type_keys("q");
    terminal.wait("ended with 0");
    terminal.end();
}
