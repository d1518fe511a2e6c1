//! Before anything runs: the pipeline of the file, and the same pipeline on the server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use attest_sdk::pipeline::{Definition, Form};
use attest_sdk::source::Contents;
use attest_sdk::v1::{Config, PipelineStatus};
use attest_sdk::{
    AttestClient, CreatePipeline, Error, Page, Pipeline, PipelineQuery, UpdatePipeline,
};

use crate::failure::Failure;
use crate::project;

/// A pipeline that can run, as far as this machine can tell.
pub(super) struct Prepared {
    file: PathBuf,
    name: String,
    definition: Definition,
    config: Config,
}

/// Reads and judges the file.
pub(super) fn read(file: &Path) -> Result<Prepared, Failure> {
    if !file.exists() {
        return Err(
            Failure::new(format!("there is no {} in this directory", file.display())).hint(
                "run `attest run` where the project's attest.yaml is, or write one: see the README",
            ),
        );
    }
    let definition = project::read(file)?;
    definition
        .check()
        .map_err(|problems| project::refuse(file, &problems))?;
    let name = match &definition.name {
        Some(name) => name.clone(),
        None => project::name_of(Path::new("."))?,
    };
    let config = definition.to_config();
    Ok(Prepared {
        file: file.to_owned(),
        name,
        definition,
        config,
    })
}

impl Prepared {
    /// Refuses an environment or variables that no execution can have.
    pub(super) fn check_options(
        &self,
        environment: Option<&str>,
        variables: &BTreeMap<String, String>,
    ) -> Result<(), Failure> {
        match self
            .definition
            .effective(environment, variables, &self.name)
        {
            Ok(_) => Ok(()),
            Err(problems) => Err(Failure::new(problems.to_string())),
        }
    }

    /// Refuses inputs that the project does not have, and globs that match nothing.
    pub(super) fn check_inputs(&self, contents: &Contents) -> Result<(), Failure> {
        self.definition
            .clone()
            .expand(contents)
            .and_then(|expanded| expanded.check_inputs(contents))
            .map_err(|problems| project::refuse(&self.file, &problems))
    }

    /// The newest active pipeline of this name, if there is one.
    pub(super) async fn known(&self, client: &AttestClient) -> Result<Option<Pipeline>, Failure> {
        let query = PipelineQuery {
            name: Some(self.name.clone()),
            status: Some(PipelineStatus::Active),
            page: Page {
                limit: Some(1),
                sort: Some("created_at:desc".to_owned()),
                ..Page::default()
            },
        };
        let known = client
            .pipelines()
            .list(&query)
            .await?
            .pipelines
            .into_iter()
            .next();
        Ok(match known {
            Some(known) if known.data().config.is_none() => {
                Some(client.pipelines().get(known.id()).await?)
            }
            known => known,
        })
    }

    /// A pipeline with exactly this configuration: the known one, created or changed where it is not.
    pub(super) async fn pipeline(
        &self,
        client: &AttestClient,
        known: Option<Pipeline>,
    ) -> Result<Pipeline, Failure> {
        let Some(known) = known else {
            let create = CreatePipeline {
                name: self.name.clone(),
                description: None,
                config: self.config.clone(),
            };
            return client
                .pipelines()
                .create(create)
                .await
                .map_err(|error| self.explain(error));
        };
        if known
            .data()
            .config
            .as_ref()
            .is_some_and(|config| self.same(config))
        {
            return Ok(known);
        }
        let change = UpdatePipeline {
            config: Some(self.config.clone()),
            ..UpdatePipeline::default()
        };
        known
            .update(&change)
            .await
            .map_err(|error| self.explain(error))
    }

    /// Whether a stored configuration says the same, in whatever words it is stored.
    fn same(&self, stored: &Config) -> bool {
        *stored == self.config
            || Definition::from_config(None, stored)
                .is_ok_and(|stored| stored.to_config() == self.config)
    }

    /// The server's refusal, in the words of the file: `steps[0]` is a name where the file has names.
    pub(super) fn explain(&self, error: Error) -> Failure {
        let failure = Failure::from(error);
        if self.definition.form == Form::List {
            return failure;
        }
        let mut message = failure.message().to_owned();
        for (index, step) in self.config.steps.iter().enumerate() {
            message = message.replace(&format!("steps[{index}]"), &format!("steps.{}", step.name));
        }
        let renamed = Failure::new(format!("{}: {message}", self.file.display()));
        match failure.next() {
            Some(hint) => renamed.hint(hint),
            None => renamed,
        }
    }
}
