//! What of `/etc` is not for everybody: covered in every sandbox.
//!
//! A server that runs as root, as it does in most containers, could otherwise hand its steps the machine's password hashes
//! and host keys, because inside the sandbox a step still is the user that the server is. The operator can show a step one
//! of these with `--allow-read`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Read for others on a file; read and search for others on a directory.
const FILE: u32 = 0o004;
const DIRECTORY: u32 = 0o005;

/// The files and directories below `root` that other users may not read, found once: a directory covers what is in it.
pub(super) fn below(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut todo = vec![root.to_path_buf()];
    while let Some(directory) = todo.pop() {
        // What the server cannot list, its steps cannot read.
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            let mode = metadata.permissions().mode();
            if metadata.is_dir() {
                if mode & DIRECTORY == DIRECTORY {
                    todo.push(entry.path());
                } else {
                    found.push(entry.path());
                }
            } else if metadata.is_file() && mode & FILE == 0 {
                found.push(entry.path());
            }
        }
    }
    found
}
