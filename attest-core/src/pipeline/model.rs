//! The structure whose canonical text is hashed. Fields stand in the order of the text.

use std::collections::BTreeMap;

use crate::digest::Digest;

/// A pipeline as `pipeline_hash` sees it: the command-line tool's structure, steps by name.
///
/// It may be invalid to run; [`Definition::check`](super::Definition::check) says so. Absent optionals are `None`; an empty list or map given
/// for an optional is kept apart from that, because it has another hash.
///
/// ```
/// use attest_core::pipeline::Pipeline;
///
/// let pipeline = Pipeline::parse(b"version: 1.10\nsteps: {build: {run: make}}\n")?;
/// assert_eq!(pipeline.version, "1.10", "as it is spelled");
/// // Comments, order and quotes are gone from what is hashed.
/// let text = pipeline.canonical_text();
/// assert_eq!(Pipeline::parse(text.as_bytes())?.hash(), pipeline.hash());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pipeline {
    /// Version of the file format; not written when `None`.
    pub schema_version: Option<u32>,
    /// The author's version, any text.
    pub version: String,
    /// The pipeline's name.
    pub name: Option<String>,
    /// The steps by name, which sorts them by the bytes of the name.
    pub steps: BTreeMap<String, Step>,
    /// Environment of every step.
    pub env: BTreeMap<String, String>,
    /// What the tool attests.
    pub attestation: Attestation,
}

/// One step of a [`Pipeline`].
///
/// ```
/// use attest_core::digest::Digest;
/// use attest_core::pipeline::Step;
///
/// let step = Step { run: "make".to_owned(), ..Step::default() };
/// assert_eq!(step.command_hash(), Digest::of(b"make"));
/// assert!(step.needs().is_empty() && step.cache);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The command, for `sh -c`.
    pub run: String,
    /// Paths the step reads, as the author spells and orders them.
    pub inputs: Vec<String>,
    /// Paths the step must write, as the author spells and orders them.
    pub outputs: Vec<String>,
    /// Steps that come first.
    pub needs: Option<Vec<String>>,
    /// Environment of this step, over the pipeline's.
    pub env: Option<BTreeMap<String, String>>,
    /// Where the command runs, relative to the workspace.
    pub working_dir: Option<String>,
    /// The tool's container image.
    pub image: Option<String>,
    /// The tool's capsule.
    pub capsule: Option<String>,
    /// Whether the result may be cached.
    pub cache: bool,
    /// Seconds until the step is ended.
    pub timeout_secs: Option<u64>,
    /// The tool's attestation of this step.
    pub attestation: Option<StepAttestation>,
}

/// The tool's attestation settings of a pipeline.
///
/// ```
/// use attest_core::pipeline::Pipeline;
///
/// let text = b"version: 1\nsteps: {build: {run: make}}\nattestation: {sign_all_steps: true}\n";
/// let pipeline = Pipeline::parse(text)?;
/// assert!(pipeline.attestation.sign_all_steps && !pipeline.attestation.require_reproducible);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs)] // the tool's switches, by its names
pub struct Attestation {
    pub sign_all_steps: bool,
    pub verify_dependencies: bool,
    pub require_reproducible: bool,
}

/// The tool's attestation settings of a step.
///
/// ```
/// use attest_core::pipeline::Definition;
///
/// let text = b"version: 1\nsteps: {build: {run: make, attestation: {type: build}}}\n";
/// let definition = Definition::parse(text)?;
/// let attestation = definition.steps[0].step.attestation.as_ref();
/// assert_eq!(attestation.map(|a| a.kind.as_str()), Some("build"));
/// assert!(definition.check().is_err(), "it can be hashed, and is not run");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs)] // the tool's switches, by its names
pub struct StepAttestation {
    pub kind: String,
    pub reproducible: bool,
    pub generate_slsa: bool,
    pub verify_chain: bool,
}

impl Default for Step {
    /// What an absent field stands for; `run` is empty.
    fn default() -> Self {
        Self {
            run: String::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            needs: None,
            env: None,
            working_dir: None,
            image: None,
            capsule: None,
            cache: true,
            timeout_secs: None,
            attestation: None,
        }
    }
}

impl Step {
    /// The names in `needs`, none where it is absent.
    pub fn needs(&self) -> &[String] {
        self.needs.as_deref().unwrap_or_default()
    }

    /// BLAKE3 of the run text: the `command_hash` of a native step.
    #[must_use]
    pub fn command_hash(&self) -> Digest {
        Digest::of(self.run.as_bytes())
    }
}

impl Pipeline {
    /// The environment that pipeline and step declare for `step`; the step's own values win.
    #[must_use]
    pub fn environment_of(&self, step: &Step) -> BTreeMap<String, String> {
        let mut env = self.env.clone();
        env.extend(
            step.env
                .iter()
                .flatten()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        env
    }
}
