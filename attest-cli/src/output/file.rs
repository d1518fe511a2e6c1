//! Writing files, each of which is whole or not there.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Writes `text`, in the place of what is there. Directories on the way are made.
pub(crate) fn write_file(file: &Path, text: &str) -> Result<(), Failure> {
    write_files(&[(file, text)])
}

/// As [`write_file`], of several: none has its name before all are on the disk, and the disk takes them together.
pub(crate) fn write_files(files: &[(&Path, &str)]) -> Result<(), Failure> {
    let mut parts = Vec::with_capacity(files.len());
    for (file, text) in files {
        parts.push(Part::write(file, text)?);
    }
    std::thread::scope(|scope| {
        let others = parts.get(1..).unwrap_or_default();
        let others: Vec<_> = others
            .iter()
            .map(|part| scope.spawn(|| part.sync()))
            .collect();
        let first = parts.first().map_or(Ok(()), Part::sync);
        let others = others.into_iter().filter_map(|thread| thread.join().ok());
        others.fold(first, Result::and)
    })?;
    parts.into_iter().try_for_each(Part::publish)
}

/// A file that is written and has no name yet. Dropped before it has one, it is removed.
struct Part<'a> {
    file: &'a Path,
    path: PathBuf,
    open: fs::File,
    published: bool,
}

impl<'a> Part<'a> {
    fn write(file: &'a Path, text: &str) -> Result<Self, Failure> {
        let fault = |error| fault(file, &error);
        let dir = match file.parent() {
            Some(dir) if !dir.as_os_str().is_empty() => dir,
            _ => Path::new("."),
        };
        fs::create_dir_all(dir).map_err(fault)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let path = dir.join(format!(".{name}.{}.part", std::process::id()));
        let open = fs::File::create_new(&path).map_err(fault)?;
        let mut part = Self {
            file,
            path,
            open,
            published: false,
        };
        part.open.write_all(text.as_bytes()).map_err(fault)?;
        Ok(part)
    }

    fn sync(&self) -> Result<(), Failure> {
        self.open
            .sync_all()
            .map_err(|error| fault(self.file, &error))
    }

    fn publish(mut self) -> Result<(), Failure> {
        fs::rename(&self.path, self.file).map_err(|error| fault(self.file, &error))?;
        self.published = true;
        Ok(())
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        if !self.published {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn fault(file: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot write {}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_files_that_are_written_together_none_has_its_name_before_all_can_have_one() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (dir.path().join("one"), dir.path().join("sub/other"));
        write_files(&[(&one, "1"), (&other, "2")]).unwrap();
        assert_eq!(fs::read_to_string(&one).unwrap(), "1");
        assert_eq!(fs::read_to_string(&other).unwrap(), "2");
        // Where a file is, no directory can be made.
        let below = one.join("below");
        let refused = write_files(&[(&other, "3"), (&below, "4")]).unwrap_err();
        assert!(refused.message().contains("below"), "{}", refused.message());
        assert_eq!(fs::read_to_string(&other).unwrap(), "2");
        let names = |dir: &Path| fs::read_dir(dir).unwrap().count();
        assert_eq!((names(dir.path()), names(&dir.path().join("sub"))), (2, 1));
    }
}
