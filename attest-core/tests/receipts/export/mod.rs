//! What may be exported, and what the statement then says. The files are those of a `Content` each: none is read here.

#[cfg(feature = "fs")]
mod files;
mod refusals;
mod statement;
mod subjects;

use attest_core::digest::Digest;
use attest_core::dsse;
use attest_core::export::{
    BUNDLE_MEDIA_TYPE, Content, Export, ExportError, Format, MAX_SUBJECTS, Options, PREDICATE_TYPE,
    Plan, UNVERIFIED_BUILDER,
};
use attest_core::intoto::Statement;
use attest_core::receipt::{Artifact, Body, Execution, PlannedStep, Receipt};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::bodies::{full, key};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn now() -> DateTime<Utc> {
    "2026-11-24T12:30:00Z".parse().unwrap()
}

/// An artifact whose file holds its own path.
fn artifact(step: &str, path: &str, kind: &str) -> Artifact {
    Artifact {
        step: step.to_owned(),
        path: path.to_owned(),
        kind: kind.to_owned(),
        digest: Digest::of(path.as_bytes()).into(),
        algorithm: Artifact::BLAKE3.to_owned(),
    }
}

fn planned(name: &str, needs: &[&str]) -> PlannedStep {
    PlannedStep {
        name: name.to_owned(),
        needs: needs.iter().map(|n| (*n).to_owned()).collect(),
        command_hash: Digest::of(name.as_bytes()).into(),
        inputs: Vec::new(),
        outputs: Vec::new(),
    }
}

/// A native run: `a` makes an object and a link, `b` needs it and makes two files.
fn built() -> Body {
    let mut body = full();
    let provenance = body.provenance.as_mut().unwrap();
    provenance.execution = Some(Execution::Native);
    provenance.source.as_mut().unwrap().commit = COMMIT.to_owned();
    provenance.steps = vec![planned("a", &[]), planned("b", &["a"])];
    provenance.artifacts = vec![
        artifact("a", "obj/x.o", Artifact::FILE),
        artifact("a", "obj/latest", Artifact::SYMLINK),
        artifact("b", "out/lib", Artifact::FILE),
        artifact("b", "out/app", Artifact::FILE),
        artifact("b", "out/app-latest", Artifact::SYMLINK),
    ];
    body
}

fn signed(change: impl FnOnce(&mut Body)) -> Receipt {
    let mut body = built();
    change(&mut body);
    body.sign(&key(1)).unwrap()
}

fn subjects(paths: &[&str]) -> Options {
    Options {
        subjects: paths.iter().map(|p| (*p).to_owned()).collect(),
        ..Options::default()
    }
}

fn chosen(receipt: &Receipt, options: &Options) -> Result<Vec<String>, ExportError> {
    Plan::new(receipt, &key(1), options, now())
        .map(|plan| plan.subjects().map(str::to_owned).collect())
}

fn export(receipt: &Receipt, options: &Options) -> Export {
    let key = key(1);
    let plan = Plan::new(receipt, &key, options, now()).unwrap();
    let contents: Vec<_> = plan
        .subjects()
        .map(|path| Content::read(path.as_bytes()).unwrap())
        .collect();
    plan.sign(&contents).unwrap()
}

fn statement(export: &Export) -> Statement {
    dsse::parse(export.text(Format::InToto).as_bytes())
        .unwrap()
        .verify(&key(1).public_key())
        .unwrap()
}

fn refused(receipt: &Receipt, options: &Options) -> &'static str {
    chosen(receipt, options).unwrap_err().code()
}
