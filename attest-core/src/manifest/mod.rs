//! The manifest of what a step read or wrote: the document `attest-manifest/v1`, whose digest is a step's
//! `input_hash` or `output_hash`.
//!
//! ```text
//! attest-manifest/v1
//! run:<blake3 of the run string>                       only in an input manifest
//! f:<blake3 of the file's content> <relative path>     one line per file
//! l:<blake3 of the link's target> <relative path>      one line per symbolic link, which is never entered
//! ```
//!
//! Lines are sorted by the bytes of the whole path, each path once. Empty directories, modes, owners and times do
//! not count. Not here: globs (they are expanded in the pipeline, before its hash is taken) and ignore files (what
//! is declared counts, hidden or not).
//!
//! Content is read through one open handle, in big pieces, never whole files at once and never through a memory map
//! (a file that is truncated under a map kills the process). Below a declared path no link is followed, also not one
//! that appears while the walk runs; a directory that is moved away meanwhile is read where it is then. FIFOs, sockets
//! and devices are refused without being opened for long enough to hang.
//!
//! ```
//! use attest_core::manifest::hash_outputs;
//!
//! # let dir = tempfile::tempdir()?;
//! # let workspace = dir.path();
//! std::fs::create_dir(workspace.join("dist"))?;
//! std::fs::write(workspace.join("dist/app"), "hello")?;
//! let manifest = hash_outputs(workspace, &["dist/".to_owned()])?;
//! assert_eq!(
//!     manifest.text(),
//!     "attest-manifest/v1\nf:ea8f163db38682925e4491c5e58d4bb3506ef8c14eb78a86e908c5624a67200f dist/app\n",
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod content;
mod error;
mod link;
mod root;
mod walk;

use std::fs::File;
use std::path::Path;

pub use error::{Fault, ManifestError};

use crate::content::GoOn;
use crate::digest::Digest;
use crate::parallel::{self, Worker};
use root::Root;

/// The first line of every manifest.
pub const HEADER: &str = "attest-manifest/v1\n";

/// What a line of a manifest stands for.
///
/// ```
/// use attest_core::manifest::Kind;
///
/// assert_eq!([Kind::File, Kind::Symlink].map(Kind::word), ["file", "symlink"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A regular file; its digest is that of its content.
    File,
    /// A symbolic link; its digest is that of its target's text.
    Symlink,
}

impl Kind {
    /// The word used in a receipt's artifacts: `file` or `symlink`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Symlink => "symlink",
        }
    }
}

/// One file or link.
///
/// ```
/// use attest_core::digest::Digest;
/// use attest_core::manifest::{Kind, hash_outputs};
///
/// # let dir = tempfile::tempdir()?;
/// # let workspace = dir.path();
/// std::fs::write(workspace.join("app"), "hello")?;
/// let manifest = hash_outputs(workspace, &["app".to_owned()])?;
/// let line = &manifest.lines[0];
/// assert_eq!((&*line.path, line.kind, line.digest), ("app", Kind::File, Digest::of(b"hello")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Path relative to the workspace, `/` between parts, no `.`, `..` or empty part.
    pub path: String,
    /// File or symbolic link.
    pub kind: Kind,
    /// Digest of the content, or of the link's target.
    pub digest: Digest,
}

/// What a step read (with the digest of its run string) or wrote.
///
/// ```
/// use attest_core::digest::Digest;
/// use attest_core::manifest::{changed, hash_inputs};
///
/// # let dir = tempfile::tempdir()?;
/// # let workspace = dir.path();
/// std::fs::write(workspace.join("main.c"), "int main(void) {}\n")?;
/// let manifest = hash_inputs(workspace, "cc main.c", &["main.c".to_owned()])?;
/// assert_eq!(manifest.digest(), Digest::of(manifest.text().as_bytes())); // the step's `input_hash`
/// std::fs::write(workspace.join("main.c"), "")?;
/// assert_eq!(changed(workspace, &manifest)?, ["main.c"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Digest of the run string; only an input manifest has one.
    pub run: Option<Digest>,
    /// Sorted by the bytes of the path, each path once.
    pub lines: Vec<Line>,
}

impl Manifest {
    /// The document.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(HEADER.len() + self.lines.len() * 100);
        self.write(|piece| text.push_str(piece));
        text
    }

    /// BLAKE3 of the document: the step's `input_hash` or `output_hash`.
    #[must_use]
    pub fn digest(&self) -> Digest {
        /// Bytes that are hashed at a time: BLAKE3 takes many chunks in the time of one.
        const MANY: usize = 64 * 1024;

        let mut hasher = blake3::Hasher::new();
        let mut text = String::with_capacity(MANY);
        self.write(|piece| {
            if text.len() + piece.len() > MANY {
                hasher.update(text.as_bytes());
                text.clear();
            }
            text.push_str(piece);
        });
        hasher.update(text.as_bytes());
        hasher.finalize().into()
    }

    fn write(&self, mut out: impl FnMut(&str)) {
        out(HEADER);
        if let Some(run) = &self.run {
            out("run:");
            out(&run.to_hex());
            out("\n");
        }
        for line in &self.lines {
            out(match line.kind {
                Kind::File => "f:",
                Kind::Symlink => "l:",
            });
            out(&line.digest.to_hex());
            out(" ");
            out(&line.path);
            out("\n");
        }
    }
}

