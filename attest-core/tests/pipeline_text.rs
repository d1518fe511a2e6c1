//! The canonical text against the library that the format was defined with, on random pipelines.
#![allow(clippy::unwrap_used)] // the whole file is tests

use std::collections::BTreeMap;

use attest_core::pipeline::{Attestation, Pipeline, Step, StepAttestation};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde::Serialize;

/// The structures as the library sees them.
#[derive(Serialize)]
struct JudgedPipeline<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    schema_version: Option<u32>,
    version: &'a str,
    name: Option<&'a str>,
    steps: BTreeMap<&'a str, JudgedStep<'a>>,
    env: &'a BTreeMap<String, String>,
    attestation: JudgedAttestation,
}

#[derive(Serialize)]
struct JudgedStep<'a> {
    run: &'a str,
    inputs: &'a [String],
    outputs: &'a [String],
    needs: Option<&'a [String]>,
    env: Option<&'a BTreeMap<String, String>>,
    working_dir: Option<&'a str>,
    image: Option<&'a str>,
    capsule: Option<&'a str>,
    cache: bool,
    timeout_secs: Option<u64>,
    attestation: Option<JudgedStepAttestation<'a>>,
}

#[derive(Serialize)]
struct JudgedAttestation {
    sign_all_steps: bool,
    verify_dependencies: bool,
    require_reproducible: bool,
}

#[derive(Serialize)]
struct JudgedStepAttestation<'a> {
    r#type: &'a str,
    reproducible: bool,
    generate_slsa: bool,
    verify_chain: bool,
}

fn judged(pipeline: &Pipeline) -> String {
    let judged = JudgedPipeline {
        schema_version: pipeline.schema_version,
        version: &pipeline.version,
        name: pipeline.name.as_deref(),
        steps: pipeline
            .steps
            .iter()
            .map(|(name, step)| (name.as_str(), judged_step(step)))
            .collect(),
        env: &pipeline.env,
        attestation: JudgedAttestation {
            sign_all_steps: pipeline.attestation.sign_all_steps,
            verify_dependencies: pipeline.attestation.verify_dependencies,
            require_reproducible: pipeline.attestation.require_reproducible,
        },
    };
    serde_norway::to_string(&judged).unwrap()
}

fn judged_step(step: &Step) -> JudgedStep<'_> {
    JudgedStep {
        run: &step.run,
        inputs: &step.inputs,
        outputs: &step.outputs,
        needs: step.needs.as_deref(),
        env: step.env.as_ref(),
        working_dir: step.working_dir.as_deref(),
        image: step.image.as_deref(),
        capsule: step.capsule.as_deref(),
        cache: step.cache,
        timeout_secs: step.timeout_secs,
        attestation: step
            .attestation
            .as_ref()
            .map(|attestation| JudgedStepAttestation {
                r#type: &attestation.kind,
                reproducible: attestation.reproducible,
                generate_slsa: attestation.generate_slsa,
                verify_chain: attestation.verify_chain,
            }),
    }
}

/// Texts made of what the rules are about, so that rare neighbourhoods are met often.
fn text() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "\n",
        "\n\n",
        " ",
        "  ",
        "\t",
        "\r",
        "\r\n",
        "\u{85}",
        "\u{2028}",
        "\u{2029}",
        "\u{feff}",
        "\u{a0}",
        "\u{fffd}",
        "\u{ffff}",
        "\0",
        "\u{7}",
        "\u{1b}",
        "\u{7f}",
        "\u{9f}",
        "\u{e000}",
        "\u{10ffff}",
        "a",
        "b",
        "é",
        "漢",
        "😀",
        "'",
        "''",
        "\"",
        "\\",
        ":",
        ": ",
        " :",
        "#",
        " #",
        "-",
        "- ",
        "--",
        "---",
        ".",
        "...",
        "?",
        "? ",
        ",",
        "[",
        "]",
        "{",
        "}",
        "&",
        "*",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        "=",
        "<<",
        "~",
        "null",
        "Null",
        "true",
        "False",
        "yes",
        "no",
        "0",
        "1",
        "7",
        "00",
        "+",
        "0x",
        "0o",
        "0b",
        "1F",
        "f",
        "e",
        "E+",
        "1e3",
        ".5",
        ".inf",
        ".nan",
        ".NaN",
        "_",
        "2026-01-01",
        "12:30",
        "340282366920938463463374607431768211455",
        "170141183460469231731687303715884105728",
        "80000000000000000000000000000000",
        "80000000000000000000000000000001",
        "ffffffffffffffffffffffffffffffff",
    ];
    prop_oneof![
        4 => vec(prop::sample::select(PIECES), 0..5).prop_map(|pieces| pieces.concat()),
        1 => vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
        1 => "[-+]?(0[xob])?[0-9a-fA-F_.]{0,6}([eE][-+]?[0-9]{1,3})?",
        1 => (120..136_usize, 0..3_usize).prop_map(|(ascii, wide)| "k".repeat(ascii) + &"é".repeat(wide)),
    ]
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    vec(text(), 0..4)
}

fn env() -> impl Strategy<Value = BTreeMap<String, String>> {
    btree_map(text(), text(), 0..5)
}

fn step() -> impl Strategy<Value = Step> {
    let settings = (text(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(kind, reproducible, generate_slsa, verify_chain)| StepAttestation {
            kind,
            reproducible,
            generate_slsa,
            verify_chain,
        },
    );
    let first = (
        text(),
        texts(),
        texts(),
        option::of(texts()),
        option::of(env()),
    );
    let last = (
        option::of(text()),
        option::of(text()),
        option::of(text()),
        any::<bool>(),
        option::of(any::<u64>()),
        option::of(settings),
    );
    (first, last).prop_map(
        |(
            (run, inputs, outputs, needs, env),
            (working_dir, image, capsule, cache, timeout_secs, attestation),
        )| Step {
            run,
            inputs,
            outputs,
            needs,
            env,
            working_dir,
            image,
            capsule,
            cache,
            timeout_secs,
            attestation,
        },
    )
}

fn pipeline() -> impl Strategy<Value = Pipeline> {
    let switches = (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(sign_all_steps, verify_dependencies, require_reproducible)| Attestation {
            sign_all_steps,
            verify_dependencies,
            require_reproducible,
        },
    );
    let fields = (
        option::of(any::<u32>()),
        text(),
        option::of(text()),
        btree_map(text(), step(), 0..4),
        env(),
        switches,
    );
    fields.prop_map(
        |(schema_version, version, name, steps, env, attestation)| Pipeline {
            schema_version,
            version,
            name,
            steps,
            env,
            attestation,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_text_is_the_one_that_the_reference_library_writes(pipeline in pipeline()) {
        prop_assert_eq!(pipeline.canonical_text(), judged(&pipeline));
    }

    #[test]
    fn reading_the_text_gives_the_pipeline_back(pipeline in pipeline()) {
        // A plain `<<` is a merge key to a reader, and refused, though the writer leaves it plain.
        let keys = |env: &BTreeMap<String, String>| env.contains_key("<<");
        prop_assume!(!keys(&pipeline.env) && !pipeline.steps.contains_key("<<"));
        prop_assume!(!pipeline.steps.values().filter_map(|step| step.env.as_ref()).any(keys));
        let text = pipeline.canonical_text();
        match Pipeline::parse(text.as_bytes()) {
            Ok(again) => prop_assert_eq!(again, pipeline),
            Err(error) => prop_assert!(false, "{error}\n{text}"),
        }
    }
}

/// More on request: `PROPTEST_CASES=20000 cargo test …`.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(1000)
}
