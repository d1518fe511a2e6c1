//! A configuration as it is stored: checked, and with the hash of its definition.

use attest_core::pipeline::{Definition, Problems};
use attest_core::v1;

use crate::store::pipelines;

/// Checks a configuration; all problems at once.
pub(crate) fn define(name: &str, config: v1::Config) -> Result<pipelines::Definition, Problems> {
    let name = Some(name).filter(|name| !name.trim().is_empty());
    let definition = Definition::from_config(name, &config)?;
    Ok(pipelines::Definition {
        config,
        hash: definition.into_pipeline().hash().to_string(),
    })
}
