//! A project directory of a test: files, an `attest.yaml`, and the command run in it.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::binary;

/// A temporary directory with a project in it, removed at the end.
#[derive(Debug)]
pub struct Project {
    dir: TempDir,
}

impl Project {
    /// An empty project whose directory is called `name` (it names the pipeline where the file does not).
    pub fn empty(name: &str) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("attest-e2e-")
            .tempdir()
            .expect("a temporary directory");
        std::fs::create_dir(dir.path().join(name)).expect("the project's directory");
        // The name is kept as the only entry of the temporary directory.
        Self { dir }
    }

    /// A project that holds `attest.yaml` with this text.
    pub fn with_pipeline(name: &str, pipeline: &str) -> Self {
        let project = Self::empty(name);
        project.write("attest.yaml", pipeline);
        project
    }

    /// A copy of `examples/<name>`.
    pub fn example(name: &str) -> Self {
        Self::copy_of(&binary::checkout().join("examples").join(name), name)
    }

    /// A copy of a directory.
    pub fn copy_of(from: &Path, name: &str) -> Self {
        let project = Self::empty(name);
        copy_tree(from, &project.path());
        project
    }

    /// The project's directory.
    pub fn path(&self) -> PathBuf {
        let mut entries =
            std::fs::read_dir(self.dir.path()).expect("the temporary directory is readable");
        entries
            .next()
            .and_then(Result::ok)
            .expect("the project's directory is there")
            .path()
    }

    /// Writes a file, making its directories.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a file has a directory"))
            .expect("make directories");
        std::fs::write(&path, content)
            .unwrap_or_else(|error| panic!("write {}: {error}", path.display()));
    }

    /// Reads a text file.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        let path = self.path().join(path);
        std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("read {}: {error}", path.display()))
    }

    /// The receipts that `attest run` left in `.attest/receipts`, by name.
    pub fn receipts(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.path().join(".attest/receipts")) else {
            return Vec::new();
        };
        let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        found.retain(|path| !path.to_string_lossy().ends_with(".pipeline.yaml"));
        found.sort();
        found
    }
}

/// Copies a directory with what is in it, following no links and leaving out build directories.
pub fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap_or_else(|error| panic!("make {}: {error}", to.display()));
    for entry in
        std::fs::read_dir(from).unwrap_or_else(|error| panic!("read {}: {error}", from.display()))
    {
        let entry = entry.expect("a directory entry");
        let name = entry.file_name();
        if name == ".attest" || name == "attest-data" || name == "target" {
            continue;
        }
        let target = to.join(&name);
        if entry.file_type().expect("a file type").is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target)
                .unwrap_or_else(|error| panic!("copy to {}: {error}", target.display()));
        }
    }
}
