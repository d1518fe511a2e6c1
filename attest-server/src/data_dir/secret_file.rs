//! Files that hold one secret line, mode 0600.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use zeroize::Zeroizing;

use super::DataDirError;

/// No secret here is longer, bytes.
const LIMIT: u64 = 64 << 10;

/// Refuses a file that others can read: what it holds is no secret any more.
pub(super) fn read(path: &Path) -> Result<Option<Zeroizing<String>>, DataDirError> {
    let failed = |source| DataDirError::Io {
        path: path.to_owned(),
        source,
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(DataDirError::Secret {
            path: path.to_owned(),
            problem: format!(
                "others can read it (mode {mode:o}): replace the secret, or chmod 600 if nobody has"
            ),
        });
    }
    let mut text = Zeroizing::new(String::new());
    file.take(LIMIT).read_to_string(&mut text).map_err(failed)?;
    Ok(Some(text))
}

/// Written beside and renamed, so that a crash leaves the whole secret or none.
pub(super) fn write_new(path: &Path, text: &str) -> Result<(), DataDirError> {
    let failed = |source| DataDirError::Io {
        path: path.to_owned(),
        source,
    };
    let draft = path.with_extension("new");
    let _left_by_a_crash = fs::remove_file(&draft);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .map_err(failed)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    fs::hard_link(&draft, path).map_err(failed)?;
    fs::remove_file(&draft).map_err(failed)?;
    if let Some(parent) = path.parent() {
        File::open(parent)
            .and_then(|directory| directory.sync_all())
            .map_err(failed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_written_0600_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pepper");
        write_new(&path, "s3cret").unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(read(&path).unwrap().unwrap().as_str(), "s3cret");
    }

    #[test]
    fn an_existing_secret_is_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pepper");
        write_new(&path, "first").unwrap();
        assert!(write_new(&path, "second").is_err());
        assert_eq!(read(&path).unwrap().unwrap().as_str(), "first");
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pepper");
        fs::write(&path, "known").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("644"));
    }
}
