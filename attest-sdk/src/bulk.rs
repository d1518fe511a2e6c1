//! Many executions by one call.

use attest_core::client::executions;

use crate::v1::{BulkItem, BulkRequest};
use crate::{Error, ErrorKind, ExecuteOptions, Execution, Pipelines};

/// One of many executions to start.
///
/// ```
/// use attest_sdk::{BulkExecution, ExecuteOptions};
///
/// let afresh = ExecuteOptions { cache: false, ..ExecuteOptions::default() };
/// let all: Vec<_> = ["pip_1", "pip_2"].map(|id| BulkExecution::new(id, afresh.clone())).into();
/// assert_eq!(all[1].pipeline_id, "pip_2");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BulkExecution {
    /// The pipeline.
    pub pipeline_id: String,
    /// As for [`Pipelines::execute`].
    pub options: ExecuteOptions,
}

impl BulkExecution {
    /// An execution of that pipeline.
    #[must_use]
    pub fn new(pipeline_id: impl Into<String>, options: ExecuteOptions) -> Self {
        Self {
            pipeline_id: pipeline_id.into(),
            options,
        }
    }
}

impl From<BulkExecution> for BulkItem {
    fn from(one: BulkExecution) -> Self {
        Self::new(one.pipeline_id, one.options.into())
    }
}

/// What became of one of many.
///
/// ```no_run
/// use attest_sdk::BulkOutcome;
///
/// # async fn run(outcomes: Vec<BulkOutcome>) -> Result<(), attest_sdk::Error> {
/// for outcome in outcomes {
///     let execution = outcome.execution?.wait_for_completion().await?;
///     println!("number {} is {}", outcome.index, execution.status());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct BulkOutcome {
    /// Its place in the request, from 0.
    pub index: usize,
    /// The execution, or why there is none.
    pub execution: Result<Execution, Error>,
}

impl Pipelines {
    /// Starts up to 100 executions by one call; they queue in their order. The outcomes are in the same order, and one that
    /// cannot be started does not keep the others from it.
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), attest_sdk::Error> {
    /// use attest_sdk::{AttestClient, BulkExecution, ExecuteOptions};
    ///
    /// let client = AttestClient::from_env()?;
    /// let of = |id: &str| BulkExecution::new(id, ExecuteOptions::default());
    /// for outcome in client.pipelines().bulk_execute([of("pip_1"), of("pip_2")]).await? {
    ///     match outcome.execution {
    ///         Ok(execution) => println!("{} is {}", execution.id(), execution.status()),
    ///         Err(error) => println!("number {} was not started: {error}", outcome.index),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::ValidationError`] for none and for more than 100, and then nothing is started; else as any call's.
    pub async fn bulk_execute(
        &self,
        executions: impl IntoIterator<Item = impl Into<BulkItem>>,
    ) -> Result<Vec<BulkOutcome>, Error> {
        let executions: Vec<BulkItem> = executions.into_iter().map(Into::into).collect();
        let request = BulkRequest { executions };
        let call = executions::bulk(&request)?;
        let results = self.client().driver().call(call).await?;
        let asked = request.executions;
        if results.len() != asked.len() {
            let (given, wanted) = (results.len(), asked.len());
            let why = format!(
                "the answer has {given} results for {wanted} executions: list the executions to see which were started"
            );
            return Err(Error::new(ErrorKind::Decode, why));
        }
        let outcomes = asked.into_iter().zip(results).enumerate();
        let outcome = |(index, (item, started)): (usize, (BulkItem, Result<_, _>))| BulkOutcome {
            index,
            execution: started.map(|started| {
                Execution::started(self.client().clone(), &item.pipeline_id, started)
            }),
        };
        Ok(outcomes.map(outcome).collect())
    }
}
