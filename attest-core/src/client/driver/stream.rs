//! A body that is read on a thread of its own while it is sent, with a limit on the silence between two pieces.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::stream;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::client::{Content, Failure};

/// What is handed over at once, in bytes.
const PIECE: usize = 64 * 1024;

/// How many pieces are read ahead.
const AHEAD: usize = 8;

/// What is known about a body while it travels.
#[derive(Clone, Debug)]
pub(super) struct Watched(Arc<Mutex<Seen>>);

#[derive(Debug)]
struct Seen {
    /// When the connection last took a piece.
    moved: Instant,
    /// Why the content could not be read, if it could not.
    unreadable: Option<String>,
}

impl Watched {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Seen {
            moved: Instant::now(),
            unreadable: None,
        })))
    }

    fn with<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Why the content could not be read: this, not the connection it broke, is what the caller has to know.
    pub(super) fn unreadable(&self) -> Option<String> {
        self.with(|seen| seen.unreadable.take())
    }

    /// What `work` answers, unless nothing moves for `idle`.
    pub(super) async fn limit<T>(
        &self,
        idle: Duration,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let mut work = std::pin::pin!(work);
        loop {
            let end = self.with(|seen| seen.moved) + idle;
            match tokio::time::timeout_at(end, &mut work).await {
                Ok(answer) => return answer,
                Err(_) if self.with(|seen| seen.moved) + idle > end => {}
                Err(_) => return Err(Failure::Timeout(idle)),
            }
        }
    }
}

/// The content as a body, and what is known about it. Reading ends where the body is dropped.
pub(super) fn body(content: Arc<dyn Content>) -> (reqwest::Body, Watched) {
    let watched = Watched::new();
    let (sender, receiver) = mpsc::channel(AHEAD);
    let reading = watched.clone();
    tokio::task::spawn_blocking(move || {
        let mut out = Out {
            sender,
            piece: Vec::with_capacity(PIECE),
            closed: false,
        };
        let written = content.write_to(&mut out).and_then(|()| out.flush());
        if let (Err(error), false) = (written, out.closed) {
            reading.with(|seen| seen.unreadable = Some(error.to_string()));
            // The request must not look whole.
            let _ = out.sender.blocking_send(Err(error));
        }
    });
    let moving = watched.clone();
    let pieces = stream::unfold(receiver, move |mut receiver| {
        moving.with(|seen| seen.moved = Instant::now());
        async move { receiver.recv().await.map(|piece| (piece, receiver)) }
    });
    (reqwest::Body::wrap_stream(pieces), watched)
}

/// Where the content is written to.
struct Out {
    sender: mpsc::Sender<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    /// Whether nobody takes anything any more.
    closed: bool,
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = PIECE - self.piece.len();
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.piece.extend_from_slice(taken);
        if self.piece.len() == PIECE {
            self.flush()?;
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        self.sender.blocking_send(Ok(piece)).map_err(|_| {
            self.closed = true;
            io::ErrorKind::BrokenPipe.into()
        })
    }
}
