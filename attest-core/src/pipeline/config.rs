//! To and from the API's configuration.

use serde_json::Value;

use super::definition::{Definition, Form, NamedStep};
use super::error::{Found, Problems};
use super::field;
use super::model::{Attestation, Step};
use crate::v1::{Config, StepConfig};

const ATTESTATION: &[&str] = &[
    "sign_all_steps",
    "verify_dependencies",
    "require_reproducible",
];

impl Definition {
    /// The definition that a configuration of the API describes, checked ([`Definition::check`]).
    ///
    /// # Errors
    /// [`Problems`] with fields relative to the configuration, such as `steps[0].run`; `name` is the pipeline's.
    pub fn from_config(name: Option<&str>, config: &Config) -> Result<Self, Problems> {
        let mut found = Found::default();
        let definition = Self {
            form: Form::List,
            schema_version: None,
            version: config.version.clone(),
            name: name.map(str::to_owned),
            steps: config.steps.iter().map(named_step).collect(),
            env: config.env.clone(),
            attestation: Attestation::default(),
            network: config.network,
            strict_inputs: config.strict_inputs,
        };
        definition.check_into(&mut found);
        unsupported(config, &mut found);
        found.into_result()?;
        Ok(definition)
    }

    /// The configuration to send to the API. What the API does not have (`schema_version`, and the tool's `image`,
    /// `capsule` and `attestation`, which [`Definition::check`] refuses) is left out; the name travels beside it.
    #[must_use]
    pub fn to_config(&self) -> Config {
        Config {
            version: self.version.clone(),
            steps: self.steps.iter().map(step_config).collect(),
            env: self.env.clone(),
            network: self.network,
            strict_inputs: self.strict_inputs,
            attestation: None,
        }
    }
}

fn named_step(config: &StepConfig) -> NamedStep {
    NamedStep {
        name: config.name.clone(),
        step: Step {
            run: config.run.clone(),
            inputs: config.inputs.clone(),
            outputs: config.outputs.clone(),
            needs: config.needs.clone(),
            env: config.env.clone(),
            working_dir: config.working_dir.clone(),
            image: None,
            capsule: None,
            cache: config.cache.unwrap_or(true),
            timeout_secs: config.timeout_secs,
            attestation: None,
        },
        network: config.network,
        strict_inputs: config.strict_inputs,
    }
}

fn step_config(named: &NamedStep) -> StepConfig {
    let step = &named.step;
    StepConfig {
        name: named.name.clone(),
        run: step.run.clone(),
        inputs: step.inputs.clone(),
        outputs: step.outputs.clone(),
        needs: step.needs.clone(),
        env: step.env.clone(),
        working_dir: step.working_dir.clone(),
        timeout_secs: step.timeout_secs,
        cache: (!step.cache).then_some(false),
        network: named.network,
        strict_inputs: named.strict_inputs,
        ..StepConfig::default()
    }
}

/// The tool's own fields, where they say something.
fn unsupported(config: &Config, found: &mut Found) {
    let mut refuse = |at: String| found.add(at, "is not supported; leave it out");
    for (index, step) in config.steps.iter().enumerate() {
        for (key, value) in [
            ("image", &step.image),
            ("capsule", &step.capsule),
            ("attestation", &step.attestation),
        ] {
            if value.as_ref().is_some_and(|value| !value.is_null()) {
                refuse(field::of_key(&field::of_index("steps", index), key));
            }
        }
    }
    let is_default = |value: &Value| match value {
        Value::Null => true,
        Value::Object(fields) => fields.iter().all(|(key, value)| {
            ATTESTATION.contains(&key.as_str()) && *value == Value::Bool(false)
        }),
        _ => false,
    };
    if !config.attestation.as_ref().is_none_or(is_default) {
        refuse("attestation".to_owned());
    }
}
