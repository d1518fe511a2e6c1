//! Pipelines: create, find, change, archive, execute.

use attest_core::client::{Page, pipelines};
use futures::stream::{self, Stream, TryStreamExt};

use crate::v1::{self, CreatePipeline, PipelineStatus, UpdatePipeline};
use crate::{AttestClient, Error, ExecuteOptions, Execution};

/// Which pipelines are wanted; all where nothing is set.
///
/// ```
/// use attest_sdk::PipelineQuery;
/// use attest_sdk::v1::PipelineStatus;
///
/// let query = PipelineQuery {
///     name: Some("app".to_owned()),
///     status: Some(PipelineStatus::Active),
///     ..PipelineQuery::default()
/// };
/// assert_eq!(query.page.limit, None, "20");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PipelineQuery {
    /// Of exactly this name. Names need not be unique.
    pub name: Option<String>,
    /// Of this status.
    pub status: Option<PipelineStatus>,
    /// Which part of the list.
    pub page: Page,
}

/// The pipelines of a server.
///
/// ```no_run
/// use std::pin::pin;
///
/// use attest_sdk::PipelineQuery;
/// use futures::TryStreamExt as _;
///
/// # async fn run(client: attest_sdk::AttestClient) -> Result<(), attest_sdk::Error> {
/// let mut all = pin!(client.pipelines().iter(PipelineQuery::default()));
/// while let Some(pipeline) = all.try_next().await? {
///     println!("{} {}", pipeline.id(), pipeline.name());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Pipelines {
    client: AttestClient,
}

/// One page of pipelines.
///
/// ```no_run
/// use attest_sdk::{PipelineConfig, PipelineQuery};
///
/// # async fn run(client: attest_sdk::AttestClient, wanted: PipelineConfig) -> Result<(), attest_sdk::Error> {
/// let query = PipelineQuery { name: Some(wanted.name.clone()), ..PipelineQuery::default() };
/// let page = client.pipelines().list(&query).await?;
/// let pipeline = match page.pipelines.into_iter().next() {
///     Some(pipeline) => pipeline,
///     None => client.pipelines().create(wanted).await?,
/// };
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PipelinePage {
    /// This page.
    pub pipelines: Vec<Pipeline>,
    /// How many the query selects in all.
    pub total: u64,
    /// Whether a further page exists.
    pub has_more: bool,
    /// Where the next page starts.
    pub next_cursor: Option<String>,
}

impl Pipelines {
    pub(crate) fn new(client: AttestClient) -> Self {
        Self { client }
    }

    pub(crate) fn client(&self) -> &AttestClient {
        &self.client
    }

    fn one(&self, data: v1::Pipeline) -> Pipeline {
        Pipeline {
            client: self.client.clone(),
            data,
        }
    }

    /// Creates a pipeline. Nothing runs yet.
    ///
    /// # Errors
    /// [`ErrorKind::ValidationError`](crate::ErrorKind::ValidationError) with every problem of the configuration in
    /// `details`; else as any call's.
    pub async fn create(&self, pipeline: impl Into<CreatePipeline>) -> Result<Pipeline, Error> {
        Ok(self.one(
            self.client
                .driver()
                .call(pipelines::create(&pipeline.into())?)
                .await?,
        ))
    }

    /// The pipeline of that id.
    ///
    /// # Errors
    /// As any call's.
    pub async fn get(&self, id: &str) -> Result<Pipeline, Error> {
        Ok(self.one(self.client.driver().call(pipelines::get(id)?).await?))
    }

    /// One page of pipelines.
    ///
    /// # Errors
    /// As any call's.
    pub async fn list(&self, query: &PipelineQuery) -> Result<PipelinePage, Error> {
        let endpoint = pipelines::list(&query.page, query.name.as_deref(), query.status.as_ref());
        let list = self.client.driver().call(endpoint).await?;
        Ok(PipelinePage {
            pipelines: list
                .pipelines
                .into_iter()
                .map(|data| self.one(data))
                .collect(),
            total: list.total,
            has_more: list.has_more,
            next_cursor: list.next_cursor,
        })
    }

    /// All pipelines that the query selects, page after page by the server's cursor.
    pub fn iter(
        &self,
        query: PipelineQuery,
    ) -> impl Stream<Item = Result<Pipeline, Error>> + Send + use<> {
        let pipelines = self.clone();
        stream::try_unfold(Some(query), move |query| {
            let pipelines = pipelines.clone();
            async move {
                let Some(mut query) = query else {
                    return Ok(None);
                };
                let page = pipelines.list(&query).await?;
                query.page.offset = None;
                query.page.cursor = page.next_cursor;
                let next = if page.has_more && query.page.cursor.is_some() {
                    Some(query)
                } else {
                    None
                };
                Ok::<_, Error>(Some((
                    stream::iter(page.pipelines.into_iter().map(Ok)),
                    next,
                )))
            }
        })
        .try_flatten()
    }

    /// Changes what is given of the pipeline of that id. A new configuration becomes a new version.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub async fn update(&self, id: &str, change: &UpdatePipeline) -> Result<Pipeline, Error> {
        Ok(self.one(
            self.client
                .driver()
                .call(pipelines::update(id, change)?)
                .await?,
        ))
    }

    /// Archives the pipeline of that id: its executions and receipts stay readable.
    ///
    /// # Errors
    /// As any call's.
    pub async fn archive(&self, id: &str) -> Result<(), Error> {
        self.client.driver().call(pipelines::archive(id)?).await
    }

    /// Executes the pipeline of that id.
    ///
    /// # Errors
    /// As any call's.
    pub async fn execute(
        &self,
        id: &str,
        options: impl Into<v1::ExecuteRequest>,
    ) -> Result<Execution, Error> {
        let started = self
            .client
            .driver()
            .call(pipelines::execute(id, &options.into())?)
            .await?;
        Ok(Execution::started(self.client.clone(), id, started))
    }
}

/// A pipeline, as the server last described it.
///
/// ```no_run
/// use attest_sdk::{ExecuteOptions, UpdatePipeline};
///
/// # async fn run(client: attest_sdk::AttestClient) -> Result<(), attest_sdk::Error> {
/// let pipeline = client.pipelines().get("pip_1").await?;
/// let described = UpdatePipeline { description: Some("Builds the app".to_owned()), ..UpdatePipeline::default() };
/// let pipeline = pipeline.update(&described).await?;
/// let execution = pipeline.execute(ExecuteOptions::default()).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Pipeline {
    client: AttestClient,
    data: v1::Pipeline,
}

impl Pipeline {
    /// `pip_…`, opaque.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.data.id
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.data.name
    }

    /// The number of its newest configuration, from 1, where the server says it.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        self.data.version
    }

    /// Everything the server said about it.
    #[must_use]
    pub fn data(&self) -> &v1::Pipeline {
        &self.data
    }

    /// Executes it.
    ///
    /// # Errors
    /// As any call's.
    pub async fn execute(&self, options: ExecuteOptions) -> Result<Execution, Error> {
        self.client.pipelines().execute(self.id(), options).await
    }

    /// Changes what is given of it.
    ///
    /// # Errors
    /// As [`Pipelines::create`].
    pub async fn update(&self, change: &UpdatePipeline) -> Result<Self, Error> {
        self.client.pipelines().update(self.id(), change).await
    }

    /// Archives it.
    ///
    /// # Errors
    /// As any call's.
    pub async fn archive(&self) -> Result<(), Error> {
        self.client.pipelines().archive(self.id()).await
    }
}
