//! The one writer: a thread that runs whole transactions and commits those that are ready together.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::StoreError;

/// Transactions in one commit, at most: bounds how long the first of them waits.
const GROUP: usize = 256;
/// Transactions waiting for the writer, at most; beyond it callers wait to hand theirs in.
const QUEUE: usize = 1024;

/// Tells the caller how its transaction ended, once the commit is known.
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// Given the open transaction, or why there is none.
type Job = Box<dyn FnOnce(Result<&Connection, StoreError>) -> Answer + Send>;

#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (jobs, receiver) = mpsc::channel(QUEUE);
        thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || run(&connection, receiver))
            .map_err(|error| StoreError::decode("writer thread", error))?;
        Ok(Self { jobs })
    }

    /// `told` is called once the commit is there, whether or not the caller still waits for it.
    pub(super) async fn write<T, E, F>(
        &self,
        change: F,
        told: impl FnOnce() + Send + 'static,
    ) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = connection
                .map_err(E::from)
                .and_then(|open| in_savepoint(open, change));
            Box::new(move |commit| {
                if commit.is_ok() && result.is_ok() {
                    told();
                }
                // A caller that has gone away does not want the answer; its change stands all the same.
                let _gone = sender.send(commit.map_err(E::from).and(result));
            })
        });
        self.jobs.send(job).await.map_err(|_| StoreError::Closed)?;
        receiver.await.map_err(|_| StoreError::Closed)?
    }
}

/// Ends when every [`Writer`] is gone and what they handed in is done.
fn run(connection: &Connection, mut jobs: mpsc::Receiver<Job>) {
    while let Some(first) = jobs.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP {
            match jobs.try_recv() {
                Ok(job) => group.push(job),
                Err(_) => break,
            }
        }
        commit_together(connection, group);
    }
}

fn commit_together(connection: &Connection, group: Vec<Job>) {
    let mut answers: Vec<Answer> = Vec::with_capacity(group.len());
    for job in group {
        if connection.is_autocommit() {
            // Either the first of the group, or SQLite has rolled the whole transaction back (a full disk, say):
            // then those before are undone and are told so, and the rest get a transaction of their own.
            fail(&mut answers, &StoreError::Full);
            if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
                let error = StoreError::from(error);
                job(Err(error.clone()))(Err(error));
                continue;
            }
        }
        // A panic must not take the writer down with it; the job's savepoint is then undone by the rollback below.
        match catch_unwind(AssertUnwindSafe(|| job(Ok(connection)))) {
            Ok(answer) => answers.push(answer),
            Err(_) => {
                tracing::error!(
                    "a transaction panicked; it and those committed with it are undone"
                );
                let _nothing_open = connection.execute_batch("ROLLBACK");
                fail(&mut answers, &StoreError::Closed);
            }
        }
    }
    let outcome = if connection.is_autocommit() {
        Err(StoreError::Full)
    } else {
        connection.execute_batch("COMMIT").map_err(|error| {
            let _nothing_open = connection.execute_batch("ROLLBACK");
            StoreError::from(error)
        })
    };
    for answer in answers {
        answer(outcome.clone());
    }
}

fn fail(answers: &mut Vec<Answer>, error: &StoreError) {
    for answer in answers.drain(..) {
        answer(Err(error.clone()));
    }
}

fn in_savepoint<T, E: From<StoreError>>(
    connection: &Connection,
    change: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    let mark = |sql: &str| {
        connection
            .execute_batch(sql)
            .map_err(|error| E::from(error.into()))
    };
    mark("SAVEPOINT job")?;
    match change(connection) {
        Ok(value) => {
            mark("RELEASE job")?;
            Ok(value)
        }
        Err(error) => {
            // Nothing to undo where SQLite has already rolled everything back.
            let _already_undone = connection.execute_batch("ROLLBACK TO job; RELEASE job");
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writer() -> Writer {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE t (v INTEGER UNIQUE)")
            .unwrap();
        Writer::start(connection).unwrap()
    }

    async fn insert(writer: &Writer, value: i64) -> Result<(), StoreError> {
        writer
            .write(
                move |c| Ok(c.execute("INSERT INTO t VALUES (?1)", [value]).map(drop)?),
                || {},
            )
            .await
    }

    async fn count(writer: &Writer) -> i64 {
        let rows: Result<i64, StoreError> = writer
            .write(
                |c| Ok(c.query_row("SELECT count(*) FROM t", [], |row| row.get(0))?),
                || {},
            )
            .await;
        rows.unwrap()
    }

    #[tokio::test]
    async fn a_failed_transaction_is_undone_alone() {
        let writer = writer();
        let results = futures::future::join_all([1, 2, 2, 3].map(|v| insert(&writer, v))).await;
        assert_eq!(results.iter().filter(|r| r.is_err()).count(), 1);
        assert_eq!(count(&writer).await, 3);
    }

    #[tokio::test]
    async fn an_error_of_the_caller_undoes_what_it_wrote_before() {
        let writer = writer();
        let result: Result<(), StoreError> = writer
            .write(
                |c| {
                    c.execute("INSERT INTO t VALUES (7)", [])?;
                    Err(StoreError::Closed)
                },
                || panic!("nothing was written"),
            )
            .await;
        assert!(result.is_err());
        assert_eq!(count(&writer).await, 0);
    }

    #[tokio::test]
    async fn a_panicking_transaction_does_not_take_the_writer_down() {
        let writer = writer();
        let result: Result<(), StoreError> = writer.write(|_| panic!("on purpose"), || {}).await;
        assert!(result.is_err());
        insert(&writer, 1).await.unwrap();
        assert_eq!(count(&writer).await, 1);
    }
}
