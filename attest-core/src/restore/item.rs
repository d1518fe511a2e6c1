//! One file or link on its way from a receipt into a directory.

use std::sync::Arc;

use crate::digest::Digest;

/// A file or a link to write.
///
/// ```
/// use attest_core::restore::plan;
/// # use attest_core::receipt::Receipt;
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let receipt = Receipt::parse(bytes)?; // verified before
/// let item = &plan(receipt.body(), "exec_hello", &[])?.items[0];
/// assert_eq!((&*item.step, &*item.path), ("build", "out/hello"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The step that made it.
    pub step: String,
    /// Where it belongs: relative, normalised.
    pub path: String,
    /// File or link.
    pub kind: Kind,
    /// Of the content, or of the link's text, by the receipt.
    pub digest: Digest,
    /// Size in bytes, where the server says it.
    pub size: Option<u64>,
    /// Where the links of its step may point: its declared outputs, normalised.
    pub(super) outputs: Arc<[String]>,
}

/// What an [`Item`] is.
///
/// ```
/// use attest_core::restore::Kind;
///
/// fn mode(kind: Kind) -> Option<u32> {
///     match kind {
///         Kind::File { executable: true } => Some(0o755),
///         Kind::File { executable: false } => Some(0o644),
///         Kind::Symlink => None,
///     }
/// }
/// assert_eq!(mode(Kind::File { executable: true }), Some(0o755));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file; whether it may be executed is the server's word, since receipts do not attest modes.
    File {
        /// Whether it may be executed.
        executable: bool,
    },
    /// A symbolic link.
    Symlink,
}
