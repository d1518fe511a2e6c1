//! API keys: `attest_key_`, 30 random base62 digits, 6 base62 digits of checksum.
//!
//! The checksum lets secret scanners and the server tell a mistyped key without a look-up. Stored is only a keyed
//! BLAKE3 of the key: whoever reads the database can neither use a key nor check a guess without the pepper file.

use zeroize::Zeroizing;

use crate::host::{EntropyError, Host, base62_digit};
use crate::store::api_keys::HASH_LEN;

const PREFIX: &str = "attest_key_";
const RANDOM_DIGITS: usize = 30;
const CHECKSUM_DIGITS: usize = 6;
/// The length of the pepper, bytes.
pub(crate) const PEPPER_LEN: usize = 32;

/// The secret under which keys are hashed.
pub(crate) struct Pepper(pub(crate) Zeroizing<[u8; PEPPER_LEN]>);

/// A well-formed API key. Neither printed nor logged; wiped when dropped.
pub(crate) struct ApiKey(Zeroizing<String>);

impl ApiKey {
    pub(crate) fn generate(host: &Host) -> Result<Self, EntropyError> {
        let random = Zeroizing::new(host.base62(RANDOM_DIGITS)?);
        Ok(Self(Zeroizing::new(format!(
            "{PREFIX}{}{}",
            *random,
            checksum(&random)
        ))))
    }

    /// `None` where the text cannot be a key of this server.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let body = text.strip_prefix(PREFIX)?;
        let (random, sum) = body.split_at_checked(RANDOM_DIGITS)?;
        (checksum(random) == sum).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The text to hand to its owner.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self, pepper: &Pepper) -> [u8; HASH_LEN] {
        blake3::keyed_hash(&pepper.0, self.0.as_bytes()).into()
    }
}

fn checksum(random: &str) -> String {
    let hash = blake3::derive_key("attest API key checksum v1", random.as_bytes());
    let mut number = hash
        .iter()
        .take(8)
        .fold(0u64, |number, byte| (number << 8) | u64::from(*byte));
    let mut digits = String::with_capacity(CHECKSUM_DIGITS);
    for _ in 0..CHECKSUM_DIGITS {
        digits.extend(base62_digit(number));
        number /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_key_has_the_documented_form_and_parses() {
        let key = ApiKey::generate(&Host::system()).unwrap();
        assert_eq!(key.reveal().len(), PREFIX.len() + 36);
        assert!(ApiKey::parse(key.reveal()).is_some());
    }

    #[test]
    fn a_key_with_one_digit_changed_is_refused_before_any_look_up() {
        let key = ApiKey::generate(&Host::system()).unwrap();
        let mut text = key.reveal().to_owned();
        let last = text.pop().unwrap();
        text.push(if last == 'a' { 'b' } else { 'a' });
        assert!(ApiKey::parse(&text).is_none());
    }

    #[test]
    fn the_stored_hash_depends_on_the_pepper() {
        let key = ApiKey::generate(&Host::system()).unwrap();
        let pepper = |byte| Pepper(Zeroizing::new([byte; PEPPER_LEN]));
        assert_ne!(key.hash(&pepper(1)), key.hash(&pepper(2)));
    }
}
