//! Ten thousand receipts at a time, on all cores, beside one verification after another of the same.

use std::hint::black_box;

use attest_core::verify::{Report, Verifier};
use attest_core::yaml;

use crate::table::{Other, Table};
use crate::timing::{Run, Runs, medians, whole};
use crate::{Failure, receipts};

const RECEIPTS: usize = 10_000;

pub(crate) fn row(table: &mut Table, runs: Runs) -> Result<(), Failure> {
    let documents: Vec<Vec<u8>> = receipts::signed(RECEIPTS)?
        .iter()
        .map(|receipt| receipt.raw().to_vec())
        .collect();
    let verifier = Verifier::builder().trusted_key(receipts::signer())?.build();

    // Both keep every report, as who asks for many does.
    let batch = all_valid(|| verifier.verify_batch(black_box(&documents)));
    let alone = all_valid(|| {
        let each = black_box(&documents).iter();
        each.map(|bytes| verifier.verify_bytes(bytes)).collect()
    });
    let times = medians(runs, vec![batch, alone])?;
    let &[batch, alone] = times.as_slice() else {
        return Err("not everything was timed".into());
    };
    let cores = std::thread::available_parallelism()?;
    let faster = alone.as_secs_f64() / batch.as_secs_f64();
    table.add(
        "verify 10,000 receipts by verify_batch",
        batch,
        Some(Other {
            name: format!(
                "one after another; the batch is {faster:.2} times as fast on {cores} cores"
            ),
            time: alone,
        }),
    );
    Ok(())
}

fn all_valid<'a>(verify: impl Fn() -> Vec<Result<Report, yaml::Error>> + 'a) -> Run<'a> {
    whole(move || {
        let reports = verify();
        let valid = reports.iter().flatten().filter(|report| report.valid);
        match valid.count() {
            RECEIPTS => Ok(()),
            count => Err(format!("{count} of {RECEIPTS} receipts are valid").into()),
        }
    })
}
