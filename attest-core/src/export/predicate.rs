//! The predicate: SLSA provenance, version 1 (`slsa.dev/spec/v1.1/provenance`), from what a receipt says.
//!
//! Fields of the specification alone: extension fields would make the strict readers of its protocol buffers refuse the
//! whole. What has no field of its own is in the parameters, which are free, or in annotations.

use chrono::{DateTime, Datelike as _, SecondsFormat, Timelike as _, Utc};
use serde_json::{Map, Value, json};
use url::Url;

use crate::digest::Digest;
use crate::receipt::{Artifact, Execution, Isolation, Provenance, Receipt, Source, Spelled};

/// `predicateType`.
pub const PREDICATE_TYPE: &str = "https://slsa.dev/provenance/v1";

/// `buildType` of a pipeline's run. The page says what its parameters mean.
pub const BUILD_TYPE_PIPELINE: &str =
    "https://github.com/attest-dev/attest/blob/main/docs/export.md#pipeline-v1";

/// `buildType` of one wrapped command.
pub const BUILD_TYPE_COMMAND: &str =
    "https://github.com/attest-dev/attest/blob/main/docs/export.md#command-v1";

/// `builder.id` where none is configured: whoever signed says nothing about how the build platform is run.
pub const UNVERIFIED_BUILDER: &str = "urn:attest:builder:unverified";

/// Where a subject's SHA-256 comes from, for whoever reads the predicate.
const SHA256_ORIGIN: &str = "computed when this statement was made, from bytes whose BLAKE3 digest is the one in the receipt";

/// A receipt's digest by its own algorithm; the in-toto digest set has no word for it.
const BLAKE3: &str = "blake3";

pub(super) fn of(
    receipt: &Receipt,
    provenance: &Provenance,
    builder_id: Option<&str>,
    is_subject: &dyn Fn(&str) -> bool,
) -> Value {
    let command = match &provenance.execution {
        Some(Execution::Wrapped { command }) => Some(command),
        _ => None,
    };
    let body = receipt.body();
    let mut definition = Map::new();
    let build_type = match command {
        Some(_) => BUILD_TYPE_COMMAND,
        None => BUILD_TYPE_PIPELINE,
    };
    definition.insert("buildType".to_owned(), build_type.into());
    let external = [
        (
            "pipeline",
            provenance.pipeline_name.as_deref().map(Value::from),
        ),
        ("pipelineHash", Some(spelled(&body.pipeline_hash))),
        ("command", command.map(|c| json!(c))),
        ("source", provenance.source.as_ref().map(source)),
    ];
    definition.insert("externalParameters".to_owned(), present(external));
    let internal = [
        ("receiptHash", Some(receipt.hash().to_string().into())),
        ("sha256Origin", Some(SHA256_ORIGIN.into())),
        ("runnerOs", Some(provenance.runner_os.as_str().into())),
        ("runnerArch", Some(provenance.runner_arch.as_str().into())),
        ("steps", Some(steps(receipt, provenance))),
        ("isolation", body.isolation.as_ref().map(isolation)),
    ];
    definition.insert("internalParameters".to_owned(), present(internal));
    if let Some(commit) = provenance.source.as_ref().and_then(dependency) {
        definition.insert("resolvedDependencies".to_owned(), json!([commit]));
    }
    let metadata = [
        (
            "invocationId",
            provenance.invocation_id.as_deref().map(Value::from),
        ),
        ("startedOn", provenance.started_at.as_ref().and_then(time)),
        ("finishedOn", time(&body.timestamp)),
    ];
    let byproducts: Vec<Value> = provenance
        .artifacts
        .iter()
        .filter(|a| a.kind != Artifact::FILE || !is_subject(&a.path))
        .map(byproduct)
        .collect();
    let run = [
        (
            "builder",
            Some(json!({
                "id": builder_id.unwrap_or(UNVERIFIED_BUILDER),
                "version": {"attest": body.attest_version},
            })),
        ),
        ("metadata", Some(present(metadata))),
        (
            "byproducts",
            (!byproducts.is_empty()).then(|| byproducts.into()),
        ),
    ];
    json!({"buildDefinition": definition, "runDetails": present(run)})
}

/// One annotation. Its name begins with the vendor, as SLSA asks of fields it does not define.
pub(super) fn annotation(name: &str, value: impl Into<Value>) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), value.into())])
}

/// An object of what there is.
fn present<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect::<Map<_, _>>()
        .into()
}

