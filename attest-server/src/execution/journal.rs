//! The log of one execution on its way into the store.
//!
//! One task numbers the lines of all steps and commits what has arrived while the last commit was under way: a slow disk
//! makes batches larger, and a full queue holds the steps back, so that a flood costs time and never memory. What ends a
//! step goes through the same queue and into the same commit as its last lines: no line comes after its step's end.

use std::collections::HashMap;
use std::io;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::beginning::Beginning;
use crate::step::{LogLine, LogSink, Stream};
use crate::store::logs::{self, Span};
use crate::store::{self, Store, StoreError, steps};
use crate::supervisor::Identity;

/// Batches of lines waiting for the store. A batch is one read of a pipe.
const QUEUE: usize = 32;
/// Text in one commit, bytes, about.
const COMMIT: usize = 512 << 10;

enum Message {
    Lines(StepLines),
    /// Committed together with its own lines and every line before, then answered.
    Change {
        lines: Vec<StepLines>,
        change: Change,
        done: oneshot::Sender<()>,
    },
}

/// Lines of the step at a position.
pub(super) type StepLines = (usize, Vec<LogLine>);

/// Given the lines of this attempt so far, by step.
type Change = Box<dyn FnOnce(&Connection, &Spans) -> Result<(), StoreError> + Send>;

/// Which lines each step wrote in this attempt, by its position. Those of other steps may lie between.
pub(super) type Spans = HashMap<usize, Span>;

/// Where the steps of an execution send their lines. Clones share it; it ends with the last of them.
#[derive(Clone)]
pub(super) struct Journal {
    execution: i64,
    messages: mpsc::Sender<Message>,
}

impl Journal {
    /// The next line gets the number `next`: an earlier attempt may have left some.
    pub(super) fn open(store: &Store, execution: i64, next: u64) -> Self {
        let (messages, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(write(store.clone(), execution, next, receiver));
        Self {
            execution,
            messages,
        }
    }

    /// Makes a change in one transaction with `lines` and every line that was taken before; returns once it is committed.
    pub(super) async fn commit(
        &self,
        lines: Vec<StepLines>,
        change: impl FnOnce(&Connection, &Spans) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StoreError> {
        self.submit(lines, change).await?.durable().await
    }

    /// As [`Journal::commit`], without waiting for the commit. What is submitted or committed later is in the same
    /// transaction or in one after it.
    pub(super) async fn submit(
        &self,
        lines: Vec<StepLines>,
        change: impl FnOnce(&Connection, &Spans) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<Submitted, StoreError> {
        let (done, waiting) = oneshot::channel();
        self.messages
            .send(Message::Change {
                lines,
                change: Box::new(change),
                done,
            })
            .await
            .map_err(|_| StoreError::Closed)?;
        Ok(Submitted(waiting))
    }

    /// The sink of one step. `beginning` is stored together with the process that runs its command.
    pub(super) fn of_step(&self, step: usize, beginning: Beginning) -> StepLog {
        StepLog {
            journal: self.clone(),
            step,
            beginning,
        }
    }
}

/// A change on its way to the disk.
pub(super) struct Submitted(oneshot::Receiver<()>);

impl Submitted {
    /// Returns once it is committed.
    pub(super) async fn durable(self) -> Result<(), StoreError> {
        self.0.await.map_err(|_| StoreError::Closed)
    }
}

/// Takes one step's news.
pub(super) struct StepLog {
    journal: Journal,
    step: usize,
    beginning: Beginning,
}

impl LogSink for StepLog {
    async fn started(&mut self, supervisor: &Identity) -> io::Result<()> {
        let text = serde_json::to_string(supervisor)?;
        let (execution, step) = (self.journal.execution, self.step);
        let beginning = self.beginning.clone();
        let written = self.journal.commit(Vec::new(), move |connection, _| {
            beginning.store(connection)?;
            steps::supervised(connection, execution, step, &text)
        });
        written.await.map_err(io::Error::other)
    }

    async fn lines(&mut self, lines: Vec<LogLine>) -> io::Result<()> {
        self.journal
            .messages
            .send(Message::Lines((self.step, lines)))
            .await
            .map_err(|_| io::Error::other(StoreError::Closed))
    }
}

async fn write(store: Store, execution: i64, mut next: u64, mut messages: mpsc::Receiver<Message>) {
    let mut spans = Spans::new();
    while let Some(first) = messages.recv().await {
        let mut chunks = Chunks {
            next,
            list: Vec::new(),
        };
        let (mut changes, mut answers) = (Vec::new(), Vec::new());
        let mut bytes = 0;
        let mut message = Some(first);
        while let Some(current) = message {
            match current {
                Message::Lines(lines) => bytes += chunks.add(lines, &mut spans),
                Message::Change {
                    lines,
                    change,
                    done,
                } => {
                    for lines in lines {
                        bytes += chunks.add(lines, &mut spans);
                    }
                    changes.push(change);
                    answers.push(done);
                }
            }
            message = if bytes < COMMIT {
                messages.try_recv().ok()
            } else {
                None
            };
        }
        next = chunks.next;
        let written = commit(&store, execution, chunks.list, changes, spans).await;
        spans = match written {
            Ok(spans) => spans,
            Err(error) => {
                // The queue closes with this task: the steps notice at their next line and end.
                tracing::error!(%error, execution, "log lines could not be stored");
                return;
            }
        };
        for answer in answers {
            // Whoever waited may have gone.
            let _gone = answer.send(());
        }
    }
}

async fn commit(
    store: &Store,
    execution: i64,
    chunks: Vec<logs::Chunk>,
    changes: Vec<Change>,
    spans: Spans,
) -> Result<Spans, StoreError> {
    if chunks.is_empty() && changes.is_empty() {
        return Ok(spans);
    }
    store
        .write_news(execution, move |connection| {
            for chunk in &chunks {
                logs::append(connection, execution, chunk)?;
            }
            for change in changes {
                change(connection, &spans)?;
            }
            Ok(spans)
        })
        .await
}

/// Numbers lines, and puts those of one step that follow each other into one chunk.
struct Chunks {
    next: u64,
    list: Vec<logs::Chunk>,
}

impl Chunks {
    /// Answers how much text that was, in bytes.
    fn add(&mut self, (step, lines): StepLines, spans: &mut Spans) -> usize {
        if lines.is_empty() {
            return 0;
        }
        let bytes = lines.iter().map(|line| line.text.len()).sum();
        let count = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        let (first, last) = (self.next, self.next + count - 1);
        let span = spans.entry(step).or_insert(Span { first, last });
        span.last = last;
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
        bytes
    }
}
