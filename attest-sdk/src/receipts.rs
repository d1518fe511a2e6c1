//! A receipt with what it takes to judge it.

use std::sync::Arc;

use attest_core::client::receipts as endpoint;
use attest_core::digest::Digest;
use attest_core::key::KeyId;
use attest_core::receipt::{self, Body};
use attest_core::verify::{Report, Verifier};

use crate::v1::ServerVerification;
use crate::{Error, ErrorKind, Execution, SigningKey, trusting};

/// How a receipt is fetched.
///
/// ```no_run
/// use attest_sdk::ReceiptOptions;
///
/// # async fn run(execution: attest_sdk::Execution) -> Result<(), attest_sdk::Error> {
/// // For an archive of red runs as well: authentic is enough.
/// let receipt = execution.get_receipt_with(ReceiptOptions { allow_failed: true }).await?;
/// let report = receipt.report()?;
/// println!("authentic: {}, outcome: {}", report.valid, report.execution.outcome.as_str());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceiptOptions {
    /// Whether the receipt of a failed run may be valid. By default it is not: a red build must never pass a gate.
    pub allow_failed: bool,
}

/// A signed record of what an execution did.
///
/// One that [`Execution::get_receipt`] fetched has a verifier attached: it trusts the client's keys, else those the server
/// publishes, and expects the receipt to be of that very execution, to meet the client's policies, and to be of a run in
/// which every step succeeded.
///
/// ```no_run
/// use attest_sdk::{Receipt, TrustStore, Verifier};
///
/// let receipt = Receipt::parse(&std::fs::read("receipt.yaml")?)?;
/// let pinned = TrustStore::read_folder(".attest/trust".as_ref())?;
/// let verifier = Verifier::builder().trust_store(pinned).policy("require-success")?.build();
/// let report = verifier.verify(receipt.as_core());
/// if let Some(failed) = report.first_failure() {
///     println!("{} is not valid: {}", receipt.hash(), failed.detail);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Receipt {
    receipt: receipt::Receipt,
    verifier: Option<Arc<Verifier>>,
    server: Option<ServerVerification>,
}

impl Receipt {
    /// Reads a receipt, in JSON or YAML. It has no verifier: judge it with a [`Verifier`].
    ///
    /// # Errors
    /// [`ErrorKind::ReceiptFormat`], with the position.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let receipt = receipt::Receipt::parse(bytes).map_err(|error| {
            Error::new(ErrorKind::ReceiptFormat, error.to_string()).with_source(error)
        })?;
        Ok(Self {
            receipt,
            verifier: None,
            server: None,
        })
    }

    /// Whether it is authentic *and* of a successful run, by keys and policies of this side. Nothing is asked of the
    /// network, and nothing the server said about it counts.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a receipt without a verifier.
    pub async fn verify(&self) -> Result<bool, Error> {
        Ok(self.report()?.valid)
    }

    /// The verdict in full: which checks passed, and which policy is not met.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a receipt without a verifier.
    pub fn report(&self) -> Result<Report, Error> {
        match &self.verifier {
            Some(verifier) => Ok(verifier.verify(&self.receipt)),
            None => Err(Error::new(
                ErrorKind::Config,
                "this receipt came without trusted keys: build a Verifier with the keys you trust, and give it the receipt",
            )),
        }
    }

    /// What it says.
    #[must_use]
    pub fn body(&self) -> &Body {
        self.receipt.body()
    }

    /// The receipt without its verifier, for a [`Verifier`] of your own.
    #[must_use]
    pub fn as_core(&self) -> &receipt::Receipt {
        &self.receipt
    }

    /// What it says, signed by `key`: whatever signature it had is gone. It has no verifier.
    ///
    /// # Errors
    /// [`ErrorKind::ReceiptFormat`] where every verifier would refuse the result, or it is not of the newest schema.
    pub fn sign(&self, key: &SigningKey) -> Result<Self, Error> {
        let receipt = self.body().clone().sign(key).map_err(|error| {
            Error::new(ErrorKind::ReceiptFormat, error.to_string()).with_source(error)
        })?;
        Ok(Self {
            receipt,
            verifier: None,
            server: None,
        })
    }

    /// `blake3:…` of its canonical bytes.
    #[must_use]
    pub fn hash(&self) -> Digest {
        self.receipt.hash()
    }

    /// The id of the key that is said to have signed it. It proves nothing.
    #[must_use]
    pub fn signer(&self) -> Option<KeyId> {
        self.receipt.signature()?;
        self.receipt.signer_public_key().map(|key| key.id())
    }

    /// Compact JSON, in the API's rendering.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.receipt.to_json()
    }

    /// YAML, in the command-line tool's rendering.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        self.receipt.to_yaml()
    }

    /// The server's own opinion, for a receipt that was fetched. [`verify`](Self::verify) does not look at it.
    #[must_use]
    pub fn server_verification(&self) -> Option<&ServerVerification> {
        self.server.as_ref()
    }
}

impl Execution {
    /// Its receipt, ready to be verified.
    ///
    /// # Errors
    /// [`ErrorKind::ResourceNotFound`] where it has none, with `details.reason`; else as any call's.
    pub async fn get_receipt(&self) -> Result<Receipt, Error> {
        self.get_receipt_with(ReceiptOptions::default()).await
    }

    /// As [`get_receipt`](Self::get_receipt), with options.
    ///
    /// # Errors
    /// As there.
    pub async fn get_receipt_with(&self, options: ReceiptOptions) -> Result<Receipt, Error> {
        let client = self.client();
        let answer = client.driver().call(endpoint::get(self.id())?).await?;
        let mut receipt = Receipt::parse(answer.receipt.get().as_bytes())?;
        let config = client.driver().config();
        let trusted = match config.trusted_keys() {
            Some(keys) => trusting::Trusted::Given(keys),
            None => {
                let signer = receipt.receipt.signer_public_key();
                trusting::Trusted::Published(
                    client
                        .keys()
                        .recent(|keys| trusting::holds(keys, signer.as_ref()))
                        .await?,
                )
            }
        };
        let verifier = trusting::verifier(
            &trusted,
            config.policies(),
            options.allow_failed,
            Some(self.id()),
        )?;
        receipt.verifier = Some(Arc::new(verifier));
        receipt.server = Some(answer.verification);
        Ok(receipt)
    }
}
