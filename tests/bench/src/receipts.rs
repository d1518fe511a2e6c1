//! Receipts to verify: of the shapes in `tests/vectors`, every one different, the same each time.

use attest_core::key::{PublicKey, SigningKey};
use attest_core::receipt::{Body, Receipt};
use attest_tests::binary;
use zeroize::Zeroizing;

use crate::Failure;

/// The vectors that are signed and valid.
const SHAPES: [&str; 5] = ["basic", "cached", "weird", "wrapped", "wrapped-failed"];

/// The key of what is signed here. It is no secret, and signs nothing else.
fn key() -> SigningKey {
    SigningKey::from_seed(&Zeroizing::new([7; 32]))
}

/// Who signs them.
pub(crate) fn signer() -> PublicKey {
    key().public_key()
}

/// `count` receipts, each shape in turn, each of an execution of its own.
pub(crate) fn signed(count: usize) -> Result<Vec<Receipt>, Failure> {
    let shapes: Vec<Body> = SHAPES.into_iter().map(shape).collect::<Result<_, _>>()?;
    let key = key();
    let numbered = |(index, mut body): (usize, Body)| -> Result<Receipt, Failure> {
        let provenance = body
            .provenance
            .as_mut()
            .ok_or("a vector has no provenance")?;
        provenance.invocation_id = Some(format!("exec_{index:020}"));
        Ok(body.sign(&key)?)
    };
    let bodies = shapes.into_iter().cycle().take(count);
    bodies.enumerate().map(numbered).collect()
}

/// One with the characters in a text that JSON libraries escape in different ways.
pub(crate) fn with_awkward_text() -> Result<Receipt, Failure> {
    let mut body = shape("cached")?;
    let step = body.steps.first_mut().ok_or("the vector has no step")?;
    let controls: String = ('\0'..=' ').collect();
    step.stdout = format!(
        "{controls}\"\\/<>&'\u{7f}\u{85}\u{e9}\u{2028}\\u2028\\\u{2029}\u{feff}\u{ffff}\u{1f600}"
    );
    Ok(body.sign(&key())?)
}

fn shape(name: &str) -> Result<Body, Failure> {
    let folder = binary::vectors().join("receipts").join(name);
    let text = std::fs::read(folder.join("receipt.yaml"))?;
    Ok(Receipt::parse(&text)?.body().clone())
}
