//! The data directory: its lock, and the files in it that are not the database or blobs.
//!
//! | file | what it is |
//! |---|---|
//! | `lock` | held for the life of the process: one server per directory |
//! | `database.sqlite` | the store |
//! | `blobs/` | content-addressed files |
//! | `signing-key.pem` | PKCS#8, 0600 |
//! | `pepper` | the secret under which API keys are hashed, hex, 0600 |
//! | `admin-key` | the administrator's API key, 0600 |
//! | `address` | the URL the server can be reached at |
//! | `.gitignore` | keeps all of this out of commits, and out of sources that are taken of a directory above |

mod secret_file;

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

/// A data directory that this process owns. The lock ends with it.
pub(crate) struct DataDir {
    path: PathBuf,
    _lock: File,
}

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Another server has it.
    #[error("{} is in use by another attest server: stop that one, or give this one its own --data-dir", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// A file in it cannot be read or written.
    #[error("{} cannot be used: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A secret can be read by others, or does not hold what it should.
    #[error("{}: {problem}", path.display())]
    Secret {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        problem: String,
    },
}

impl DataDir {
    /// Makes the directory if need be, and takes its lock before anything in it is read.
    pub(crate) fn open(path: &Path) -> Result<Self, DataDirError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| DataDirError::Io { path, source }
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(at(path))?;
        let path = path.canonicalize().map_err(at(path))?;
        let lock_path = path.join("lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&lock_path)
            .map_err(at(&lock_path))?;
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(DataDirError::InUse { path }),
            Err(error) => return Err(at(&lock_path)(error.into())),
        }
        // Only now: a directory that others may list would show them names, never secrets, yet need not be.
        let mode = fs::metadata(&path).map_err(at(&path))?.permissions().mode();
        if mode & 0o077 != 0 {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode & 0o700))
                .map_err(at(&path))?;
        }
        keep_out_of_sources(&path).map_err(at(&path.join(IGNORE_FILE)))?;
        Ok(Self { path, _lock: lock })
    }

    /// The absolute path, links resolved.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("database.sqlite")
    }

    pub(crate) fn blobs(&self) -> PathBuf {
        self.path.join("blobs")
    }

    pub(crate) fn signing_key(&self) -> PathBuf {
        self.path.join("signing-key.pem")
    }

    pub(crate) fn admin_key(&self) -> PathBuf {
        self.path.join("admin-key")
    }

    pub(crate) fn pepper(&self) -> PathBuf {
        self.path.join("pepper")
    }

    /// The content of a secret file; `None` where there is none.
    pub(crate) fn read_secret(
        &self,
        path: &Path,
    ) -> Result<Option<zeroize::Zeroizing<String>>, DataDirError> {
        secret_file::read(path)
    }

    /// Writes a new secret file, durably. It must not exist.
    pub(crate) fn write_secret(&self, path: &Path, text: &str) -> Result<(), DataDirError> {
        secret_file::write_new(path, text)
    }

    /// Tells others on this machine where the server is. Replaced whole, so that nobody reads half an address.
    pub(crate) fn publish_address(&self, url: &str) -> Result<(), DataDirError> {
        let path = self.path.join("address");
        let draft = self.path.join("address.new");
        let _left_by_a_crash = fs::remove_file(&draft);
        // The command line tool believes no address that others may write, whatever the umask.
        OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o644)
            .open(&draft)
            .and_then(|mut file| file.write_all(format!("{url}\n").as_bytes()))
            .and_then(|()| fs::rename(&draft, &path))
            .map_err(|source| DataDirError::Io { path, source })
    }

    /// The address is nobody's once the server has stopped.
    pub(crate) fn withdraw_address(&self) {
        let _absent = fs::remove_file(self.path.join("address"));
    }
}

const IGNORE_FILE: &str = ".gitignore";

/// In a project, a client that uploads the directory does not know which part of it a server keeps its keys in. Only in a
/// new directory: a project that is used as one would be ignored as a whole.
fn keep_out_of_sources(path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        if entry?.file_name() != "lock" {
            return Ok(());
        }
    }
    fs::write(path.join(IGNORE_FILE), "*\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_server_on_the_same_directory_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataDir::open(dir.path()).unwrap();
        assert!(matches!(
            DataDir::open(dir.path()),
            Err(DataDirError::InUse { .. })
        ));
        drop(first);
        assert!(DataDir::open(dir.path()).is_ok());
    }

    #[test]
    fn a_directory_made_here_is_the_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(&dir.path().join("new/data")).unwrap();
        assert_eq!(
            fs::metadata(data.path()).unwrap().permissions().mode() & 0o777,
            0o700
        );
    }

    #[test]
    fn a_new_directory_keeps_itself_out_of_sources_and_one_in_use_is_left_as_it_is() {
        let project = tempfile::tempdir().unwrap();
        let data = DataDir::open(&project.path().join("any name")).unwrap();
        data.write_secret(&data.admin_key(), "secret").unwrap();
        fs::create_dir(data.blobs()).unwrap();
        fs::write(data.blobs().join("blob"), "").unwrap();
        fs::write(project.path().join("main.c"), "").unwrap();
        let listed = attest_core::source::list(project.path(), &[]).unwrap();
        assert_eq!(listed.files().collect::<Vec<_>>(), ["main.c"]);

        let project = DataDir::open(project.path()).unwrap();
        assert!(!project.path().join(IGNORE_FILE).exists());
    }

    #[test]
    fn the_address_is_nobody_elses_to_write_whatever_the_umask() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        let before = rustix::process::umask(rustix::fs::Mode::empty());
        let published = data.publish_address("http://127.0.0.1:1");
        rustix::process::umask(before);
        published.unwrap();
        let mode = fs::metadata(dir.path().join("address"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o022, 0, "{mode:o}");
    }
}
