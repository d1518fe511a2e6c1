//! Pipelines: reading them, judging them, and the canonical text whose digest is `pipeline_hash`.
//!
//! | to | use |
//! |---|---|
//! | read an `attest.yaml` | [`Definition::parse`] |
//! | take the API's configuration | [`Definition::from_config`] |
//! | know every reason why it cannot run | [`Definition::check`] |
//! | know what an execution attests | [`Definition::effective`] |
//! | hash | [`Pipeline::hash`], of [`Pipeline::canonical_text`] |
//! | order the steps | [`Plan::of`] |
//! | replace globs by what they match in a source | [`Definition::expand`] |
//! | check inputs against a source before anything runs | [`Definition::check_inputs`] |
//!
//! A [`Definition`] is what an author wrote: its form (steps as a map or as a list), the author's order, and what the
//! API adds (`network`, `strict_inputs`). A [`Pipeline`] is what is hashed. Reading is strict and says where; a
//! pipeline that can be read and hashed may still be invalid to run, which is a second question with its own answer:
//! all problems at once.
//!
//! Nothing here touches a file system: a source is asked through [`Listing`].
//!
//! ```
//! use attest_core::pipeline::Definition;
//!
//! let definition = Definition::parse(b"version: 1\nsteps:\n- {name: build, run: make, outputs: [app]}\n")?;
//! definition.check()?;
//! let pipeline = definition.effective(Some("production"), &Default::default(), "hello")?;
//! assert_eq!(pipeline.name.as_deref(), Some("hello"));
//! assert_eq!(pipeline.env["ATTEST_ENVIRONMENT"], "production");
//! println!("{}", pipeline.hash());
//!
//! let broken = Definition::parse(b"version: 1\nsteps:\n- {name: build, run: ' ', needs: [biuld]}\n")?;
//! let problems = broken.check().unwrap_err();
//! assert_eq!(problems.first().field, "steps[0].run");
//! assert_eq!(problems.len(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod check;
mod config;
mod definition;
mod effective;
mod error;
mod expand;
mod field;
mod glob;
mod model;
mod parse;
pub(crate) mod path;
mod plan;
mod source;
mod text;
pub mod wrapped;

pub use definition::{Definition, Form, NamedStep};
pub use effective::ENVIRONMENT;
pub use error::{ParseError, Problem, Problems};
pub use model::{Attestation, Pipeline, Step, StepAttestation};
pub use plan::Plan;
pub use source::{Entry, Listing};
