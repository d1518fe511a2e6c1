//! The same verification from each language, beside Rust: what it costs to cross the border; and beside what the language has
//! for it without us. And how much each package makes its users load.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use attest_core::receipt::Receipt;
use attest_core::trust::TrustStore;
use attest_core::verify::Verifier;
use attest_tests::binary;
use serde_json::json;
use tempfile::TempDir;

use crate::table::{Other, Table};
use crate::timing::{Run, Runs, medians, whole};
use crate::{Failure, libraries, peer};

/// Each by the variable with its program, which takes RECEIPT OPTIONS SECONDS and prints nanoseconds.
const LANGUAGES: [(&str, &str); 4] = [
    ("C", "ATTEST_BENCH_C"),
    ("Go", "ATTEST_BENCH_GO"),
    ("Python", "ATTEST_BENCH_PYTHON"),
    ("Node", "ATTEST_BENCH_NODE"),
];
/// Seconds that one run of a language's program takes.
pub(crate) const SECONDS: f64 = 0.5;

pub(crate) fn rows(table: &mut Table, runs: Runs) -> Result<(), Failure> {
    let folder = TempDir::new()?;
    let vector = binary::vectors().join("receipts/cached");
    let receipt = Receipt::parse(&std::fs::read(vector.join("receipt.yaml"))?)?;
    let key = receipt
        .signer_public_key()
        .ok_or("the vector is not signed")?;
    let trials = libraries::trials(&receipt, folder.path())?;
    let receipt = receipt.to_json();
    let trust = vector.join("trust");
    let path = folder.path().join("receipt.json");
    let options = folder.path().join("options.json");
    std::fs::write(&path, &receipt)?;
    std::fs::write(&options, json!({"trust_store": trust}).to_string())?;

    let mut each: Vec<Run<'_>> = vec![in_rust(receipt.as_bytes(), &trust)?];
    let mut names = Vec::new();
    for (language, variable) in LANGUAGES {
        let Some(program) = program(language, variable) else {
            continue;
        };
        let (path, options) = (path.clone(), options.clone());
        each.push(Box::new(move || {
            let mut command = Command::new(&program);
            nanoseconds(command.args([&path, &options]).arg(SECONDS.to_string()))
        }));
        names.push(language);
    }
    let mut libraries = libraries::find()?;
    // A row needs both.
    libraries.retain(|library| names.contains(&library.language));
    for library in &libraries {
        library.prove(&trials)?;
        each.push(library.run(&path, &key));
    }

    let times = medians(runs, each)?;
    let (rust, others) = times.split_first().ok_or("nothing was timed")?;
    let (ours, theirs) = others
        .split_at_checked(names.len())
        .ok_or("not everything was timed")?;
    let mut add = |language: &str, time: Duration, other: Other| {
        let size = receipt.len();
        let what = format!("verify a receipt of {size} bytes, JSON, from {language}");
        table.add(what, time, Some(other));
    };
    for (language, time) in names.iter().zip(ours) {
        let name = "the same in Rust".to_owned();
        add(language, *time, Other { name, time: *rust });
    }
    for (library, time) in libraries.into_iter().zip(theirs) {
        let ours = names.iter().zip(ours);
        for (language, ours) in ours.filter(|(name, _)| **name == library.language) {
            let name = library.used.clone();
            add(language, *ours, Other { name, time: *time });
        }
    }
    import(table, runs)
}

/// What a user loads: sizes, which have no time.
pub(crate) fn sizes() {
    for (what, variable) in [
        ("the Python wheel", "ATTEST_BENCH_WHEEL"),
        ("the .node module", "ATTEST_BENCH_NODE_MODULE"),
        ("the C shared library", "ATTEST_BENCH_C_LIBRARY"),
    ] {
        if let Some(size) = place(variable).and_then(|path| path.metadata().ok()) {
            println!("{what}: {:.2} MiB", size.len() as f64 / f64::from(1 << 20));
        }
    }
}

/// One verification in this process, the median of as many as take as long as another language's run.
fn in_rust(receipt: &[u8], trust: &Path) -> Result<Run<'static>, Failure> {
    const CALLS: u32 = 200;
    let verifier = Verifier::builder()
        .trust_store(TrustStore::read_folder(trust)?)
        .build();
    let receipt = receipt.to_vec();
    Ok(Box::new(move || {
        let end = Instant::now() + Duration::from_secs_f64(SECONDS);
        let mut rounds = Vec::new();
        while Instant::now() < end {
            let start = Instant::now();
            for _ in 0..CALLS {
                if !verifier.verify_bytes(black_box(&receipt))?.valid {
                    return Err("the vector does not verify".into());
                }
            }
            rounds.push(start.elapsed() / CALLS);
        }
        rounds.sort_unstable();
        let median = rounds.get(rounds.len() / 2).copied();
        median.ok_or_else(|| "nothing was timed".into())
    }))
}

/// What a program that times itself says.
pub(crate) fn nanoseconds(command: &mut Command) -> Result<Duration, Failure> {
    let said = peer::said(command)?;
    let nanoseconds = said.trim().parse::<f64>();
    let nanoseconds = nanoseconds.map_err(|_| format!("{command:?}: {said:?}"))?;
    Ok(Duration::from_secs_f64(nanoseconds / 1e9))
}

/// What `import attest_sdk` adds to the start of an interpreter.
fn import(table: &mut Table, runs: Runs) -> Result<(), Failure> {
    let Some(python) = place("ATTEST_BENCH_INTERPRETER") else {
        return Ok(());
    };
    let start = |code: &'static str| {
        let python = python.clone();
        whole(move || peer::run(Command::new(&python).args(["-c", code])))
    };
    let times = medians(runs, vec![start("import attest_sdk"), start("pass")])?;
    if let &[with, without] = times.as_slice() {
        let other = Other {
            name: "the same without the import".to_owned(),
            time: without,
        };
        table.add("start Python and import attest_sdk", with, Some(other));
    }
    Ok(())
}

/// The program of a language or a library; where there is none, that is said.
pub(crate) fn program(language: &str, variable: &str) -> Option<PathBuf> {
    let found = place(variable);
    if found.is_none() {
        eprintln!(
            "{language} is left out: {variable} is not set (`make bench` sets it where the toolchain is)"
        );
    }
    found
}

fn place(variable: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).filter(|path| !path.is_empty());
    path.map(PathBuf::from)
}
