//! A container engine that answers as badly as a test wants, on a socket of its own.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::program::temp;

/// What the engine does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Answers as Docker does.
    Good,
    /// Accepts, and never says a word.
    Mute,
    /// Speaks another protocol.
    NotHttp,
    /// Is a web server that knows nothing of images.
    Web,
    /// Has no such image.
    NoImage,
    /// Has it, but cannot read it.
    Failing,
    /// Sends something else than an archive.
    NoTar,
    /// Sends half of the archive and closes the connection.
    Half,
    /// Sends half of the archive, and then nothing more.
    Stalling,
    /// Takes the wish for the archive, and sends nothing.
    Silent,
    /// Sends everybody elsewhere.
    Redirecting,
    /// Sends headers without end.
    EndlessHead,
    /// Describes the image without end.
    EndlessAnswer,
    /// Sends the archive, and zeros without end.
    EndlessArchive,
    /// Sends the archive once, and half of it when it is asked again.
    Once,
}

/// A running engine. It ends with the test's process.
pub(super) struct FakeEngine {
    folder: TempDir,
    requests: Arc<Mutex<Vec<String>>>,
}

impl FakeEngine {
    /// Listens. Every image that is asked for is `archive`.
    pub(super) fn start(manner: Manner, archive: &[u8]) -> Self {
        let folder = temp();
        let listener = UnixListener::bind(folder.path().join("e.sock")).expect("a socket");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, archive) = (Arc::clone(&requests), Arc::new(archive.to_vec()));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, archive) = (Arc::clone(&seen), Arc::clone(&archive));
                // whoever is cut off is what the test is about
                thread::spawn(move || _ = answer(stream, manner, &archive, &seen));
            }
        });
        Self { folder, requests }
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.folder.path().join("e.sock")
    }

    pub(super) fn host(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// The paths that were asked for.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no test panicked here").clone()
    }
}

fn answer(
    mut stream: UnixStream,
    manner: Manner,
    archive: &[u8],
    seen: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let path = String::from_utf8_lossy(&head).split(' ').nth(1).unwrap_or_default().to_owned();
    let is_first = {
        let mut seen = seen.lock().expect("no test panicked here");
        seen.push(path.clone());
        seen.iter().filter(|path| path.contains("/get")).count() < 2
    };
    let for_ever = || thread::sleep(Duration::from_secs(600));
    let whole = |stream: &mut UnixStream, status: &str, headers: &str, body: &str| {
        let length = body.len();
        write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{headers}\r\n{body}")
    };
    match (manner, path.as_str()) {
        (Manner::Mute, _) => for_ever(),
        (Manner::NotHttp, _) => stream.write_all(b"SSH-2.0-Other\r\n")?,
        (Manner::Web, _) => whole(&mut stream, "200 OK", "", "welcome")?,
        (_, "/_ping") => whole(&mut stream, "200 OK", "Api-Version: 1.41\r\n", "OK")?,
        (Manner::Redirecting, _) => {
            whole(&mut stream, "302 Found", "Location: http://127.0.0.1:1/elsewhere\r\n", "")?;
        }
        (Manner::EndlessHead, _) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
            loop {
                stream.write_all(b"X-More: and more and more and more\r\n")?;
            }
        }
        (Manner::EndlessAnswer, path) if path.ends_with("/json") => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"Id\":\"")?;
            loop {
                stream.write_all(&[b'x'; 4096])?;
            }
        }
        (Manner::NoImage, _) => whole(&mut stream, "404 Not Found", "", r#"{"message":"no such image"}"#)?,
        (Manner::Failing, _) => {
            whole(&mut stream, "500 Internal Server Error", "", r#"{"message":"layer does not exist"}"#)?;
        }
        (_, path) if path.ends_with("/json") => whole(&mut stream, "200 OK", "", r#"{"Id":"sha256:00ff"}"#)?,
        (Manner::Silent | Manner::EndlessAnswer, _) => for_ever(),
        (Manner::EndlessArchive, _) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            stream.write_all(archive)?;
            loop {
                stream.write_all(&[0; 1 << 14])?;
            }
        }
        (Manner::NoTar, _) => chunked(&mut stream, b"<html>no image here</html>", true)?,
        (Manner::Once, _) if is_first => chunked(&mut stream, archive, true)?,
        (Manner::Good, _) => chunked(&mut stream, archive, true)?,
        (Manner::Half, _) => chunked(&mut stream, &archive[..archive.len() / 2], false)?,
        (Manner::Stalling | Manner::Once, _) => {
            chunked(&mut stream, &archive[..archive.len() / 2], false)?;
            for_ever();
        }
    }
    Ok(())
}

fn chunked(stream: &mut UnixStream, body: &[u8], is_whole: bool) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
    for chunk in body.chunks(3000) {
        write!(stream, "{:x}\r\n", chunk.len())?;
        stream.write_all(chunk)?;
        stream.write_all(b"\r\n")?;
    }
    if is_whole { stream.write_all(b"0\r\n\r\n") } else { Ok(()) }
}
