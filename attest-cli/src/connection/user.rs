//! The user's own configuration: `attest/config.toml` below `XDG_CONFIG_HOME` or `~/.config`, readable by its owner alone.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Place;
use crate::failure::Failure;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    base_url: Option<String>,
    api_key: Option<String>,
}

/// What the user has configured; `None` where nothing is.
pub(super) fn place() -> Result<Option<Place>, Failure> {
    path().map_or(Ok(None), |path| read(&path))
}

fn path() -> Option<PathBuf> {
    let absolute = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let base = absolute("XDG_CONFIG_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".config")))?;
    Some(base.join("attest/config.toml"))
}

fn read(path: &Path) -> Result<Option<Place>, Failure> {
    let fault = |why: String| Failure::new(format!("cannot use {}: {why}", path.display()));
    let about = match fs::metadata(path) {
        Ok(about) => about,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(fault(error.to_string())),
    };
    if about.mode() & 0o077 != 0 {
        return Err(fault("it holds a key and others may read it".to_owned())
            .hint(format!("chmod 600 {}", path.display())));
    }
    let text = fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
    let file: File = toml::from_str(&text).map_err(|error| fault(error.message().to_owned()))?;
    match (file.base_url, file.api_key) {
        (None, None) => Ok(None),
        (Some(url), Some(key)) => Ok(Some(Place { url, key })),
        (Some(_), None) => Err(fault("`api_key` is missing".to_owned())),
        (None, Some(_)) => Err(fault("`base_url` is missing".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn file(text: &str, mode: u32) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        (dir, path)
    }

    #[test]
    fn a_configuration_is_whole_private_and_without_unknown_keys() {
        let good = "base_url = \"https://a.example\"\napi_key = \"k\"\n";
        let (_dir, path) = file(good, 0o600);
        assert_eq!(read(&path).unwrap().unwrap().url, "https://a.example");
        for (text, mode) in [
            (good, 0o644),
            ("base_url = \"https://a.example\"\n", 0o600),
            ("api_key = \"k\"\n", 0o600),
            (
                "base_url = \"https://a.example\"\napi_key = \"k\"\napikey = \"k\"\n",
                0o600,
            ),
            ("base_url =", 0o600),
        ] {
            let (_dir, path) = file(text, mode);
            assert!(read(&path).is_err(), "{text} {mode:o}");
        }
    }
}
