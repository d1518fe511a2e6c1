//! A pipeline as its author wrote it.

use std::collections::BTreeMap;

use super::field;
use super::model::{Attestation, Pipeline, Step};

/// Whether the author's steps are a map by name or a list.
///
/// ```
/// use attest_core::pipeline::{Definition, Form};
///
/// let map = Definition::parse(b"version: 1\nsteps: {build: {run: make}}\n")?;
/// let list = Definition::parse(b"version: 1\nsteps: [{name: build, run: make}]\n")?;
/// assert_eq!((map.form, list.form), (Form::Map, Form::List));
/// assert_eq!(map.pipeline().hash(), list.pipeline().hash());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The command-line tool's form: `steps: {build: {run: …}}`.
    Map,
    /// The API's form: `steps: [{name: build, run: …}]`, the only one with `network` and `strict_inputs`.
    List,
}

/// A pipeline as its author wrote it, from a file or from the API.
///
/// ```
/// use attest_core::pipeline::Definition;
///
/// let text = b"version: 1\nstrict_inputs: true\nsteps: [{name: build, run: make}]\n";
/// let definition = Definition::parse(text)?;
/// definition.check()?;
/// let build = definition.step("build").ok_or("no such step")?;
/// assert!(definition.strict_inputs(build));
/// assert_eq!(definition.network(build), None, "the server decides");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// How the steps were written; problems name places accordingly.
    pub form: Form,
    /// Version of the file format.
    pub schema_version: Option<u32>,
    /// The author's version.
    pub version: String,
    /// The pipeline's name.
    pub name: Option<String>,
    /// The steps in the author's order. Names may repeat until [`Definition::check`] has passed.
    pub steps: Vec<NamedStep>,
    /// Environment of every step.
    pub env: BTreeMap<String, String>,
    /// The tool's settings.
    pub attestation: Attestation,
    /// Whether steps may use the network, where a step does not say; the server's default where `None`.
    pub network: Option<bool>,
    /// Whether steps see their declared inputs alone, where a step does not say; no where `None`.
    pub strict_inputs: Option<bool>,
}

/// One step of a [`Definition`].
///
/// ```
/// use attest_core::pipeline::Definition;
///
/// let text = b"version: 1\nsteps:\n- {name: fetch, run: make fetch, network: true}\n- {name: build, run: make}\n";
/// let definition = Definition::parse(text)?;
/// let online: Vec<_> = definition.steps.iter().filter(|step| step.network == Some(true)).collect();
/// assert_eq!(online.len(), 1);
/// assert_eq!(online[0].step.run, "make fetch");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedStep {
    /// Its name.
    pub name: String,
    /// What is hashed of it.
    pub step: Step,
    /// Whether it may use the network.
    pub network: Option<bool>,
    /// Whether it sees its declared inputs alone.
    pub strict_inputs: Option<bool>,
}

impl Definition {
    /// The step of this name.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<&NamedStep> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// Whether `step` may use the network: its own word, else the pipeline's; `None` leaves it to the server.
    #[must_use]
    pub fn network(&self, step: &NamedStep) -> Option<bool> {
        step.network.or(self.network)
    }

    /// Whether `step` sees its declared inputs alone: its own word, else the pipeline's, else no.
    #[must_use]
    pub fn strict_inputs(&self, step: &NamedStep) -> bool {
        step.strict_inputs.or(self.strict_inputs).unwrap_or(false)
    }

    /// The structure that is hashed, as the file has it: the hash of a stored definition.
    #[must_use]
    pub fn pipeline(&self) -> Pipeline {
        self.clone().into_pipeline()
    }

    /// As [`Definition::pipeline`].
    #[must_use]
    pub fn into_pipeline(self) -> Pipeline {
        Pipeline {
            schema_version: self.schema_version,
            version: self.version,
            name: self.name,
            steps: self
                .steps
                .into_iter()
                .map(|step| (step.name, step.step))
                .collect(),
            env: self.env,
            attestation: self.attestation,
        }
    }

    /// The place of the step at `index`.
    pub(super) fn place(&self, index: usize) -> String {
        match (self.form, self.steps.get(index)) {
            (Form::Map, Some(step)) => field::of_key("steps", &step.name),
            _ => field::of_index("steps", index),
        }
    }
}
