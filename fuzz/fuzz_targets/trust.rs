//! `trust.toml`, and the texts of keys.
#![no_main]

use attest_core::key::{PublicKey, SigningKey};
use attest_core::receipt::Receipt;
use attest_core::trust::{TrustStore, parse_document, write_document};
use attest_core::verify::Verifier;
use attest_fuzz::known::{SIGNED, UNSIGNED, signing_key};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    keys(text);
    let Ok(entries) = parse_document(text) else {
        return;
    };
    let known: Vec<PublicKey> = SIGNED
        .iter()
        .filter_map(Receipt::signer_public_key)
        .collect();
    let mut store = TrustStore::new();
    for entry in &entries {
        for key in known.iter().chain([&signing_key().public_key()]) {
            let found = entry.clone().with_key(&key.to_pem());
            assert_eq!(
                found.is_ok(),
                key.id() == entry.id,
                "an entry takes its own key alone"
            );
            if let Ok(found) = found
                && store.get(key).is_none()
            {
                store.add(found).expect("it is not there yet");
            }
        }
    }
    let written = write_document(&store).expect("what was read can be written");
    let mut again = TrustStore::new();
    for entry in parse_document(&written).unwrap_or_else(|error| panic!("{error}\n{written}")) {
        let key = store.find(entry.id).expect("it was written").public_key;
        again
            .add(entry.with_key(&key.to_string()).expect("its own key"))
            .expect("each once");
    }
    assert_eq!(again, store, "{written}");
    let now = "2026-11-26T12:00:00Z".parse().expect("a time");
    let verifier = Verifier::builder()
        .trust_store(store.clone())
        .now(now)
        .build();
    for receipt in SIGNED.iter() {
        let trusted = receipt
            .signer_public_key()
            .is_some_and(|key| store.get(&key).is_some());
        assert!(
            trusted || !verifier.verify(receipt).valid,
            "its key is not in the store"
        );
    }
    assert!(!verifier.verify(&UNSIGNED).valid);
});

/// A key in any form is one key.
fn keys(text: &str) {
    if let Ok(key) = PublicKey::parse(text) {
        for again in [key.to_string(), key.hex(), key.to_pem()] {
            assert_eq!(PublicKey::parse(&again), Ok(key));
        }
    }
    if let Ok(key) = SigningKey::from_pkcs8_pem(text) {
        let again = SigningKey::from_pkcs8_pem(&key.to_pkcs8_pem()).expect("as it was written");
        assert_eq!(again.public_key(), key.public_key());
    }
}