/// The receipt is valid, so its digests are digests.
fn spelled(digest: &Spelled<Digest>) -> Value {
    digest.valid().map(ToString::to_string).into()
}

/// What the caller said of the source, as it was said.
fn source(source: &Source) -> Value {
    present([
        ("repository", source.repository.as_deref().map(Value::from)),
        ("branch", source.branch.as_deref().map(Value::from)),
        ("commit", Some(source.commit.as_str().into())),
        ("trackedDirty", Some(source.tracked_dirty.into())),
    ])
}

/// What each step was and read and left, and whether it ran here: in the order of the receipt.
fn steps(receipt: &Receipt, provenance: &Provenance) -> Value {
    let one = |step: &crate::receipt::Step| {
        let planned = provenance.steps.iter().find(|p| p.name == step.name);
        present([
            ("name", Some(step.name.as_str().into())),
            ("commandHash", planned.map(|p| spelled(&p.command_hash))),
            ("inputHash", Some(spelled(&step.input_hash))),
            ("outputHash", Some(spelled(&step.output_hash))),
            ("cacheHit", Some(step.cache_hit.into())),
        ])
    };
    receipt.body().steps.iter().map(one).collect()
}

fn isolation(isolation: &Isolation) -> Value {
    let control = |c: &crate::receipt::Control| json!({"name": c.name, "status": c.status.as_str(), "detail": c.detail});
    json!({
        "mode": isolation.mode.as_str(),
        "platform": isolation.platform,
        "controls": isolation.controls.iter().map(control).collect::<Vec<_>>(),
    })
}

/// The commit, where it is one: what is no object id of git cannot be a digest.
fn dependency(source: &Source) -> Option<Value> {
    // SHA-1, or SHA-256 where a repository has that (in-toto digest set, `gitCommit`).
    let hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    if !matches!(source.commit.len(), 40 | 64) || !source.commit.chars().all(hex) {
        return None;
    }
    let uri = source
        .repository
        .as_deref()
        .and_then(|repository| git_uri(repository, source.branch.as_deref()));
    // Whoever rebuilds from the commit alone would not get what was built.
    let dirty = source
        .tracked_dirty
        .then(|| annotation("attest_trackedDirty", true).into());
    Some(present([
        ("uri", uri.map(Value::from)),
        ("digest", Some(json!({"gitCommit": source.commit}))),
        ("annotations", dirty),
    ]))
}

/// `git+<url>@refs/heads/<branch>` (SPDX download location), of addresses that are URLs or git's own `user@host:path`.
fn git_uri(repository: &str, branch: Option<&str>) -> Option<String> {
    let is_url = |text: &str| {
        text.bytes().all(|b| b.is_ascii_graphic())
            && Url::parse(text).is_ok_and(|url| {
                url.has_host() && matches!(url.scheme(), "https" | "http" | "ssh" | "git")
            })
    };
    let url = if is_url(repository) {
        repository.to_owned()
    } else {
        let (host, path) = repository.split_once(':')?;
        let url = format!("ssh://{host}/{}", path.trim_start_matches('/'));
        if host.contains('/') || path.starts_with("//") || !is_url(&url) {
            return None;
        }
        url
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~' | b'/');
    let branch = branch.filter(|branch| !branch.is_empty() && branch.bytes().all(plain));
    Some(match branch {
        Some(branch) => format!("git+{url}@refs/heads/{branch}"),
        None => format!("git+{url}"),
    })
}

/// Another output. Its file is not read, so there is the receipt's digest alone: of the content, of a link's target, or of
/// a directory's manifest.
fn byproduct(artifact: &Artifact) -> Value {
    let mut annotations = annotation("attest_step", artifact.step.as_str());
    if artifact.kind != Artifact::FILE {
        annotations.insert("attest_kind".to_owned(), artifact.kind.as_str().into());
    }
    let hex = artifact.digest.valid().map(Digest::hex).unwrap_or_default();
    let algorithm = match artifact.algorithm.as_str() {
        Artifact::BLAKE3 => BLAKE3,
        other => other,
    };
    json!({"name": artifact.path, "digest": {algorithm: hex}, "annotations": annotations})
}

/// RFC 3339. Absent where other readers cannot have it: years of five digits, and leap seconds.
fn time(time: &DateTime<Utc>) -> Option<Value> {
    let usual = (1..=9999).contains(&time.year()) && time.nanosecond() < 1_000_000_000;
    usual.then(|| time.to_rfc3339_opts(SecondsFormat::AutoSi, true).into())
}

#[cfg(test)]
mod tests;