/// The input manifest of a step: its run string and everything under its declared inputs.
///
/// `declared` are paths relative to `workspace`, as the step spells them; `.` is the whole workspace. A trailing `/`
/// asks for a directory.
///
/// # Errors
/// [`ManifestError`], which names the path and the rule it breaks.
pub fn hash_inputs(
    workspace: &Path,
    run: &str,
    declared: &[String],
) -> Result<Manifest, ManifestError> {
    hash_inputs_while(workspace, run, declared, &|| true)
}

/// As [`hash_inputs`], while `go_on` says so; then an error, which is not worth a look.
pub(crate) fn hash_inputs_while(
    workspace: &Path,
    run: &str,
    declared: &[String],
    go_on: GoOn<'_>,
) -> Result<Manifest, ManifestError> {
    Ok(Manifest {
        run: Some(Digest::of(run.as_bytes())),
        lines: lines(workspace, declared, go_on)?,
    })
}

/// The output manifest of a step: everything under its declared outputs.
///
/// # Errors
/// As [`hash_inputs`].
pub fn hash_outputs(workspace: &Path, declared: &[String]) -> Result<Manifest, ManifestError> {
    hash_outputs_while(workspace, declared, &|| true)
}

/// As [`hash_outputs`], while `go_on` says so; then an error, which is not worth a look.
pub(crate) fn hash_outputs_while(
    workspace: &Path,
    declared: &[String],
    go_on: GoOn<'_>,
) -> Result<Manifest, ManifestError> {
    Ok(Manifest {
        run: None,
        lines: lines(workspace, declared, go_on)?,
    })
}

/// The digest of one directory (or file): that of the output manifest which declares it alone.
///
/// # Errors
/// As [`hash_inputs`].
pub fn hash_directory(workspace: &Path, declared: &str) -> Result<Digest, ManifestError> {
    Ok(hash_outputs(workspace, &[declared.to_owned()])?.digest())
}

/// The paths of `manifest` that are not in `workspace` as it says: gone, of another kind, or of other content.
///
/// Files that were added beside them are not looked at.
///
/// # Errors
/// [`ManifestError`] where a file cannot be read at all.
pub fn changed(workspace: &Path, manifest: &Manifest) -> Result<Vec<String>, ManifestError> {
    let root = Root::open(workspace, &|| true)?;
    let now = parallel::in_order(&manifest.lines, parallel::FILES, |line, worker| {
        walk::look_again(&root, line, worker)
    })?;
    let differs = |(line, now): (&Line, Option<Digest>)| {
        (now != Some(line.digest)).then(|| line.path.clone())
    };
    Ok(manifest.lines.iter().zip(now).filter_map(differs).collect())
}

/// An open workspace, to read what a manifest or a receipt has recorded of it.
pub(crate) struct Workspace(Root<'static>);

impl Workspace {
    pub(crate) fn open(directory: &Path) -> Result<Self, ManifestError> {
        Root::open(directory, &|| true).map(Self)
    }

    /// The regular file at a recorded path, opened: never through a link at its end, and never outside the workspace.
    pub(crate) fn file(&self, path: &str) -> Result<File, ManifestError> {
        walk::open_again(&self.0, Path::new(path))
            .map(|opened| opened.file)
            .map_err(|fault| ManifestError::new(path, fault))
    }
}

fn lines(
    workspace: &Path,
    declared: &[String],
    go_on: GoOn<'_>,
) -> Result<Vec<Line>, ManifestError> {
    let root = Root::open(workspace, go_on)?;
    let found = walk::find(&root, declared)?;
    let digests = parallel::in_order(&found, parallel::FILES, |found, worker| match found.what {
        walk::What::Link(digest) => Ok(Some(digest)),
        walk::What::File(_) => content::digest_unless_large(&root, found.real(), worker)
            .map_err(|fault| ManifestError::new(&found.path, fault)),
    })?;
    let mut alone = Worker::new(true);
    let line = |(found, digest): (walk::Found, Option<Digest>)| {
        let digest = match digest {
            Some(digest) => digest,
            None => content::digest(&root, found.real(), &mut alone)
                .map_err(|fault| ManifestError::new(&found.path, fault))?,
        };
        Ok(Line {
            kind: found.kind(),
            path: found.path,
            digest,
        })
    };
    found.into_iter().zip(digests).map(line).collect()
}
