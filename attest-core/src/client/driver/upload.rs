//! Carrying out an upload: the directory is read on threads of its own, and the calls are made as the plan says.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Driver;
use crate::client::upload::{Archive, Entry, Next, Plan, Progress, Uploaded, What};
use crate::client::{objects, sources};
use crate::error::{Error, ErrorKind};
use crate::source::{self, Contents, SourceError};
use crate::v1::CreateSource;

/// The longest tree that a server takes, in bytes of its JSON.
const MAX_TREE: usize = 64 * 1024 * 1024;

/// Who hears how far it has come: often, from any thread.
///
/// ```no_run
/// use std::sync::Arc;
///
/// use attest_core::client::{Driver, Listener, list_source};
///
/// # async fn demo(driver: Driver) -> Result<(), attest_core::error::Error> {
/// let listener: Listener = Arc::new(|progress| eprint!("\r{progress:?}"));
/// let uploaded = driver.upload(list_source(".".into(), Vec::new()).await?, listener).await?;
/// println!("{}", uploaded.source);
/// # Ok(()) }
/// ```
pub type Listener = Arc<dyn Fn(Progress) + Send + Sync>;

impl Driver {
    /// Uploads what a directory holds.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] for a file that cannot be read or that changed meanwhile, naming it; else as a call's. What was
    /// sent before the error stays with the server for a while, and is not sent again by the next upload.
    pub async fn upload(&self, contents: Contents, progress: Listener) -> Result<Uploaded, Error> {
        let contents = Arc::new(contents);
        let mut plan = Plan::new(hashed(contents.clone(), progress.clone()).await?);
        let sent = Arc::new(AtomicU64::new(0));
        loop {
            match plan.step() {
                Next::Ask(question) => {
                    plan.missing(&self.call(objects::missing(&question)?).await?);
                }
                Next::Send(batch) => {
                    let (of_objects, of_bytes) = plan.to_send();
                    let (sent, progress) = (sent.clone(), progress.clone());
                    let compressed = batch.is_compressed();
                    let archive = Archive::new(contents.clone(), batch, move |length| {
                        let bytes = sent.fetch_add(length, Ordering::Relaxed) + length;
                        progress(Progress::Sending {
                            bytes: bytes.min(of_bytes),
                            of_bytes,
                            of_objects,
                        });
                    });
                    self.call(objects::store(Arc::new(archive), compressed))
                        .await?;
                    plan.sent();
                }
                Next::Create(tree) => match self.call(sources::create(&fits(tree)?)?).await {
                    Ok(source) => plan.created(source)?,
                    Err(error) => plan.refused(error)?,
                },
                Next::Done(uploaded) => return Ok(uploaded),
            }
        }
    }
}

/// Lists a directory on a thread of its own; see [`source::list`].
///
/// # Errors
/// [`ErrorKind::Io`], naming the file.
pub async fn list(dir: PathBuf, exclude: Vec<PathBuf>) -> Result<Contents, Error> {
    blocking(move || source::list(&dir, &exclude)).await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SourceError> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| {
        Error::new(ErrorKind::Internal, "the source could not be read").with_source(error)
    })?;
    done.map_err(|error| Error::new(ErrorKind::Io, error.to_string()).with_source(error))
}

/// The entries with their digests.
async fn hashed(contents: Arc<Contents>, progress: Listener) -> Result<Vec<Entry>, Error> {
    blocking(move || {
        let of_files = contents.files().count() as u64;
        let files = contents.hash(|read| {
            progress(Progress::Hashing {
                files: read.files as u64,
                of_files,
                bytes: read.bytes,
            });
        })?;
        let files = files.into_iter().map(|file| Entry {
            path: file.path,
            what: What::File {
                digest: file.digest,
                size: file.size,
                executable: file.executable,
            },
        });
        let links = contents.entries().iter().filter_map(|(path, entry)| {
            let source::Entry::Symlink { target } = entry else {
                return None;
            };
            Some(Entry {
                path: path.clone(),
                what: What::Symlink(target.clone()),
            })
        });
        Ok(files.chain(links).collect())
    })
    .await
}

/// Refused here, in words of the directory: the server would only speak of bytes.
fn fits(tree: CreateSource) -> Result<CreateSource, Error> {
    // Quotes, names and what surrounds them: about 160 bytes an entry, beside the path and a link's text.
    let length = |entry: &crate::v1::SourceEntry| {
        160 + entry.path.len() + entry.target.as_ref().map_or(0, String::len)
    };
    let bytes: usize = tree.entries.iter().map(length).sum();
    if bytes > MAX_TREE {
        return Err(Error::new(
            ErrorKind::Config,
            format!(
                "the source has {} files and links, more than a server takes at once: name directories that no step needs in .attestignore",
                tree.entries.len()
            ),
        ));
    }
    Ok(tree)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1::SourceEntry;

    #[test]
    fn a_tree_that_no_server_takes_is_refused_in_words_of_the_directory() {
        let link = |length: usize| SourceEntry {
            path: "l".to_owned(),
            kind: "symlink".to_owned(),
            digest: None,
            target: Some("t".repeat(length)),
            executable: false,
            size_bytes: None,
        };
        let tree = |length: usize| CreateSource {
            entries: vec![link(length), link(1)],
        };
        let room = MAX_TREE - 2 * 160 - 3;
        assert!(fits(tree(room)).is_ok());
        let error = fits(tree(room + 1)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(
            error.message().contains("2 files and links")
                && error.message().contains(".attestignore"),
            "{error}"
        );
    }
}
