//! The same check by what each language has for it: a receipt's signed bytes rebuilt with a JSON library, their signature
//! held against a pinned key, their BLAKE3. Before it is timed, each has to show that it accepts receipts and refuses changed
//! ones: a program that checks less costs less.

use std::path::{Path, PathBuf};
use std::process::Command;

use attest_core::key::PublicKey;
use attest_core::receipt::Receipt;
use attest_core::verify::Verifier;
use serde_json::Value;

use crate::languages::{SECONDS, nanoseconds, program};
use crate::peer::said;
use crate::timing::Run;
use crate::{Failure, changed, receipts};

/// Each by its language and the variable with its program, one of `tests/bench/drivers/peers`.
const LIBRARIES: [(&str, &str, &str); 5] = [
    ("Python", "cryptography", "ATTEST_BENCH_CRYPTOGRAPHY"),
    (
        "Python",
        "securesystemslib",
        "ATTEST_BENCH_SECURESYSTEMSLIB",
    ),
    ("Node", "node:crypto", "ATTEST_BENCH_NODE_CRYPTO"),
    ("Node", "@noble/curves", "ATTEST_BENCH_NOBLE"),
    ("Go", "crypto/ed25519", "ATTEST_BENCH_GO_CRYPTO"),
];
const REFUSED: &str = "refused";

/// A program that verifies by the library of others.
pub(crate) struct Library {
    pub(crate) language: &'static str,
    /// What it uses, with versions.
    pub(crate) used: String,
    program: PathBuf,
}

/// Those that are on this machine; the others are left out, aloud.
pub(crate) fn find() -> Result<Vec<Library>, Failure> {
    let here = |(language, name, variable)| {
        let program = program(name, variable)?;
        let used = said(Command::new(&program).arg("versions"));
        Some(used.map(|used| Library {
            language,
            used: used.trim().to_owned(),
            program,
        }))
    };
    LIBRARIES.into_iter().filter_map(here).collect()
}

impl Library {
    /// One verification of the receipt at `path`.
    pub(crate) fn run(&self, path: &Path, key: &PublicKey) -> Run<'static> {
        let (program, path, key) = (self.program.clone(), path.to_owned(), key.to_string());
        Box::new(move || {
            nanoseconds(
                Command::new(&program)
                    .args(["time", &key])
                    .arg(&path)
                    .arg(SECONDS.to_string()),
            )
        })
    }

    /// # Errors
    /// Where it does not say of each trial what the trial expects.
    pub(crate) fn prove(&self, trials: &[Trial]) -> Result<(), Failure> {
        for Trial { key, documents } in trials {
            let paths = documents.iter().map(|(path, _)| path);
            let said = said(Command::new(&self.program).args(["check", key]).args(paths))?;
            let said: Vec<&str> = said.lines().collect();
            if said.len() != documents.len() {
                let (found, asked) = (said.len(), documents.len());
                return Err(format!("{}: {found} verdicts on {asked}", self.used).into());
            }
            for ((path, expected), said) in documents.iter().zip(said) {
                if said != expected {
                    let document = std::fs::read_to_string(path)?;
                    let used = &self.used;
                    return Err(format!("{used} says {said}, not {expected}, of {document}").into());
                }
            }
        }
        Ok(())
    }
}

/// Documents, each with what is to be said of it where `key` alone is trusted: its hash, or that it is refused.
pub(crate) struct Trial {
    key: String,
    documents: Vec<(PathBuf, String)>,
}

/// The receipt that is timed, everything that it is not, and receipts of all shapes; the files in `folder`.
pub(crate) fn trials(receipt: &Receipt, folder: &Path) -> Result<Vec<Trial>, Failure> {
    let mut count = 0;
    let mut file = |text: &str| -> Result<PathBuf, Failure> {
        count += 1;
        let path = folder.join(format!("trial-{count}.json"));
        std::fs::write(&path, text)?;
        Ok(path)
    };
    let key = receipt
        .signer_public_key()
        .ok_or("the vector is not signed")?;
    let mut shapes = receipts::signed(5)?;
    shapes.push(receipts::with_awkward_text()?);

    let json = receipt.to_json();
    let mut pinned = vec![(file(&json)?, receipt.hash().to_string())];
    let ours = Verifier::builder().trusted_key(key)?.build();
    for document in changed::each(&serde_json::from_str::<Value>(&json)?) {
        let document = document.to_string();
        if ours
            .verify_bytes(document.as_bytes())
            .is_ok_and(|report| report.valid)
        {
            return Err(format!("we accept what was changed: {document}").into());
        }
        pinned.push((file(&document)?, REFUSED.to_owned()));
    }
    let mut other = vec![(file(&json)?, REFUSED.to_owned())];
    for shape in &shapes {
        let path = file(&shape.to_json())?;
        pinned.push((path.clone(), REFUSED.to_owned()));
        other.push((path, shape.hash().to_string()));
    }
    let trial = |key: &PublicKey, documents| Trial {
        key: key.to_string(),
        documents,
    };
    Ok(vec![trial(&key, pinned), trial(&receipts::signer(), other)])
}
