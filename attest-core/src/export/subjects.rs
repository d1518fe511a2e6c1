//! Which of the attested files an export is about.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::ExportError;
use crate::digest::Digest;
use crate::pipeline::path;
use crate::receipt::{Artifact, Provenance};

/// Most subjects of one statement. Other verifiers stop at this number, too (sigstore-go's default limit).
pub const MAX_SUBJECTS: usize = 1024;

/// A file to be a subject, with what the receipt attests of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) path: String,
    /// More than one where several steps wrote it. Not empty.
    pub(super) attested: Vec<Digest>,
}

/// The subjects, sorted by the bytes of their paths: those `asked` for, or the files of the last steps.
pub(super) fn choose(
    provenance: &Provenance,
    asked: &[String],
) -> Result<Vec<Subject>, ExportError> {
    let chosen = if asked.is_empty() {
        last_outputs(provenance)?
    } else {
        named(provenance, asked)?
    };
    match chosen.len() {
        0 => Err(ExportError::NoSubject(provenance.artifacts.len())),
        1..=MAX_SUBJECTS => Ok(chosen
            .into_iter()
            .map(|(path, attested)| Subject { path, attested })
            .collect()),
        more => Err(ExportError::TooManySubjects(more)),
    }
}

/// Path to digests.
type Chosen = BTreeMap<String, Vec<Digest>>;

/// The files of the steps that no other step builds on.
fn last_outputs(provenance: &Provenance) -> Result<Chosen, ExportError> {
    let built_on = built_on(provenance);
    let mut chosen = Chosen::new();
    let last = provenance
        .artifacts
        .iter()
        .filter(|a| !built_on.contains(a.step.as_str()));
    for artifact in last {
        match artifact.kind.as_str() {
            Artifact::FILE => add(&mut chosen, artifact)?,
            // Its files are as much outputs as any other, and cannot be named one by one.
            Artifact::DIRECTORY => {
                return Err(ExportError::Directory {
                    path: artifact.path.clone(),
                    step: artifact.step.clone(),
                });
            }
            _ => {}
        }
    }
    Ok(chosen)
}

/// The steps that a step with outputs needs, at first or at second hand. A step without outputs (one that tests, say)
/// makes nothing out of what it needs, so that this stays a result.
fn built_on(provenance: &Provenance) -> HashSet<&str> {
    let with_outputs: HashSet<&str> = provenance
        .artifacts
        .iter()
        .map(|a| a.step.as_str())
        .collect();
    let needs: HashMap<&str, &[String]> = provenance
        .steps
        .iter()
        .map(|s| (s.name.as_str(), s.needs.as_slice()))
        .collect();
    let needs = |step: &str| needs.get(step).copied().unwrap_or_default();
    let mut pending: Vec<&str> = with_outputs
        .iter()
        .flat_map(|step| needs(step))
        .map(String::as_str)
        .collect();
    let mut found = HashSet::new();
    while let Some(step) = pending.pop() {
        if found.insert(step) {
            pending.extend(needs(step).iter().map(String::as_str));
        }
    }
    found
}

/// What was asked for, in any spelling of a path.
fn named(provenance: &Provenance, asked: &[String]) -> Result<Chosen, ExportError> {
    let mut attested: HashMap<&str, Vec<&Artifact>> = HashMap::new();
    for artifact in &provenance.artifacts {
        attested.entry(&artifact.path).or_default().push(artifact);
    }
    let mut chosen = Chosen::new();
    for spelled in asked {
        within(spelled)?;
        let path = path::normal(spelled);
        let of_path = attested
            .get(path.as_str())
            .ok_or_else(|| ExportError::NotAttested(spelled.clone()))?;
        for artifact in of_path {
            if artifact.kind != Artifact::FILE {
                return Err(ExportError::NotAFile {
                    path,
                    kind: match artifact.kind.as_str() {
                        Artifact::SYMLINK => "symbolic link".to_owned(),
                        kind => kind.to_owned(),
                    },
                });
            }
            add(&mut chosen, artifact)?;
        }
    }
    Ok(chosen)
}

fn add(chosen: &mut Chosen, artifact: &Artifact) -> Result<(), ExportError> {
    within(&artifact.path)?;
    // A digest of another algorithm cannot be held against anything here.
    let digest = artifact
        .digest
        .valid()
        .filter(|_| artifact.algorithm == Artifact::BLAKE3)
        .ok_or_else(|| ExportError::NotAttested(artifact.path.clone()))?;
    let digests = chosen.entry(artifact.path.clone()).or_default();
    if !digests.contains(digest) {
        digests.push(*digest);
    }
    Ok(())
}

/// Also of the receipt's own paths: a signer can write anything, and nothing outside the workspace is to be opened.
fn within(path: &str) -> Result<(), ExportError> {
    path::issue(path).map_or(Ok(()), |reason| {
        Err(ExportError::Path {
            path: path.to_owned(),
            reason,
        })
    })
}
