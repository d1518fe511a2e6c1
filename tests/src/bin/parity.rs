//! The Rust side of `make parity`; each language has such a program, with the same three commands.
//!
//! `parity report OPTIONS`: judges the receipts whose paths come on standard input, one a line, by the verifier whose
//! options are in the JSON file OPTIONS; prints `<path>\t<report>` or `<path>\terror\t<kind>\t<message>` for each.
//! `parity held OPTIONS WORKSPACE`: the same, each receipt held against what recomputing it in WORKSPACE gives, and against
//! WORKSPACE/out/app, a file at hand.
//! `parity sign RECEIPT KEY`: prints the receipt as JSON, signed by the private key in the PEM file KEY.

use std::error::Error as StdError;
use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

use attest_sdk::v1::Timestamp;
use attest_sdk::verify::{Evidence, HeldFile};
use attest_sdk::{
    Error, ErrorKind, Receipt, SigningKey, TrustStore, TrustedKey, Verifier, receipt, recompute,
};
use serde::Deserialize;

type Outcome<T> = Result<T, Box<dyn StdError>>;

/// The options that the comparison uses, as the bindings take them.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    trusted_keys: Option<Vec<TrustedKey>>,
    trust_store: Option<PathBuf>,
    policies: Vec<String>,
    now: Option<Timestamp>,
}

fn main() -> Outcome<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    match args
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["report", options] => report(options, None),
        ["held", options, workspace] => report(options, Some(Path::new(workspace))),
        ["sign", receipt, key] => sign(receipt, key),
        _ => Err(
            "usage: parity report OPTIONS < PATHS, parity held OPTIONS WORKSPACE < PATHS, \
             or parity sign RECEIPT KEY"
                .into(),
        ),
    }
}

fn report(options: &str, workspace: Option<&Path>) -> Outcome<()> {
    let verifier = verifier(serde_json::from_slice(&fs::read(options)?)?)?;
    let mut out = std::io::stdout().lock();
    for path in std::io::stdin().lock().lines() {
        let path = path?;
        let bytes = fs::read(&path)?;
        let evidence = match workspace {
            Some(workspace) => found(&bytes, workspace)?,
            None => Evidence::default(),
        };
        match verifier.verify_bytes_with(&bytes, &evidence) {
            Ok(report) => writeln!(out, "{path}\t{}", serde_json::to_string(&report)?)?,
            Err(error) => {
                let error = Error::new(ErrorKind::ReceiptFormat, error.to_string());
                let message = error.message().replace(['\t', '\n', '\r'], " ");
                writeln!(out, "{path}\terror\t{}\t{message}", error.kind().code())?;
            }
        }
    }
    Ok(())
}

fn found(receipt: &[u8], workspace: &Path) -> Outcome<Evidence> {
    let receipt = receipt::Receipt::parse(receipt)?;
    Ok(Evidence {
        recomputed: Some(recompute(&receipt, workspace, None)),
        files: vec![HeldFile::of("app", &fs::read(workspace.join("out/app"))?)],
    })
}

fn verifier(options: Options) -> Outcome<Verifier> {
    let mut builder = Verifier::builder();
    if let Some(keys) = &options.trusted_keys {
        builder = builder.trusted_keys::<&str>([])?;
        for key in keys {
            builder = builder.given_key(key)?;
        }
    }
    if let Some(folder) = &options.trust_store {
        builder = builder.trust_store(TrustStore::read_folder(folder)?);
    }
    if let Some(now) = options.now {
        builder = builder.now(now.0);
    }
    Ok(builder.policies(&options.policies)?.build())
}

fn sign(receipt: &str, key: &str) -> Outcome<()> {
    let receipt = Receipt::parse(&fs::read(receipt)?)?;
    let key = SigningKey::from_pkcs8_pem(&fs::read_to_string(key)?)?;
    let mut out = std::io::stdout().lock();
    Ok(writeln!(out, "{}", receipt.sign(&key)?.to_json())?)
}
