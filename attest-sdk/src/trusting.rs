//! Whom a client's receipts are judged by: the caller's keys, else the ones the server publishes.

use attest_core::key::PublicKey;
use attest_core::trust::{Standing, TrustStore, TrustedKey};
use attest_core::verify::{BuildError, Expect, TrustState, Verifier};

use crate::keys::Fetched;
use crate::v1::{self, KeyStatus, PublishedKey};
use crate::{Error, ErrorKind};

/// What is asked of every receipt that comes through a client.
const SUCCESS: &str = "require-success";

/// Where the trusted keys come from.
pub(crate) enum Trusted<'a> {
    /// The caller named them; an empty list trusts nothing.
    Given(&'a [v1::TrustedKey]),
    /// The server publishes them.
    Published(Fetched),
}

/// The verifier of a receipt of that execution.
pub(crate) fn verifier(
    trusted: &Trusted<'_>,
    policies: &[String],
    allow_failed: bool,
    execution_id: Option<&str>,
) -> Result<Verifier, Error> {
    let mut builder = Verifier::builder();
    builder = match trusted {
        Trusted::Given(keys) => keys
            .iter()
            .try_fold(builder.given_keys_alone(), |builder, key| {
                builder.given_key(key)
            })
            .map_err(refuse)?,
        Trusted::Published(fetched) => builder
            .trust_store(published(&fetched.keys)?)
            .trust_material(TrustState::FetchedFromServer, Some(fetched.at.0)),
    };
    if !allow_failed {
        builder = builder.policy(SUCCESS).map_err(refuse)?;
    }
    let others = policies
        .iter()
        .filter(|policy| allow_failed || *policy != SUCCESS);
    builder = builder.policies(others).map_err(refuse)?;
    let expect = Expect {
        invocation_id: execution_id.map(str::to_owned),
        ..Expect::default()
    };
    Ok(builder.expect(expect).build())
}

/// Whether the keys have the one that signed; a receipt without a signer needs no key.
pub(crate) fn holds(keys: &[PublishedKey], signer: Option<&PublicKey>) -> bool {
    signer.is_none_or(|signer| {
        keys.iter()
            .any(|key| PublicKey::parse(&key.public_key).is_ok_and(|key| key == *signer))
    })
}

/// A status this version does not know is no reason to trust.
fn published(keys: &[PublishedKey]) -> Result<TrustStore, Error> {
    let broken = |why: String| {
        Error::new(
            ErrorKind::Decode,
            format!("the server publishes a key that cannot be used: {why}"),
        )
    };
    let mut store = TrustStore::new();
    for key in keys {
        let standing = match key.status {
            KeyStatus::Active | KeyStatus::Retired => Standing::Trusted,
            KeyStatus::Revoked => Standing::Revoked {
                at: key.revoked_at.map(|at| at.0),
            },
            _ => continue,
        };
        let public =
            PublicKey::parse(&key.public_key).map_err(|error| broken(error.to_string()))?;
        let mut trusted = TrustedKey::new(public);
        trusted.signer.clone_from(&key.signer);
        trusted.standing = standing;
        trusted.valid_from = key.valid_from.map(|from| from.0);
        store
            .add(trusted)
            .map_err(|error| broken(error.to_string()))?;
    }
    Ok(store)
}

fn refuse(error: BuildError) -> Error {
    Error::new(ErrorKind::Config, error.to_string()).with_source(error)
}
