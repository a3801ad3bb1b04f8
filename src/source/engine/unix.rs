//! HTTP over a Unix socket: the transport that the library needs.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::mpsc;

use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport,
};
use ureq::{Error, Timeout};

/// Connects to one socket and ignores the address of the request.
#[derive(Debug)]
pub(super) struct UnixConnector(pub(super) PathBuf);

impl Connector for UnixConnector {
    type Out = UnixTransport;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<UnixTransport>, Error> {
        let stream = match details.timeout.not_zero() {
            Some(limit) => connect_within(self.0.clone(), *limit)?,
            None => UnixStream::connect(&self.0)?,
        };
        let (input, output) = (details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(UnixTransport { stream, buffers: LazyBuffers::new(input, output) }))
    }
}

/// Connecting blocks while the queue of a stopped engine's socket is full, and has no time limit of its own.
fn connect_within(path: PathBuf, limit: std::time::Duration) -> Result<UnixStream, Error> {
    let (send, connected) = mpsc::channel();
    std::thread::spawn(move || send.send(UnixStream::connect(path)));
    connected.recv_timeout(limit).map_err(|_| Error::Timeout(Timeout::Connect))?.map_err(Error::Io)
}

/// One connection.
#[derive(Debug)]
pub(super) struct UnixTransport {
    stream: UnixStream,
    buffers: LazyBuffers,
}

impl Transport for UnixTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let timeout = timeout.for_write();
        self.stream.set_write_timeout(timeout.not_zero().map(|limit| *limit))?;
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        self.stream.write_all(output).map_err(|error| failed(error, timeout))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let timeout = timeout.for_read();
        self.stream.set_read_timeout(timeout.not_zero().map(|limit| *limit))?;
        let got = loop {
            match self.stream.read(self.buffers.input_append_buf()) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other.map_err(|error| failed(error, timeout))?,
            }
        };
        if got == 0 {
            // a truncated body would be taken for a whole one; no engine's answer ends like this
            return Err(Error::Io(std::io::Error::other("the connection was closed")));
        }
        self.buffers.input_appended(got);
        Ok(true)
    }

    fn is_open(&mut self) -> bool {
        // connections are not used again: there are three requests in all
        false
    }
}

fn failed(error: std::io::Error, timeout: NextTimeout) -> Error {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Error::Timeout(timeout.reason),
        _ => Error::Io(error),
    }
}
