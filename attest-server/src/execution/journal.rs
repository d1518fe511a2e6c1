//! The log of one execution on its way into the store.
//!
//! One task numbers the lines of all steps and commits what has arrived while the last commit was under way: a slow disk
//! makes batches larger, and a full queue holds the steps back, so that a flood costs time and never memory.

use std::io;

use tokio::sync::{mpsc, oneshot};

use crate::step::{LogLine, LogSink, Stream};
use crate::store::{self, Store, StoreError, logs, steps};
use crate::supervisor::Identity;

/// Batches of lines waiting for the store. A batch is one read of a pipe.
const QUEUE: usize = 32;
/// Text in one commit, bytes, about.
const COMMIT: usize = 512 << 10;

enum Message {
    Lines {
        step: usize,
        lines: Vec<LogLine>,
    },
    /// Answered once everything before it is committed.
    Flush(oneshot::Sender<()>),
}

/// Where the steps of an execution send their lines. Clones share it; it ends with the last of them.
#[derive(Clone)]
pub(super) struct Journal {
    store: Store,
    execution: i64,
    messages: mpsc::Sender<Message>,
}

impl Journal {
    /// Goes on after the lines that an earlier attempt left.
    pub(super) async fn open(store: &Store, execution: i64) -> Result<Self, StoreError> {
        let next = store
            .read(move |connection| logs::next_seq(connection, execution))
            .await?;
        let (messages, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(write(store.clone(), execution, next, receiver));
        Ok(Self {
            store: store.clone(),
            execution,
            messages,
        })
    }

    /// Returns once every line that was taken is committed.
    pub(super) async fn flush(&self) -> Result<(), StoreError> {
        let (done, waiting) = oneshot::channel();
        self.messages
            .send(Message::Flush(done))
            .await
            .map_err(|_| StoreError::Closed)?;
        waiting.await.map_err(|_| StoreError::Closed)
    }

    /// The sink of one step.
    pub(super) fn of_step(&self, step: usize) -> StepLog {
        StepLog {
            journal: self.clone(),
            step,
        }
    }
}

/// Takes one step's news.
pub(super) struct StepLog {
    journal: Journal,
    step: usize,
}

impl LogSink for StepLog {
    async fn started(&mut self, supervisor: &Identity) -> io::Result<()> {
        let text = serde_json::to_string(supervisor)?;
        let (execution, step) = (self.journal.execution, self.step);
        let written: Result<(), StoreError> = self
            .journal
            .store
            .write(move |connection| steps::supervised(connection, execution, step, &text))
            .await;
        written.map_err(io::Error::other)
    }

    async fn lines(&mut self, lines: Vec<LogLine>) -> io::Result<()> {
        let message = Message::Lines {
            step: self.step,
            lines,
        };
        self.journal
            .messages
            .send(message)
            .await
            .map_err(|_| io::Error::other(StoreError::Closed))
    }
}

async fn write(store: Store, execution: i64, mut next: u64, mut messages: mpsc::Receiver<Message>) {
    while let Some(first) = messages.recv().await {
        let mut chunks = Chunks {
            next,
            list: Vec::new(),
        };
        let mut flushed = Vec::new();
        let mut bytes = 0;
        let mut message = Some(first);
        while let Some(current) = message {
            match current {
                Message::Lines { step, lines } => {
                    bytes += lines.iter().map(|line| line.text.len()).sum::<usize>();
                    chunks.add(step, lines);
                }
                Message::Flush(done) => flushed.push(done),
            }
            message = if bytes < COMMIT {
                messages.try_recv().ok()
            } else {
                None
            };
        }
        next = chunks.next;
        if let Err(error) = commit(&store, execution, chunks.list).await {
            // The queue closes with this task: the steps notice at their next line and end.
            tracing::error!(%error, execution, "log lines could not be stored");
            return;
        }
        for done in flushed {
            // Whoever waited may have gone.
            let _gone = done.send(());
        }
    }
}

async fn commit(store: &Store, execution: i64, chunks: Vec<logs::Chunk>) -> Result<(), StoreError> {
    if chunks.is_empty() {
        return Ok(());
    }
    store
        .write(move |connection| {
            chunks
                .iter()
                .try_for_each(|chunk| logs::append(connection, execution, chunk))
        })
        .await
}

/// Numbers lines, and puts those of one step that follow each other into one chunk.
struct Chunks {
    next: u64,
    list: Vec<logs::Chunk>,
}

impl Chunks {
    fn add(&mut self, step: usize, lines: Vec<LogLine>) {
        if lines.is_empty() {
            return;
        }
        let count = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        let lines = lines.into_iter().map(|line| logs::Line {
            stream: match line.stream {
                Stream::Stdout => store::logs::Stream::Stdout,
                Stream::Stderr => store::logs::Stream::Stderr,
            },
            at: line.at,
            text: line.text,
        });
        match self.list.last_mut() {
            Some(last) if last.step == step => last.lines.extend(lines),
            _ => self.list.push(logs::Chunk {
                first_seq: self.next,
                step,
                lines: lines.collect(),
            }),
        }
        self.next += count;
    }
}
