//! `--download`: the outputs of a run, each as the verified receipt has it.

use std::path::{Path, PathBuf};

use attest_sdk::verify::Expect;
use attest_sdk::{Downloaded, Execution, Verifier};
use clap::Args;

use crate::commands::verify::{DEFAULT_TRUST, Trust};
use crate::failure::Failure;
use crate::output::Console;
use crate::output::transfer::Transfer;

#[derive(Debug, Args)]
pub(super) struct Wanted {
    /// Puts the outputs into DIR, or this directory, once the receipt is verified
    #[arg(
        long = "download",
        value_name = "DIR",
        num_args = 0..=1,
        default_missing_value = "."
    )]
    dir: Option<PathBuf>,
    #[command(flatten)]
    trust: Trust,
}

/// Where outputs go, and by whose keys.
pub(super) struct Download {
    dir: PathBuf,
    /// The published keys where there is none.
    verifier: Option<Verifier>,
}

impl Wanted {
    /// Refuses keys that cannot be used before anything runs.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.dir.is_none() {
            if self.trust.is_given() {
                return Err(Failure::new(
                    "--trust and --trusted-key say by which keys --download verifies",
                )
                .hint("add --download, or leave them out and run attest verify afterwards"));
            }
            return Ok(());
        }
        self.download("").map(drop)
    }

    /// The download of this execution, where one is wanted.
    pub(super) fn download(&self, execution_id: &str) -> Result<Option<Download>, Failure> {
        let Some(dir) = &self.dir else {
            return Ok(None);
        };
        let known = self.trust.is_given() || Path::new(DEFAULT_TRUST).is_dir();
        let verifier = known.then(|| self.verifier(execution_id)).transpose()?;
        Ok(Some(Download {
            dir: dir.clone(),
            verifier,
        }))
    }

    fn verifier(&self, execution_id: &str) -> Result<Verifier, Failure> {
        let (builder, _) = self.trust.apply(Verifier::builder())?;
        let expect = Expect {
            invocation_id: Some(execution_id.to_owned()),
            ..Expect::default()
        };
        let builder = builder
            .policy("require-success")
            .map_err(|error| Failure::new(error.to_string()))?;
        Ok(builder.expect(expect).build())
    }
}

impl Download {
    /// Fetches the outputs: where they are, and what came.
    pub(super) async fn run(
        self,
        execution: &Execution,
        console: &Console,
    ) -> Result<(PathBuf, Downloaded), Failure> {
        if self.verifier.is_none() {
            console.warn(
                "verified by the keys that the server itself publishes; pin them once: attest keys pull --url URL",
            );
        }
        let transfer = Transfer::new();
        let shown = transfer.clone();
        let mut download = execution
            .download_outputs(&self.dir)
            .progress(move |progress| shown.downloading(progress));
        if let Some(verifier) = self.verifier {
            download = download.verifier(verifier);
        }
        let downloaded = download.await;
        transfer.end();
        Ok((self.dir, downloaded?))
    }
}
