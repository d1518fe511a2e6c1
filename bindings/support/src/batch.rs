//! Many receipts at a time.

use attest_sdk::{Error, verify};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::apart::{self, Stopped};
use crate::cancel::called_off;
use crate::verifier::unreadable;
use crate::{Cancel, Pending, Verifier, failure, json};

/// The verdict on one receipt, as JSON, or why there is none.
pub type Verdict = Result<String, Error>;

impl Verifier {
    /// The verdicts on many receipts, in their order, on all cores; unreadable ones are an error in their place. Blocks.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`](attest_sdk::ErrorKind::Cancelled).
    pub fn report_batch<T: AsRef<[u8]> + Sync>(
        &self,
        receipts: &[T],
        cancel: Option<&Cancel>,
    ) -> Result<Vec<Verdict>, Error> {
        apart::now(cancel, |stopped| judge(self.sdk(), receipts, stopped))
    }

    /// As [`report_batch`](Self::report_batch), on other threads.
    pub fn report_batch_later<T: AsRef<[u8]> + Send + Sync + 'static>(
        &self,
        receipts: Vec<T>,
        cancel: Option<Cancel>,
    ) -> Pending<Vec<Verdict>> {
        let verifier = self.sdk().clone();
        apart::later(cancel, move |stopped| judge(&verifier, &receipts, stopped))
    }

    /// As [`report_batch`](Self::report_batch), as one JSON list of `{"report": …}` and `{"error": …}`. Each report is
    /// exactly the text that it has alone.
    ///
    /// # Errors
    /// As there.
    pub fn report_batch_json<T: AsRef<[u8]> + Sync>(
        &self,
        receipts: &[T],
        cancel: Option<&Cancel>,
    ) -> Result<String, Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "lowercase")]
        enum One {
            Report(Box<RawValue>),
            Error(serde_json::Value),
        }
        let verdicts = self.report_batch(receipts, cancel)?.into_iter();
        let all: Vec<One> = verdicts
            .map(|verdict| match verdict.map(RawValue::from_string) {
                Ok(Ok(report)) => One::Report(report),
                Ok(Err(error)) => One::Error(failure::value(&json::unwritable(&error))),
                Err(error) => One::Error(failure::value(&error)),
            })
            .collect();
        json::write(&all)
    }
}

fn judge<T: AsRef<[u8]> + Sync>(
    verifier: &verify::Verifier,
    receipts: &[T],
    stopped: Stopped<'_>,
) -> Result<Vec<Verdict>, Error> {
    verifier.verify_batch_with(receipts, |verdict| {
        if stopped() {
            return Err(called_off());
        }
        Ok(verdict
            .map_err(unreadable)
            .and_then(|report| json::write(&report)))
    })
}
