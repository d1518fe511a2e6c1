//! All SQL of the server: SQLite in WAL mode, one writer, a pool of readers, numbered migrations.
//!
//! Writes are closures over a connection: [`Store::write`] runs one as a transaction of its own and answers once it is
//! durable. The writer thread commits what is ready together in one go, so that a hundred small changes cost one
//! `fsync`. Reads run on other connections and other threads, and see only what is committed.
//!
//! What this is not: a home for rules. Functions here read and write rows; when to do so is decided in `api` and
//! `execution`.

pub(crate) mod api_keys;
pub(crate) mod cache;
mod error;
pub(crate) mod executions;
pub(crate) mod gc;
pub(crate) mod idempotency;
pub(crate) mod logs;
mod migrations;
mod news;
pub(crate) mod page;
pub(crate) mod pipelines;
mod readers;
pub(crate) mod receipts;
pub(crate) mod signing_keys;
pub(crate) mod sources;
pub(crate) mod steps;
mod time;
mod writer;

pub(crate) use error::StoreError;
pub(crate) use news::{News, Waiter};

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

/// The open database. Clones share the writer and the readers.
#[derive(Clone)]
pub(crate) struct Store {
    writer: writer::Writer,
    readers: Arc<readers::Readers>,
    news: Arc<News>,
}

impl Store {
    /// Opens or creates the database at `path` and brings its schema up to date. Blocks; call it before serving.
    ///
    /// # Errors
    /// [`StoreError::Newer`] for a database of a later server, otherwise what SQLite says.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let mut connection = Connection::open(path)?;
        configure(&connection)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        migrations::run(&mut connection)?;
        Ok(Self {
            writer: writer::Writer::start(connection)?,
            readers: Arc::new(readers::Readers::new(path)),
            news: Arc::default(),
        })
    }

    /// Runs `change` as one transaction. The answer comes after the commit; an `Err` from `change` undoes it alone.
    pub(crate) async fn write<T, E, F>(&self, change: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.writer.write(change, || {}).await
    }

    /// As [`Store::write`], of something that is shown of an execution: whoever waits for that is told.
    pub(crate) async fn write_news<T, E, F>(&self, execution: i64, change: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let news = Arc::clone(&self.news);
        self.writer
            .write(change, move || news.changed(execution))
            .await
    }

    /// As [`Store::write_news`], of an execution's end.
    pub(crate) async fn write_end<T, E, F>(&self, execution: i64, change: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let news = Arc::clone(&self.news);
        self.writer
            .write(change, move || news.ended(execution))
            .await
    }

    /// What is news of executions.
    pub(crate) const fn news(&self) -> &Arc<News> {
        &self.news
    }

    /// Runs `look` on a reader connection, off the event loop.
    pub(crate) async fn read<T, E, F>(&self, look: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.readers.read(look).await
    }
}

/// Settings that SQLite keeps per connection.
fn configure(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    // In WAL mode NORMAL may lose the last commits on power loss; an accepted execution must not be lost.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}

/// A row, or `None` where there is none.
fn optional<T>(result: rusqlite::Result<T>) -> Result<Option<T>, StoreError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
