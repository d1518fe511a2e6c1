//! Undoing a body's `Content-Encoding` within bounds.

use std::io::{self, Read};

use super::{Body, Fault};

/// The most that a compressed body may expand to, bytes. A few kilobytes can be made to stand for terabytes.
const EXPANDED: u64 = 1 << 30;
/// The largest window, as a power of two: what decompressing costs in memory.
const WINDOW: u32 = 23;

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Not at all.
    Identity,
    Zstd,
}

/// What a zstd body (one frame or several) holds.
pub(super) fn decoder(body: Body) -> io::Result<impl Read> {
    let mut decoder = zstd::stream::read::Decoder::new(body)?;
    decoder.window_log_max(WINDOW)?;
    Ok(Capped {
        reader: decoder,
        left: EXPANDED,
    })
}

struct Capped<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or(Fault::Expands(EXPANDED))?;
        Ok(read)
    }
}
