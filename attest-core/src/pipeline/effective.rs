//! The pipeline that an execution attests: its environment's name and its variables are part of what is hashed.

use std::collections::BTreeMap;

use super::check;
use super::definition::Definition;
use super::error::{Found, Problems};
use super::model::Pipeline;

/// Where a step finds the name of the environment it runs for.
pub const ENVIRONMENT: &str = "ATTEST_ENVIRONMENT";

impl Definition {
    /// What an execution runs and attests: `variables` over the pipeline's `env`, `ATTEST_ENVIRONMENT` where there is
    /// an `environment`, and `default_name` where the definition has no name. A step's own `env` still wins.
    ///
    /// The API knows no `schema_version`, so none is in the result, whatever the file says: hashing a file in its
    /// workspace gives what running it there will attest.
    ///
    /// # Errors
    /// [`Problems`] at `environment` or `variables.<name>`. The definition itself is not checked again.
    pub fn effective(
        &self,
        environment: Option<&str>,
        variables: &BTreeMap<String, String>,
        default_name: &str,
    ) -> Result<Pipeline, Problems> {
        let mut found = Found::default();
        check::environment_names("variables", variables, &mut found);
        if environment
            .is_some_and(|name| name.trim().is_empty() || name.chars().any(char::is_control))
        {
            found.add(
                "environment",
                "a name cannot be blank or hold control characters; leave it out for none",
            );
        }
        found.into_result()?;

        let mut pipeline = self.pipeline();
        pipeline.schema_version = None;
        pipeline.name.get_or_insert_with(|| default_name.to_owned());
        pipeline.env.extend(variables.clone());
        if let Some(name) = environment {
            pipeline.env.insert(ENVIRONMENT.to_owned(), name.to_owned());
        }
        Ok(pipeline)
    }
}
