//! Writing a file that is whole or not there.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use crate::failure::Failure;

/// Writes `text`, in the place of what is there. Directories on the way are made.
pub(crate) fn write_file(file: &Path, text: &str) -> Result<(), Failure> {
    let fault =
        |error: std::io::Error| Failure::new(format!("cannot write {}: {error}", file.display()));
    let dir = match file.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    fs::create_dir_all(dir).map_err(fault)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let part = dir.join(format!(".{name}.{}.part", std::process::id()));
    let whole = fs::File::create_new(&part)
        .and_then(|mut open| {
            open.write_all(text.as_bytes())
                .and_then(|()| open.sync_all())
        })
        .and_then(|()| fs::rename(&part, file));
    whole.map_err(|error| {
        let _ = fs::remove_file(&part);
        fault(error)
    })
}
