//! What the server takes from its host: the time and randomness. Handed in, so that a test can fix both.

use std::sync::Arc;

use chrono::{DateTime, Utc};

/// Digits of an identifier: 62^20 of them, about 119 bits.
const ID_DIGITS: usize = 20;
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Clock and random source. Clones share them.
#[derive(Clone)]
pub struct Host {
    clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    random: Arc<Random>,
}

type Random = dyn Fn(&mut [u8]) -> Result<(), EntropyError> + Send + Sync;

/// The system's random source failed.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the system's random source failed: {0}")]
pub struct EntropyError(#[from] getrandom::Error);

impl Host {
    /// The system's clock and random source.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Utc::now, |bytes| Ok(getrandom::fill(bytes)?))
    }

    /// A clock and a random source of the caller's.
    pub fn new(
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
        random: impl Fn(&mut [u8]) -> Result<(), EntropyError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            clock: Arc::new(clock),
            random: Arc::new(random),
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    pub(crate) fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        (self.random)(bytes)
    }

    /// `<prefix>_<20 base62 digits>`.
    pub(crate) fn id(&self, prefix: &str) -> Result<String, EntropyError> {
        Ok(format!("{prefix}_{}", self.base62(ID_DIGITS)?))
    }

    /// Uniform base62 digits.
    pub(crate) fn base62(&self, digits: usize) -> Result<String, EntropyError> {
        let mut text = String::with_capacity(digits);
        let mut bytes = [0u8; 32];
        while text.len() < digits {
            self.fill(&mut bytes)?;
            // 248 is the largest multiple of 62 in a byte: what lies above would favour the first digits.
            let fair = bytes.iter().filter(|byte| **byte < 248);
            text.extend(
                fair.filter_map(|byte| base62_digit(u64::from(*byte)))
                    .take(digits - text.len()),
            );
        }
        Ok(text)
    }
}

/// The digit for `number` modulo 62.
pub(crate) fn base62_digit(number: u64) -> Option<char> {
    usize::try_from(number % 62)
        .ok()
        .and_then(|index| BASE62.get(index))
        .map(|digit| char::from(*digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_prefix_and_twenty_url_safe_digits() {
        let id = Host::system().id("pip").unwrap();
        assert_eq!(id.len(), 24);
        assert!(id.starts_with("pip_") && id[4..].bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }

    #[test]
    fn ids_come_from_the_random_source_that_was_handed_in() {
        let host = Host::new(Utc::now, |bytes| {
            bytes.fill(61);
            Ok(())
        });
        assert_eq!(host.id("x").unwrap(), format!("x_{}", "z".repeat(20)));
    }
}
