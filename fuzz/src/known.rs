//! What is known to be genuine: the receipts of `tests/vectors`, whose keys are trusted, and a key to sign with.

use std::collections::HashSet;
use std::sync::LazyLock;

use attest_core::key::SigningKey;
use attest_core::receipt::{Body, Receipt};
use attest_core::trust::{TrustStore, TrustedKey};
use attest_core::verify::{Builder, Verifier};
use zeroize::Zeroizing;

macro_rules! vectors {
    ($($name:literal),*) => {
        [$(include_bytes!(concat!("../../tests/vectors/receipts/", $name, "/receipt.yaml")).as_slice()),*]
    };
}

/// Receipts that their keys did sign.
pub static SIGNED: LazyLock<Vec<Receipt>> = LazyLock::new(|| {
    let texts = vectors!["basic", "cached", "weird", "wrapped", "wrapped-failed"];
    texts
        .map(|text| Receipt::parse(text).expect("a vector is readable"))
        .into()
});

/// One that nobody signed.
pub static UNSIGNED: LazyLock<Receipt> =
    LazyLock::new(|| Receipt::parse(vectors!["unsigned"][0]).expect("a vector is readable"));

/// What the trusted keys did sign; nothing else can be valid.
static GENUINE: LazyLock<HashSet<Vec<u8>>> = LazyLock::new(|| {
    SIGNED
        .iter()
        .map(|receipt| receipt.body().canonical_bytes())
        .collect()
});

/// Trusts the keys of [`SIGNED`] and that of [`signing_key`], at a moment after every possible receipt.
pub static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| builder().build());

/// Whether one of the trusted keys did sign these canonical bytes, of the receipts that are known.
pub fn is_genuine(canonical: &[u8]) -> bool {
    GENUINE.contains(canonical)
}

/// Signs what a target makes.
pub fn signing_key() -> &'static SigningKey {
    static KEY: LazyLock<SigningKey> =
        LazyLock::new(|| SigningKey::from_seed(&Zeroizing::new([7; 32])));
    &KEY
}

/// As [`VERIFIER`], to ask more of.
pub fn builder() -> Builder {
    let mut store = TrustStore::new();
    let keys = SIGNED.iter().filter_map(Receipt::signer_public_key);
    for key in keys.chain([signing_key().public_key()]) {
        if store.get(&key).is_none() {
            store
                .add(TrustedKey::new(key))
                .expect("it is not there yet");
        }
    }
    Verifier::builder()
        .trust_store(store)
        .now("9999-12-31T23:59:59Z".parse().expect("a time"))
}

/// This body signed by [`signing_key`], where it is one that can be signed.
pub fn signed(body: &Body) -> Option<Receipt> {
    let mut body = body.clone();
    body.schema_version = Some(attest_core::receipt::LATEST_SCHEMA);
    body.sign(signing_key()).ok()
}
