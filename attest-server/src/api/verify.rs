//! `/v1/receipts/verify`: the core's verdict, for those who cannot run it themselves.

use std::sync::Arc;

use attest_core::key::PublicKey;
use attest_core::trust::{Standing, TrustStore, TrustedKey};
use attest_core::v1::{self, KeyStatus};
use attest_core::verify::{BuildError, Builder, Report, Verifier};
use axum::Json;
use axum::extract::State;

use super::App;
use super::body::Input;
use super::error::ApiError;
use crate::auth::Principal;
use crate::store::signing_keys;

/// Any valid credential may ask.
pub(super) async fn verify(
    State(app): State<Arc<App>>,
    _: Principal,
    input: Input<v1::VerifyRequest>,
) -> Result<Json<Report>, ApiError> {
    let request = input.value;
    bounded("policies", request.policies.len(), MAX_POLICIES)?;
    let keys = request.trusted_keys.as_ref().map_or(0, Vec::len);
    bounded("trusted_keys", keys, MAX_TRUSTED_KEYS)?;
    let builder =
        Verifier::builder().now(request.now.map_or_else(|| app.host.now(), |time| time.0));
    let mut builder = match request.trusted_keys {
        Some(keys) => given(builder, &keys)?,
        None => builder.trust_store(register(&app).await?),
    };
    for (index, policy) in request.policies.iter().enumerate() {
        let bad =
            |error: BuildError| ApiError::invalid(&format!("policies[{index}]"), error.to_string());
        builder = builder.policy(policy).map_err(bad)?;
    }
    let verifier = builder.build();
    // Hashing and one signature: less than a millisecond, but for receipts of many megabytes.
    // Those take tens of times their size in memory while they are read, so no more at once than there are cores for.
    let turn = app.verifications.acquire().await;
    let report = tokio::task::spawn_blocking(move || {
        verifier.verify_bytes(request.receipt.get().as_bytes())
    });
    let report = report.await.map_err(ApiError::internal)?;
    drop(turn);
    report
        .map(Json)
        .map_err(|error| ApiError::invalid("receipt", error.to_string()))
}

/// Each policy looks at the whole receipt: of a receipt and a list that fill a body together the work would be their product.
const MAX_POLICIES: usize = 100;
const MAX_TRUSTED_KEYS: usize = 1_000;

fn bounded(field: &str, found: usize, limit: usize) -> Result<(), ApiError> {
    if found <= limit {
        return Ok(());
    }
    let issue = format!("{found} are too many: at most {limit}");
    Err(ApiError::invalid(field, issue))
}

/// Exactly these; an empty list trusts nothing.
fn given(builder: Builder, keys: &[v1::TrustedKey]) -> Result<Builder, ApiError> {
    let mut builder = builder.given_keys_alone();
    for (index, key) in keys.iter().enumerate() {
        let bad = |error: BuildError| {
            ApiError::invalid(&format!("trusted_keys[{index}]"), error.to_string())
        };
        builder = builder.given_key(key).map_err(bad)?;
    }
    Ok(builder)
}

/// The server's own keys: retired ones verify, revoked ones do not.
async fn register(app: &App) -> Result<TrustStore, ApiError> {
    let keys: Result<_, ApiError> = app
        .store
        .read(|connection| Ok(signing_keys::list(connection)?))
        .await;
    let mut store = TrustStore::new();
    for key in keys? {
        let public_key = PublicKey::parse(&key.public_key).map_err(ApiError::internal)?;
        let standing = match key.status {
            KeyStatus::Active | KeyStatus::Retired => Standing::Trusted,
            _ => Standing::Revoked {
                at: key.revoked_at.map(|time| time.0),
            },
        };
        let key = TrustedKey {
            public_key,
            signer: key.signer,
            standing,
            valid_from: key.valid_from.map(|time| time.0),
            valid_until: None,
        };
        store.add(key).map_err(ApiError::internal)?;
    }
    Ok(store)
}
