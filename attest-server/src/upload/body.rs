//! A request's body, handed from the event loop to a blocking reader piece by piece.

use std::io::{self, Read};
use std::time::Duration;

use axum::body::Bytes;
use futures::{Stream, StreamExt as _};
use tokio::sync::mpsc;

use super::Fault;

/// Pieces on their way: the client is only read as fast as the store writes.
const PIECES: usize = 4;

/// The reading end. Ends only where the body did: a writing end that is gone is an error.
pub(crate) struct Body {
    pieces: mpsc::Receiver<Result<Option<Bytes>, Fault>>,
    current: Bytes,
    ended: bool,
}

/// The writing end.
pub(crate) struct Feeder(mpsc::Sender<Result<Option<Bytes>, Fault>>);

/// Both ends of a body.
pub(crate) fn pipe() -> (Feeder, Body) {
    let (sender, pieces) = mpsc::channel(PIECES);
    let body = Body {
        pieces,
        current: Bytes::new(),
        ended: false,
    };
    (Feeder(sender), body)
}

impl Feeder {
    /// Hands on all of `body`, or that it stopped. Where the reader wants no more, up to `rest` further bytes are thrown
    /// away, so that a client which is still sending gets to read the answer.
    pub(crate) async fn feed<E>(
        self,
        mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
        idle: Duration,
        rest: usize,
    ) {
        loop {
            let piece = match tokio::time::timeout(idle, body.next()).await {
                Err(_) => Err(Fault::Idle),
                Ok(Some(Err(_))) => Err(Fault::EndedEarly),
                Ok(Some(Ok(bytes))) => Ok(Some(bytes)),
                Ok(None) => Ok(None),
            };
            let last = !matches!(piece, Ok(Some(_)));
            let unwanted = self.0.send(piece).await.is_err();
            if last {
                return;
            }
            if unwanted {
                break;
            }
        }
        drop(self.0);
        let mut thrown = 0;
        let throw = async {
            while let Some(Ok(bytes)) = body.next().await {
                thrown += bytes.len();
                if thrown > rest {
                    break;
                }
            }
        };
        let _slow = tokio::time::timeout(idle, throw).await;
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() && !self.ended && !buffer.is_empty() {
            match self.pieces.blocking_recv() {
                Some(Ok(Some(bytes))) => self.current = bytes,
                Some(Ok(None)) => self.ended = true,
                Some(Err(fault)) => return Err(fault.into()),
                None => return Err(Fault::EndedEarly.into()),
            }
        }
        let length = buffer.len().min(self.current.len());
        let piece = self.current.split_to(length);
        if let Some(room) = buffer.get_mut(..length) {
            room.copy_from_slice(&piece);
        }
        Ok(length)
    }
}
