//! Receipts that no run makes, signed here: every corner of the format, judged by the tool as it is judged here.

use std::fs;

use attest_sdk::receipt::{
    Artifact, Body, Ci, Control, ControlStatus, Execution, Isolation, IsolationMode, Receipt,
    Reproducibility, Source, Spelled,
};
use attest_sdk::trust::TrustedKey;
use attest_sdk::{Digest, SigningKey, TrustStore};
use attest_tests::binary;

use super::judges::{both, changed_is_refused};

type Change = fn(&mut Body);

/// What is done to the body of a vector before it is signed.
const CORNERS: &[(&str, Change)] = &[
    ("as it is", |_| {}),
    ("numbers at their ends", |body| {
        body.total_duration_secs = u64::MAX;
        body.steps[0].duration_secs = u64::MAX;
        body.steps[0].exit_code = i32::MIN;
        body.steps[1].exit_code = i32::MAX;
    }),
    ("every control character", |body| {
        body.steps[0].stdout = (0..=0x9f).filter_map(char::from_u32).collect();
        body.steps[0].stderr =
            "\u{2028}\u{2029}\u{feff}\u{fffe}\u{ffff}\u{10ffff}\u{e000}".to_owned();
    }),
    ("texts that look like YAML", |body| {
        body.steps[0].stdout = "- a: b\n# c\n--- |\n'\"&*!<<\n".to_owned();
        body.steps[0].stderr = " leading\n\ttab \n\n".to_owned();
        body.attest_version = "1.10".to_owned();
        body.steps[1].name = "~".to_owned();
    }),
    ("one line of a megabyte", |body| {
        body.steps[0].stdout = "x".repeat(1 << 20)
    }),
    ("many lines", |body| {
        body.steps[0].stdout = (0..50_000).map(|n| format!("line {n}\n")).collect()
    }),
    ("three hundred steps", |body| {
        let step = body.steps[0].clone();
        body.steps.extend((0..300).map(|n| {
            let mut step = step.clone();
            step.name = format!("step-{n}");
            step
        }));
    }),
    ("a dirty source", |body| {
        let provenance = body.provenance.as_mut().unwrap();
        provenance.source = Some(Source {
            repository: Some("ssh://git@example.com:22/a b.git".to_owned()),
            commit: "c0ffee".to_owned(),
            branch: Some("feature/é".to_owned()),
            tracked_dirty: true,
        });
    }),
    ("a CI job", |body| {
        body.provenance.as_mut().unwrap().ci = Some(Ci {
            provider: "ci".to_owned(),
            run_id: Some("7".to_owned()),
            job_id: None,
        });
    }),
    ("no provenance and no isolation", |body| {
        body.provenance = None;
        body.isolation = None;
    }),
    ("nothing known of the run", |body| {
        let provenance = body.provenance.as_mut().unwrap();
        (
            provenance.invocation_id,
            provenance.started_at,
            provenance.pipeline_name,
        ) = (None, None, None);
        provenance.execution = None;
    }),
    ("reproducible", |body| {
        body.reproducibility = Some(Reproducibility {
            verified: true,
            runs: u32::MAX,
            method: "rerun".to_owned(),
        });
    }),
    ("a capsule", |body| {
        body.steps[0].capsule_hash = Some(Spelled::Valid(Digest::of(b"capsule")));
        let isolation = body.isolation.as_mut().unwrap();
        isolation.capsule_steps = vec!["build".to_owned()];
        isolation.mode = IsolationMode::StrictContainer;
    }),
    ("controls of every state", |body| {
        let control = |status| Control {
            name: "network".to_owned(),
            status,
            detail: String::new(),
        };
        body.isolation = Some(Isolation {
            mode: IsolationMode::Container,
            platform: "linux".to_owned(),
            controls: ControlStatus::ALL.map(control).to_vec(),
            capsule_steps: vec![],
        });
    }),
    ("no events", |body| {
        body.causal_events.clear();
        body.causal_chain_hash = None;
    }),
    ("directories and links among the artifacts", |body| {
        let artifact = |kind: &str| Artifact {
            step: "build".to_owned(),
            path: format!("out/{kind} é"),
            kind: kind.to_owned(),
            digest: Spelled::Valid(Digest::of(kind.as_bytes())),
            algorithm: Artifact::BLAKE3.to_owned(),
        };
        body.provenance.as_mut().unwrap().artifacts =
            [Artifact::DIRECTORY, Artifact::SYMLINK, Artifact::FILE]
                .map(artifact)
                .to_vec();
    }),
    ("a time without and one with nine digits", |body| {
        body.timestamp = "2026-11-23T23:59:59Z".parse().unwrap();
        body.provenance.as_mut().unwrap().started_at =
            Some("2026-11-23T23:59:58.100000001+02:00".parse().unwrap());
    }),
    ("a wrapped command", |body| {
        body.steps.truncate(1);
        let name = body.steps[0].name.clone();
        let provenance = body.provenance.as_mut().unwrap();
        provenance.steps.truncate(1);
        provenance.steps[0].name = name;
        provenance.steps[0].needs.clear();
        provenance.artifacts.clear();
        provenance.execution = Some(Execution::Wrapped {
            command: vec![
                "sh".to_owned(),
                "-c".to_owned(),
                "echo 'é' \"x\"\n".to_owned(),
            ],
        });
    }),
    ("steps against the order of their names", |body| {
        body.steps.reverse()
    }),
    ("empty texts", |body| {
        body.steps[0].stdout.clear();
        let provenance = body.provenance.as_mut().unwrap();
        provenance.runner_os.clear();
        provenance.pipeline_name = Some(String::new());
    }),
];

#[test]
fn receipts_of_every_corner_of_the_format_signed_here_are_judged_alike() {
    assert!(CORNERS.len() >= 20);
    let folder = tempfile::tempdir().unwrap();
    let (receipt, trust) = (
        folder.path().join("receipt.yaml"),
        folder.path().join("trust"),
    );
    let key = SigningKey::generate().unwrap();
    let mut store = TrustStore::new();
    store
        .add(TrustedKey::new(key.public_key()).signer("here"))
        .unwrap();
    store.write_folder(&trust).unwrap();
    let vector = fs::read(binary::vectors().join("receipts/basic/receipt.yaml")).unwrap();
    let original = Receipt::parse(&vector).unwrap();
    let mut changes = 0;
    for (name, change) in CORNERS {
        let mut body = original.body().clone();
        change(&mut body);
        let signed = body
            .clone()
            .sign(&key)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        // The same in JSON, as far as the tool reads it: bare.
        let json = signed
            .to_json()
            .replace("\"blake3:", "\"")
            .replace("\"ed25519:", "\"");
        for text in [json, signed.to_yaml()] {
            fs::write(&receipt, text).unwrap();
            let (there, here, said) = both(&receipt, &trust, None);
            assert!(there && here, "{name}\n{said}");
        }
        changes += changed_is_refused(name, &receipt, &trust);
        fs::write(&receipt, body.into_unsigned().unwrap().to_yaml()).unwrap();
        let (there, here, said) = both(&receipt, &trust, None);
        assert!(!there && !here, "{name}, unsigned\n{said}");
    }
    println!(
        "{} receipts signed here, in YAML and JSON, and {changes} changed ones",
        CORNERS.len()
    );
}
