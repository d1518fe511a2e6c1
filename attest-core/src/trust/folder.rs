//! A trust store as a folder: `trust.toml` beside `<id>.pub` files.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use super::{TrustError, TrustStore, parse_document, write_document};
use crate::held;

/// Largest file that is read, in bytes; a key has a few hundred, a list of ten thousand keys 2 MiB.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

impl TrustStore {
    /// Reads the trust store in `folder`.
    ///
    /// # Errors
    /// [`TrustError`] for the first fault; the whole store is then unusable.
    pub fn read_folder(folder: &Path) -> Result<Self, TrustError> {
        let text = read(&folder.join("trust.toml")).map_err(|reason| {
            TrustError::Document(format!("{}: {reason}", folder.join("trust.toml").display()))
        })?;
        let mut store = Self::new();
        for entry in parse_document(&text)? {
            let id = entry.id;
            let key = read(&folder.join(format!("{id}.pub")))
                .map_err(|reason| TrustError::KeyFile { id, reason })?;
            store.add(entry.with_key(&key)?)?;
        }
        Ok(store)
    }

    /// Writes this store into `folder`, which is made where it does not exist. Keys first and the list last, by rename:
    /// whoever reads in between sees the old store or the new one.
    ///
    /// # Errors
    /// [`TrustError::Write`].
    pub fn write_folder(&self, folder: &Path) -> Result<(), TrustError> {
        let failed = |path: &Path, e: std::io::Error| TrustError::Write {
            path: path.display().to_string(),
            reason: e.to_string(),
        };
        fs::create_dir_all(folder).map_err(|e| failed(folder, e))?;
        let put = |name: String, text: &str| {
            let path = folder.join(&name);
            let beside = folder.join(format!(".{name}.new"));
            fs::write(&beside, text)
                .and_then(|()| fs::rename(&beside, &path))
                .map_err(|e| failed(&path, e))
        };
        for key in self.iter() {
            put(
                format!("{}.pub", key.public_key.id()),
                &key.public_key.to_pem(),
            )?;
        }
        put("trust.toml".to_owned(), &write_document(self)?)
    }
}

fn read(path: &Path) -> Result<String, String> {
    let file = held::open(path).map_err(|fault| fault.to_string())?;
    let mut text = String::new();
    // Read to one byte more, and not asked for its length: it may grow meanwhile.
    let read = file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text);
    match read.map_err(|error| error.to_string())? as u64 {
        length if length > MAX_FILE_BYTES => {
            Err(format!("it has more than {MAX_FILE_BYTES} bytes"))
        }
        _ => Ok(text),
    }
}
