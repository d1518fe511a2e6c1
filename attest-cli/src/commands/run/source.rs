//! What a run starts from: the project's directory, uploaded.

use std::path::Path;

use attest_sdk::source::{self, Contents};
use attest_sdk::{AttestClient, Error, ErrorKind, SourceInfo, Uploaded};
use indicatif::{HumanBytes, HumanCount};
use tokio::task::JoinHandle;

use super::report::files;
use crate::failure::Failure;
use crate::output::Console;
use crate::output::transfer::Transfer;

/// The way without an upload.
const SERVERS_OWN: &str = "--server-source runs on the directory that the server was started with (attest serve --source)";

/// Refused where the server has no source of its own: the steps would find an empty directory. A server that does not say
/// is believed to have one.
pub(super) async fn servers_own(client: &AttestClient) -> Result<(), Failure> {
    if client.system().await?.own_source == Some(false) {
        return Err(
            Failure::new("this server was started without a source of its own")
                .hint("leave out --server-source to upload this directory, or start the server with attest serve --source DIR"),
        );
    }
    Ok(())
}

/// Asks git what the directory is, while other things are done.
pub(super) fn facts() -> JoinHandle<Option<SourceInfo>> {
    tokio::task::spawn_blocking(|| source::git_facts(Path::new(".")))
}

/// Uploads what the project holds: what an execution takes for it.
pub(super) async fn upload(
    contents: Contents,
    client: &AttestClient,
    console: &Console,
) -> Result<String, Failure> {
    let transfer = Transfer::new();
    let shown = transfer.clone();
    let uploaded = client
        .sources()
        .upload_listed(contents)
        .progress(move |progress| shown.uploading(progress))
        .await;
    transfer.end();
    let uploaded = uploaded.map_err(explain)?;
    console.note(&describe(&uploaded));
    Ok(uploaded.source)
}

fn describe(uploaded: &Uploaded) -> String {
    let what = format!(
        "source    {}, {}",
        files(uploaded.entries),
        HumanBytes(uploaded.bytes)
    );
    if uploaded.sent_objects == 0 {
        return format!("{what}; the server has it already");
    }
    format!(
        "{what}; sent {} of them, {}",
        HumanCount(uploaded.sent_objects),
        HumanBytes(uploaded.sent_bytes)
    )
}

/// A refusal of uploads as such: it says which way is left.
fn explain(error: Error) -> Failure {
    match (error.kind(), error.status()) {
        (_, Some(404 | 405)) => {
            Failure::new("this server takes no uploads: it is older than this command")
                .hint(SERVERS_OWN)
        }
        (ErrorKind::AuthorizationFailed, _) => {
            Failure::new(format!("the source cannot be uploaded: {error}")).hint(SERVERS_OWN)
        }
        _ => error.into(),
    }
}
