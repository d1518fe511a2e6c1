//! `attest keys generate`: a new Ed25519 key in two files, the private one for its owner alone.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use attest_sdk::SigningKey;
use clap::Args;
use serde_json::json;

use crate::failure::Failure;
use crate::output::Console;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where the private key goes (PKCS#8 PEM, mode 0600); the public key goes beside it, ending in .pub
    #[arg(long, value_name = "FILE", default_value = "signing-key.pem")]
    out: PathBuf,
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<u8, Failure> {
    let key = SigningKey::generate().map_err(|error| Failure::new(error.to_string()))?;
    let public = key.public_key();
    let public_file = arguments.out.with_extension("pub");
    if public_file == arguments.out {
        return Err(Failure::new(
            "--out names the private key: .pub is the ending of the public one",
        ));
    }
    for file in [&arguments.out, &public_file] {
        if file.symlink_metadata().is_ok() {
            return Err(exists(file));
        }
    }
    write(&arguments.out, key.to_pkcs8_pem().as_bytes(), 0o600)?;
    write(&public_file, public.to_pem().as_bytes(), 0o644)?;
    let (id, text) = (key.id().to_string(), public.to_string());
    if arguments.json {
        console.json(&json!({"id": id, "public_key": text, "private_key_file": arguments.out, "public_key_file": public_file}));
    } else {
        console.data(&format!("key id       {id}"));
        console.data(&format!("public key   {text}"));
        console.data(&format!(
            "private key  {}: keep it secret",
            arguments.out.display()
        ));
        console.data(&format!(
            "             {}: hand this out",
            public_file.display()
        ));
    }
    Ok(0)
}

fn exists(file: &Path) -> Failure {
    Failure::new(format!(
        "{} is there already: a key is never overwritten",
        file.display()
    ))
    .hint("give another --out FILE")
}

fn write(file: &Path, content: &[u8], mode: u32) -> Result<(), Failure> {
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(file)
        .and_then(|mut open| open.write_all(content).and_then(|()| open.sync_all()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists(file),
        _ => Failure::new(format!("cannot write {}: {error}", file.display())),
    })
}
