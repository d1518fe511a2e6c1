//! The file of a private key: PKCS#8 PEM, mode 0600.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use zeroize::Zeroizing;

use super::{KeyError, SigningKey};

/// Largest key file that is read, in bytes; PKCS#8 PEM of Ed25519 has under 300.
const MAX_BYTES: usize = 16 * 1024;

impl SigningKey {
    /// Reads a key file.
    ///
    /// # Errors
    /// [`KeyError::File`] and [`KeyError::PrivatePem`].
    pub fn read_file(path: &Path) -> Result<Self, KeyError> {
        // Room for all of it at once: a text that grew would leave copies of the key behind.
        let mut text = Zeroizing::new(String::with_capacity(MAX_BYTES + 1));
        let file = fs::File::open(path).map_err(|e| failed(path, &e))?;
        file.take(MAX_BYTES as u64 + 1)
            .read_to_string(&mut text)
            .map_err(|e| failed(path, &e))?;
        Self::from_pkcs8_pem(&text)
    }

    /// Writes a new key file of mode 0600, durably. It never replaces a file.
    ///
    /// # Errors
    /// [`KeyError::File`], also where the file exists.
    pub fn write_new_file(&self, path: &Path) -> Result<(), KeyError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(path).and_then(|mut file| {
            file.write_all(self.to_pkcs8_pem().as_bytes())?;
            file.sync_all()
        });
        written.map_err(|e| failed(path, &e))
    }
}

fn failed(path: &Path, error: &io::Error) -> KeyError {
    KeyError::File {
        path: path.display().to_string(),
        reason: error.to_string(),
    }
}
