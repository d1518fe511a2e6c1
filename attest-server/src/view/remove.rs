//! Removing whatever a step left in its directory: unreadable directories, and ones nested deeper than a path can name.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// How the name of every step directory starts.
pub(super) const PREFIX: &str = "attest-step-";

/// Removes a step's directory. One that is not there is fine; a path that is no step directory is refused.
///
/// No process of the step may be left.
pub(crate) fn remove_scratch(path: &Path) -> io::Result<()> {
    let named = path
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(PREFIX.as_bytes()));
    if !named {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("{} is not the directory of a step", path.display()),
        ));
    }
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(found) if found.is_dir() => remove_flattened(path),
        Ok(_) => fs::remove_file(path),
    }
}

/// Empties `root` by moving every nested directory up into it before its parent goes, so that neither stack, open files
/// nor path length bound the depth.
fn remove_flattened(root: &Path) -> io::Result<()> {
    let mut hoisted = 0_u64;
    make_passable(root)?;
    while root.exists() {
        let mut empty = true;
        for entry in fs::read_dir(root)? {
            empty = false;
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                remove_directory(root, &entry.path(), &mut hoisted)?;
            } else {
                gone(fs::remove_file(entry.path()))?;
            }
        }
        if empty {
            return gone(fs::remove_dir(root));
        }
    }
    Ok(())
}

/// Removes one directory in `root`; those in it are in `root` then.
fn remove_directory(root: &Path, path: &Path, hoisted: &mut u64) -> io::Result<()> {
    make_passable(path)?;
    let entries = match fs::read_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for nested in entries {
        let nested = nested?;
        if nested.file_type()?.is_dir() {
            // Moving a directory writes to its `..`.
            make_passable(&nested.path())?;
            hoist(root, &nested.path(), hoisted)?;
        } else {
            gone(fs::remove_file(nested.path()))?;
        }
    }
    gone(fs::remove_dir(path))
}

/// What another thread has removed meanwhile is as it should be.
fn gone(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

fn hoist(root: &Path, nested: &Path, counter: &mut u64) -> io::Result<()> {
    loop {
        let target = root.join(format!(".hoisted-{counter}"));
        *counter += 1;
        // A rename would silently replace an empty directory of that name, which is no loss, but fails on a full one.
        match fs::rename(nested, &target) {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::DirectoryNotEmpty
                        | io::ErrorKind::AlreadyExists
                        | io::ErrorKind::NotADirectory
                ) => {}
            result => return gone(result),
        }
    }
}

fn make_passable(directory: &Path) -> io::Result<()> {
    gone(fs::set_permissions(
        directory,
        fs::Permissions::from_mode(0o700),
    ))
}
