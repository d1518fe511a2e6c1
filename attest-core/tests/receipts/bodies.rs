//! Receipt bodies to test with: random ones of every shape, and one that has every field.

use attest_core::digest::Digest;
use attest_core::key::SigningKey;
use attest_core::receipt::{
    Artifact, Body, Ci, Control, ControlStatus, Execution, Isolation, IsolationMode, PlannedStep,
    Provenance, Reproducibility, Source, Spelled, Step,
};
use chrono::{DateTime, TimeZone as _, Utc};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use zeroize::Zeroizing;

/// The key of a seed of one repeated byte.
pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&Zeroizing::new([seed; 32]))
}

/// Text that writers and readers of YAML and JSON are known to trip over.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z0-9]{1,4}",
        2 => "[ \t]{1,2}",
        2 => "[\n]{1,2}",
        2 => prop::sample::select(vec![
            "\r", "\r\n", "\u{85}", "\u{2028}", "\u{2029}", "\u{feff}", "\u{fffe}", "\u{ffff}", "\u{7f}", "\u{9f}", "\0",
            "\u{1b}[31m", "'", "\"", "\\", ": ", " #", "- ", "? ", "# ", "%", "@", "`", "|", ">", "&a", "*a", "!t", "{", "}",
            "[", "]", ",", "---", "...", "null", "~", "true", "0x1f", "1e3", ".inf", "0123", "é", "漢", "😀", "<<", "=",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn digest() -> impl Strategy<Value = Spelled<Digest>> {
    any::<[u8; 32]>().prop_map(|bytes| Digest::from_bytes(bytes).into())
}

fn time() -> impl Strategy<Value = DateTime<Utc>> {
    let nanos = prop_oneof![
        Just(0),
        Just(120_000_000),
        Just(123_456_000),
        0..1_000_000_000u32
    ];
    (0..253_402_300_800i64, nanos)
        .prop_map(|(seconds, nanos)| Utc.timestamp_opt(seconds, nanos).unwrap())
}

fn step(name: String) -> impl Strategy<Value = Step> {
    let hashes = (digest(), digest(), option::of(digest()));
    (
        hashes,
        any::<u64>(),
        any::<i32>(),
        any::<bool>(),
        text(),
        text(),
    )
        .prop_map(
            move |(
                (input_hash, output_hash, capsule_hash),
                duration_secs,
                exit_code,
                cache_hit,
                stdout,
                stderr,
            )| Step {
                name: name.clone(),
                input_hash,
                output_hash,
                duration_secs,
                exit_code,
                cache_hit,
                stdout,
                stderr,
                capsule_hash,
            },
        )
}

fn planned(name: String) -> impl Strategy<Value = PlannedStep> {
    (
        vec(text(), 0..3),
        digest(),
        vec(text(), 0..3),
        vec(text(), 0..3),
    )
        .prop_map(move |(needs, command_hash, inputs, outputs)| PlannedStep {
            name: name.clone(),
            needs,
            command_hash,
            inputs,
            outputs,
        })
}

fn artifact() -> impl Strategy<Value = Artifact> {
    (
        text(),
        text(),
        prop::sample::select(vec![Artifact::FILE, Artifact::SYMLINK, Artifact::DIRECTORY]),
        digest(),
    )
        .prop_map(|(step, path, kind, digest)| Artifact {
            step,
            path,
            kind: kind.to_owned(),
            digest,
            algorithm: Artifact::BLAKE3.to_owned(),
        })
}

fn provenance(names: Vec<String>) -> impl Strategy<Value = Provenance> {
    let source = (
        option::of(text()),
        text(),
        option::of(text()),
        any::<bool>(),
    )
        .prop_map(|(repository, commit, branch, tracked_dirty)| Source {
            repository,
            commit,
            branch,
            tracked_dirty,
        });
    let ci =
        (text(), option::of(text()), option::of(text())).prop_map(|(provider, run_id, job_id)| {
            Ci {
                provider,
                run_id,
                job_id,
            }
        });
    let execution = prop_oneof![
        Just(Execution::Native),
        vec(text(), 0..3).prop_map(|command| Execution::Wrapped { command }),
    ];
    let steps: Vec<_> = names.into_iter().map(planned).collect();
    let head = (
        option::of(text()),
        option::of(time()),
        option::of(text()),
        option::of(source),
        text(),
        text(),
    );
    (
        head,
        option::of(ci),
        steps,
        vec(artifact(), 0..3),
        option::of(execution),
    )
        .prop_map(
            |(
                (invocation_id, started_at, pipeline_name, source, runner_os, runner_arch),
                ci,
                steps,
                artifacts,
                execution,
            )| {
                Provenance {
                    invocation_id,
                    started_at,
                    pipeline_name,
                    source,
                    runner_os,
                    runner_arch,
                    ci,
                    steps,
                    artifacts,
                    execution,
                }
            },
        )
}

fn isolation() -> impl Strategy<Value = Isolation> {
    let control = (
        text(),
        prop::sample::select(ControlStatus::ALL.to_vec()),
        text(),
    )
        .prop_map(|(name, status, detail)| Control {
            name,
            status,
            detail,
        });
    (
        prop::sample::select(IsolationMode::ALL.to_vec()),
        text(),
        vec(control, 0..3),
        vec(text(), 0..2),
    )
        .prop_map(|(mode, platform, controls, capsule_steps)| Isolation {
            mode,
            platform,
            controls,
            capsule_steps,
        })
}

/// A consistent body of the newest schema, of any shape.
pub(crate) fn body() -> impl Strategy<Value = Body> {
    btree_map(text(), Just(()), 1..4).prop_flat_map(|names| {
        let names: Vec<String> = names.into_keys().collect();
        let steps: Vec<_> = names.iter().cloned().map(step).collect();
        let head = (
            digest(),
            steps,
            time(),
            any::<u64>(),
            "[0-9]\\.[0-9]|[a-z]{1,3}",
        );
        let events = (vec(text(), 0..3), option::of(digest()));
        let reproducibility =
            (any::<bool>(), any::<u32>(), text()).prop_map(|(verified, runs, method)| {
                Reproducibility {
                    verified,
                    runs,
                    method,
                }
            });
        let rest = (
            option::of(reproducibility),
            option::of(provenance(names)),
            option::of(isolation()),
        );
        (head, events, rest).prop_map(
            |(
                (pipeline_hash, steps, timestamp, total_duration_secs, attest_version),
                (mut causal_events, causal_chain_hash),
                (reproducibility, provenance, isolation),
            )| {
                causal_events.sort();
                Body {
                    schema_version: Some(3),
                    pipeline_hash,
                    steps,
                    timestamp,
                    total_duration_secs,
                    attest_version,
                    causal_events,
                    causal_chain_hash,
                    reproducibility,
                    provenance,
                    isolation,
                }
            },
        )
    })
}

/// A body in which no field is absent.
pub(crate) fn full() -> Body {
    let digest = |text: &str| Spelled::Valid(Digest::of(text.as_bytes()));
    let step = |name: &str| Step {
        name: name.to_owned(),
        input_hash: digest("in"),
        output_hash: digest("out"),
        duration_secs: 1,
        exit_code: 0,
        cache_hit: false,
        stdout: "built\n".to_owned(),
        stderr: String::new(),
        capsule_hash: Some(digest("capsule")),
    };
    let planned = |name: &str| PlannedStep {
        name: name.to_owned(),
        needs: vec!["a".to_owned()],
        command_hash: digest("command"),
        inputs: vec!["src/".to_owned()],
        outputs: vec!["out/".to_owned()],
    };
    let at = Utc.with_ymd_and_hms(2026, 11, 24, 12, 0, 0).unwrap();
    Body {
        schema_version: Some(3),
        pipeline_hash: digest("pipeline"),
        steps: vec![step("a"), step("b")],
        timestamp: at,
        total_duration_secs: 2,
        attest_version: "0.1.0".to_owned(),
        causal_events: vec!["e1".to_owned(), "e2".to_owned()],
        causal_chain_hash: Some(digest("chain")),
        reproducibility: Some(Reproducibility {
            verified: true,
            runs: 2,
            method: "rerun".to_owned(),
        }),
        provenance: Some(Provenance {
            invocation_id: Some("exec_1".to_owned()),
            started_at: Some(at),
            pipeline_name: Some("demo".to_owned()),
            source: Some(Source {
                repository: Some("https://example.com/r.git".to_owned()),
                commit: "c0ffee".to_owned(),
                branch: Some("main".to_owned()),
                tracked_dirty: false,
            }),
            runner_os: "linux".to_owned(),
            runner_arch: "x86_64".to_owned(),
            ci: Some(Ci {
                provider: "ci".to_owned(),
                run_id: Some("7".to_owned()),
                job_id: Some("8".to_owned()),
            }),
            steps: vec![planned("a"), planned("b")],
            artifacts: vec![Artifact {
                step: "b".to_owned(),
                path: "out/app".to_owned(),
                kind: Artifact::FILE.to_owned(),
                digest: digest("app"),
                algorithm: Artifact::BLAKE3.to_owned(),
            }],
            execution: Some(Execution::Wrapped {
                command: vec!["make".to_owned()],
            }),
        }),
        isolation: Some(Isolation {
            mode: IsolationMode::Container,
            platform: "linux".to_owned(),
            controls: vec![Control {
                name: "network".to_owned(),
                status: ControlStatus::NotEnforced,
                detail: "open".to_owned(),
            }],
            capsule_steps: vec!["a".to_owned()],
        }),
    }
}
