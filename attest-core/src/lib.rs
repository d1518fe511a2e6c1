//! Signed receipts of build pipelines: reading, judging and making them; and the rules of the v1 API's client. Nothing
//! here does I/O unless a feature asks for it, nothing panics, and nothing prints.
//!
//! A receipt is one document about one run: which commands ran, what each step read and wrote (as BLAKE3 digests), how it
//! ended, and one Ed25519 signature over all of it. Whoever holds it can judge it years later, without the server that
//! made it. The format itself is written down in `docs/receipt-format.md` of the repository.
//!
//! # Judging a receipt
//!
//! Four things meet: the receipt's bytes, the keys that *you* trust, what you expect of the run, and a clock. They come
//! together in a [`Verifier`](verify::Verifier), which is built once and used from any thread, and which gives a
//! [`Report`](verify::Report). A bad receipt is a report and never an error, so that no caller can take "could not be
//! verified" for "was not verified".
//!
//! ```
//! use attest_core::verify::{Expect, Verifier};
//!
//! # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
//! # let execution = "exec_hello";
//! let verifier = Verifier::builder()
//!     .trusted_keys(["ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"])?
//!     .policies(["require-success", "max-age-24h"])?
//!     .expect(Expect { invocation_id: Some(execution.to_owned()), ..Expect::default() })
//! #   .now("2026-02-01T00:00:00Z".parse()?)
//!     .build();
//! let report = verifier.verify_bytes(bytes)?;
//! if let Some(failed) = report.first_failure() {
//!     println!("not valid: {} ({})", failed.detail, failed.code);
//! }
//! # assert!(report.valid);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | go to |
//! |---|---|
//! | trust keys by name, for a time, or no longer | [`trust`]: a [`TrustStore`](trust::TrustStore) in memory or from a folder |
//! | ask more than authenticity | [`verify::policy`]; the words of a verdict are in [`verify::code`] |
//! | judge thousands | [`Verifier::verify_batch`](verify::Verifier::verify_batch): all cores, the same verdicts |
//! | know whether a file is one that a receipt attests | `held` and `Verifier::verify_artifact` (feature `fs`) |
//! | derive every hash again from files | `recompute` (feature `fs`) |
//!
//! # Making one
//!
//! Fill a [`receipt::Body`] and [`sign`](receipt::Body::sign) it with a [`key::SigningKey`]; what a verifier would refuse
//! for what it says is not signed. The digests of steps come from a manifest (`manifest`, feature `fs`), that of the
//! pipeline from [`pipeline`]. For other people's verifiers, [`export`] turns a receipt into SLSA provenance in a signed
//! envelope. No function signs bytes that a caller chooses.
//!
//! # Talking to a server
//!
//! [`client`] has every rule of a call (paths, headers, waiting, following, uploading) as machines without I/O, and behind
//! the feature `client` a driver over reqwest; [`v1`] has the types of the bodies. The crate `attest-sdk` is the pleasant
//! form of it. [`webhook`] says whether a delivery is from whom it says.
//!
//! # The modules
//!
//! - [`receipt`], [`key`], [`digest`]: the document, and the values in it. Each is parsed once, at the edge, and has one
//!   spelling.
//! - [`trust`], [`verify`]: whom to believe, and the verdict.
//! - [`export`], [`dsse`], [`intoto`]: a receipt as SLSA provenance in a signed envelope, and such envelopes read.
//! - [`pipeline`]: reading, judging and hashing pipelines.
//! - [`yaml`]: strict reading of YAML and JSON, with positions and limits.
//! - `manifest`, `recompute`, `held`, `restore` (feature `fs`): what touches files: what a step read or wrote, the same
//!   derived again, a file at hand, and putting the outputs of a run into a directory.
//! - `source` (feature `source`): what in a directory is an execution's source.
//! - [`client`], [`v1`], [`webhook`], [`error`]: the API.
//!
//! # Features
//!
//! None is on by default, and none changes what another part does.
//!
//! | feature | what it adds |
//! |---|---|
//! | `fs` | files: manifests, trust store folders, key files, recomputing |
//! | `parallel` | all cores for hashing and for batches (threads of the call's own, no pool) |
//! | `source` | walking a directory by its ignore files |
//! | `client` | the reqwest driver; a tokio runtime is the caller's |
//! | `upload` | uploading a source through the client |
//!
//! # What it defends against
//!
//! | attack | defence |
//! |---|---|
//! | a field that a reader drops before hashing | an unknown field, at any level, fails the check `schema` |
//! | two readers that see two documents | duplicate keys, anchors, aliases, tags and a second spelling of any value are refused |
//! | signatures that one library accepts and another does not | strict verification: canonical encodings, no small orders, no cofactor |
//! | a key that came with the receipt | it is a hint; only keys from elsewhere are trusted |
//! | a valid receipt of another run | [`verify::Expect`] |
//! | a revoked key that writes an old date | the receipt's time is its signer's word, and does not count |
//! | a document that eats memory or the stack | limits on bytes, depth and values, before and while it is read |
//! | a file that is swapped for a link, a FIFO or a longer one while it is hashed | one open handle, no link followed, no memory map |
//!
//! Verification is 1.7 times faster on processors with AVX-512 where the program is built with
//! `--cfg curve25519_dalek_backend="avx512"`, which only a program's own build can say.

// Notes at what a feature adds, on docs.rs alone: they take an unstable feature of rustdoc.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "fs")]
mod beneath;
pub mod client;
#[cfg(feature = "fs")]
mod content;
pub mod digest;
pub mod dsse;
pub mod error;
pub mod export;
#[cfg(feature = "fs")]
pub mod held;
mod hex;
pub mod intoto;
pub mod key;
#[cfg(feature = "fs")]
pub mod manifest;
mod parallel;
pub mod pipeline;
pub mod receipt;
#[cfg(feature = "fs")]
pub mod recompute;
#[cfg(feature = "fs")]
pub mod restore;
mod rfc3339;
#[cfg(feature = "source")]
pub mod source;
pub mod trust;
pub mod v1;
mod verbatim;
pub mod verify;
pub mod webhook;
pub mod yaml;
