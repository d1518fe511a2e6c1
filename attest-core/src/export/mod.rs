//! A receipt for everybody else's verifiers: an in-toto statement with a SLSA provenance predicate, signed by the key that
//! signed the receipt, as a DSSE envelope or in a sigstore bundle.
//!
//! An export claims no more than its receipt. Only a receipt that verifies, of a run in which every step succeeded, can be
//! exported, and only with the very key that signed it. What is signed is made here, from the receipt and from digests
//! of files that the receipt attests: no function signs bytes, or a digest, that a caller chooses.
//!
//! - [`Plan`] checks the receipt and says which files are the subjects.
//! - [`Content`] is what one pass over a file gives: its BLAKE3, to be held against the receipt, and its SHA-256, which is
//!   what other verifiers look for.
//! - [`Export`] is the signed result, in either [`Format`].
//! - `from_workspace` (feature `fs`) does all of it. The same receipt, files, key and options give the same bytes.
//!
//! ```
//! use attest_core::export::{Content, Format, Options, Plan};
//! use attest_core::key::SigningKey;
//! use attest_core::receipt::Receipt;
//!
//! # fn demo(receipt: &Receipt, key: &SigningKey) -> Result<(), Box<dyn std::error::Error>> {
//! let plan = Plan::new(receipt, key, &Options::default(), chrono::Utc::now())?;
//! let mut contents = Vec::new();
//! for path in plan.subjects() {
//!     contents.push(Content::read(std::fs::File::open(path)?)?);
//! }
//! let export = plan.sign(&contents)?;
//! std::fs::write(export.file_name(Format::InToto), export.text(Format::InToto))?;
//! # Ok(()) }
//! ```

mod bundle;
mod content;
mod error;
#[cfg(feature = "fs")]
mod files;
mod plan;
mod predicate;
mod subjects;

pub use bundle::BUNDLE_MEDIA_TYPE;
pub use content::Content;
pub use error::ExportError;
#[cfg(feature = "fs")]
pub use files::from_workspace;
pub use plan::Plan;
pub use predicate::{BUILD_TYPE_COMMAND, BUILD_TYPE_PIPELINE, PREDICATE_TYPE, UNVERIFIED_BUILDER};
pub use subjects::MAX_SUBJECTS;

use crate::dsse::Envelope;
use crate::key::PublicKey;

/// What an export says beyond its receipt.
///
/// ```
/// use attest_core::export::Options;
///
/// let options = Options {
///     subjects: vec!["out/hello".to_owned()],
///     builder_id: Some("https://ci.example.com/attest".to_owned()),
/// };
/// assert!(Options::default().subjects.is_empty(), "the outputs of the last steps");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Paths of the workspace that are the subjects. None: the files of every step whose outputs no other step builds on.
    pub subjects: Vec<String>,
    /// `builder.id`, a URI. Absent: [`UNVERIFIED_BUILDER`], which no policy should accept.
    pub builder_id: Option<String>,
}

/// How an export is written.
///
/// ```
/// use attest_core::export::Format;
///
/// assert_eq!(Format::of("sigstore"), Some(Format::Sigstore));
/// let endings = Format::ALL.map(|format| format!("app.{}", format.ending()));
/// assert_eq!(endings, ["app.intoto.jsonl", "app.sigstore.json"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    /// The DSSE envelope, one line of JSON: `<artifact>.intoto.jsonl`.
    #[default]
    InToto,
    /// The envelope in a sigstore bundle: `<artifact>.sigstore.json`.
    Sigstore,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::InToto, Self::Sigstore];

    /// Its word in options: `intoto` or `sigstore`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InToto => "intoto",
            Self::Sigstore => "sigstore",
        }
    }

    /// The format of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.as_str() == word)
    }

    /// What a file's name ends in, as scanners of releases look for it.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::InToto => "intoto.jsonl",
            Self::Sigstore => "sigstore.json",
        }
    }
}

/// A signed statement of what a receipt says.
///
/// ```
/// use attest_core::export::{Content, Format, Options, Plan};
/// # use attest_core::key::SigningKey;
/// # use attest_core::receipt::Receipt;
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let seed = [0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60];
/// # let (receipt, key) = (Receipt::parse(bytes)?, SigningKey::from_seed(&zeroize::Zeroizing::new(seed)));
/// let plan = Plan::new(&receipt, &key, &Options::default(), chrono::Utc::now())?;
/// let export = plan.sign(&[Content::read(&b"echo hello, world\n"[..])?])?;
/// assert_eq!(export.file_name(Format::InToto), "hello.intoto.jsonl");
/// assert_eq!(export.subjects(), ["out/hello"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    envelope: Envelope,
    subjects: Vec<String>,
    signer: PublicKey,
}

impl Export {
    /// The file's text, its line break included.
    pub fn text(&self, format: Format) -> String {
        let mut text = match format {
            Format::InToto => self.envelope.to_json(),
            Format::Sigstore => bundle::json(&self.envelope, &self.signer),
        };
        text.push('\n');
        text
    }

    /// The name the file should have: that of the only subject and the ending of the format. Of several subjects it begins
    /// with `multiple`, as is usual for SLSA provenance.
    pub fn file_name(&self, format: Format) -> String {
        let stem = match self.subjects.as_slice() {
            [only] => only.rsplit('/').next().unwrap_or(only),
            _ => "multiple",
        };
        format!("{stem}.{}", format.ending())
    }

    /// The subjects' paths, sorted by their bytes.
    pub fn subjects(&self) -> &[String] {
        &self.subjects
    }

    /// The envelope.
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }
}
