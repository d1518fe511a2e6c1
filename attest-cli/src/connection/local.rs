//! A server of the caller's own, by the files it leaves in `./attest-data`.
//!
//! A repository somebody else wrote may hold a folder of that name, which must not choose the server: both files have to
//! belong to the caller, the key must be readable by the caller alone, and the address must be on this machine.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::Place;
use crate::failure::Failure;

/// The server whose data directory this is; `None` where there is none.
pub(super) fn place(data: &Path) -> Result<Option<Place>, Failure> {
    let (address, key) = (data.join("address"), data.join("admin-key"));
    let Some(url) = read_own(&address, 0o022)? else {
        return Ok(None);
    };
    let Some(key) = read_own(&key, 0o077)? else {
        return Ok(None);
    };
    let url = url.trim().to_owned();
    if !is_loopback(&url) {
        return Err(refuse(
            &address,
            &format!("it names `{url}`, which is not on this machine"),
        ));
    }
    Ok(Some(Place {
        url,
        key: key.trim().to_owned(),
    }))
}

/// The text of a plain file that belongs to the caller and has none of the `forbidden` mode bits.
fn read_own(path: &Path, forbidden: u32) -> Result<Option<String>, Failure> {
    let about = match fs::symlink_metadata(path) {
        Ok(about) => about,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(refuse(path, &error.to_string())),
    };
    if !about.is_file() {
        return Err(refuse(path, "it is no plain file"));
    }
    if about.uid() != rustix::process::geteuid().as_raw() {
        return Err(refuse(path, "it belongs to another user"));
    }
    if about.mode() & forbidden != 0 {
        return Err(refuse(
            path,
            &format!(
                "others have a right to it (mode {:o})",
                about.mode() & 0o777
            ),
        ));
    }
    fs::read_to_string(path)
        .map(Some)
        .map_err(|error| refuse(path, &error.to_string()))
}

fn refuse(path: &Path, why: &str) -> Failure {
    Failure::new(format!(
        "{} is not used to find a server: {why}",
        path.display()
    ))
    .hint("set ATTEST_BASE_URL and ATTEST_API_KEY to say which server is meant")
}

fn is_loopback(url: &str) -> bool {
    let Some(rest) = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"))
    else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.parse::<std::net::SocketAddr>() {
        Ok(address) => address.ip().is_loopback(),
        Err(_) => authority
            .strip_prefix("localhost:")
            .is_some_and(|port| port.parse::<u16>().is_ok()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn folder(address: &str, key_mode: u32) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("address"), address).unwrap();
        fs::write(dir.path().join("admin-key"), "attest_key_x\n").unwrap();
        fs::set_permissions(
            dir.path().join("address"),
            fs::Permissions::from_mode(0o644),
        )
        .unwrap();
        fs::set_permissions(
            dir.path().join("admin-key"),
            fs::Permissions::from_mode(key_mode),
        )
        .unwrap();
        dir
    }

    #[test]
    fn a_server_of_the_callers_own_is_found() {
        let dir = folder("http://127.0.0.1:4747\n", 0o600);
        let place = place(dir.path()).unwrap().unwrap();
        assert_eq!(
            (place.url.as_str(), place.key.as_str()),
            ("http://127.0.0.1:4747", "attest_key_x")
        );
        assert!(super::place(&dir.path().join("absent")).unwrap().is_none());
    }

    #[test]
    fn a_folder_that_came_with_a_repository_does_not_choose_the_server() {
        for address in [
            "https://evil.example",
            "http://127.0.0.1:1@evil.example",
            "http://127.0.0.1.evil.example:1",
            "http://localhost.evil.example:1",
            "http://localhost:1@evil.example/",
            "http://10.0.0.1:1",
            "",
        ] {
            assert!(place(folder(address, 0o600).path()).is_err(), "{address}");
        }
        assert!(
            place(folder("http://127.0.0.1:1", 0o644).path()).is_err(),
            "a key that others read"
        );
        let dir = folder("http://127.0.0.1:1", 0o600);
        fs::rename(dir.path().join("admin-key"), dir.path().join("k")).unwrap();
        symlink(dir.path().join("k"), dir.path().join("admin-key")).unwrap();
        assert!(place(dir.path()).is_err(), "a key behind a link");
    }
}
