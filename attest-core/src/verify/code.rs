//! The stable words for what a check or a policy found. `docs/verdicts.md` explains each; a test holds that
//! page and this list together.

macro_rules! codes {
    ($($(#[doc = $meaning:literal])+ $name:ident = $word:literal;)+) => {
        $($(#[doc = $meaning])+ pub const $name: &str = $word;)+

        /// Every word with its meaning.
        pub const ALL: &[(&str, &str)] = &[$(($word, concat!($($meaning),+))),+];
    };
}

codes! {
    /// The check passed.
    OK = "ok";
    /// Nothing was asked of this check.
    NOT_ASKED = "not_asked";
    /// The structure is wrong, so that this could not be looked at.
    SCHEMA_FAILED = "schema_failed";
    /// The signature is not valid, so that whose key it is does not matter.
    SIGNATURE_FAILED = "signature_failed";
    /// A field is missing, unknown or of another type.
    SCHEMA_MISMATCH = "schema_mismatch";
    /// The receipt has a newer schema version than this program reads; upgrade.
    UNSUPPORTED_SCHEMA = "unsupported_schema";
    /// A digest is not 64 lower-case hex digits in the rendering of the document.
    DIGEST_MALFORMED = "digest_malformed";
    /// Two steps have one name.
    DUPLICATE_STEP = "duplicate_step";
    /// There is no step.
    NO_STEPS = "no_steps";
    /// `attest_version` is empty.
    VERSION_EMPTY = "version_empty";
    /// There is no signature.
    UNSIGNED = "unsigned";
    /// There is a signature and no key beside it.
    SIGNER_MISSING = "signer_missing";
    /// The signature is not 128 lower-case hex digits in the rendering of the document.
    SIGNATURE_MALFORMED = "signature_malformed";
    /// The key is not 64 lower-case hex digits in the rendering of the document, no point of the curve, or weak.
    SIGNER_MALFORMED = "signer_malformed";
    /// The signature is not the key's over this receipt: something was changed.
    SIGNATURE_INVALID = "signature_invalid";
    /// The signer is not among the trusted keys.
    SIGNER_NOT_TRUSTED = "signer_not_trusted";
    /// No keys to trust were given.
    NO_TRUSTED_KEYS = "no_trusted_keys";
    /// The signer's key is revoked.
    KEY_REVOKED = "key_revoked";
    /// The receipt is older than its key's validity.
    KEY_NOT_YET_VALID = "key_not_yet_valid";
    /// The key's validity has ended, and nothing independent shows that the receipt is older.
    KEY_EXPIRED = "key_expired";
    /// The receipt's time lies more than five minutes in the future.
    TIMESTAMP_IN_FUTURE = "timestamp_in_future";
    /// There is a timestamp token, and no authority that it could be checked with.
    TIMESTAMP_TOKEN_UNSUPPORTED = "timestamp_token_unsupported";
    /// The receipt is of another run than the one expected, or names none.
    INVOCATION_ID_MISMATCH = "invocation_id_mismatch";
    /// The receipt is of another pipeline than the one expected.
    PIPELINE_HASH_MISMATCH = "pipeline_hash_mismatch";
    /// The receipt is of another commit than the one expected, or names none.
    COMMIT_MISMATCH = "commit_mismatch";
    /// An expected artifact is not in the receipt.
    ARTIFACT_MISSING = "artifact_missing";
    /// An expected artifact has another digest in the receipt.
    ARTIFACT_MISMATCH = "artifact_mismatch";
    /// A file at hand is none that the receipt attests.
    FILE_NOT_ATTESTED = "file_not_attested";
    /// A policy is not met; `policy_compliance.violations` says which and why.
    POLICY_VIOLATED = "policy_violated";
    /// The files of the workspace give other hashes than the receipt.
    RECOMPUTE_MISMATCH = "recompute_mismatch";
    /// The hashes could not be derived from the workspace.
    RECOMPUTE_FAILED = "recompute_failed";
    /// Recomputing was required and did not happen.
    NOT_RECOMPUTED = "not_recomputed";
    /// The receipt is older than the policy allows.
    TOO_OLD = "too_old";
    /// A step is missing that the policy needs.
    STEP_MISSING = "step_missing";
    /// A step failed.
    STEP_FAILED = "step_failed";
    /// A step of the pipeline did not run.
    STEP_NOT_RUN = "step_not_run";
    /// A step ran that the pipeline does not have.
    STEP_NOT_PLANNED = "step_not_planned";
    /// A step's result came from the cache.
    STEP_CACHED = "step_cached";
    /// The receipt does not say where it comes from, which the policy needs.
    NO_PROVENANCE = "no_provenance";
    /// Another one signed than the policy asks for.
    SIGNER_MISMATCH = "signer_mismatch";
    /// The receipt does not say of which source it is, which the policy needs.
    SOURCE_MISSING = "source_missing";
    /// The receipt is of another repository than the one expected, or names none.
    REPOSITORY_MISMATCH = "repository_mismatch";
    /// Tracked files of the source differed from the commit.
    SOURCE_DIRTY = "source_dirty";
    /// The receipt says nothing of the control that the policy needs.
    CONTROL_MISSING = "control_missing";
    /// A control was not in force.
    CONTROL_NOT_ENFORCED = "control_not_enforced";
    /// The receipt does not say that at least two runs gave the same outputs.
    NOT_REPRODUCIBLE = "not_reproducible";
    /// A warning: the run failed, whatever else is in order.
    RUN_FAILED = "run_failed";
    /// A warning: steps of the pipeline did not run.
    RUN_INCOMPLETE = "run_incomplete";
    /// A warning: the trusted keys come from the server that made the receipt.
    TRUST_FROM_SERVER = "trust_from_server";
    /// A warning: the signer's own time was believed, as was asked for.
    SIGNER_TIME_BELIEVED = "signer_time_believed";
}

#[cfg(test)]
mod tests {
    use super::ALL;
    use crate::verify::policy;

    const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/verdicts.md");

    fn page() -> String {
        std::fs::read_to_string(PAGE).unwrap()
    }

    #[test]
    fn the_documentation_lists_every_code_and_no_other() {
        let page = page();
        let rows: Vec<&str> = page
            .lines()
            .filter(|line| line.starts_with("| `"))
            .collect();
        let expected: Vec<String> = ALL
            .iter()
            .map(|(word, meaning)| format!("| `{word}` |{meaning} |"))
            .collect();
        assert_eq!(rows, expected);
    }

    #[test]
    fn the_documentation_lists_every_policy_in_order_and_known_codes_alone() {
        let page = page();
        let table = page.split("## Policies").nth(1).unwrap();
        let table = table.split("## Codes").next().unwrap();
        let rows: Vec<Vec<String>> = table
            .lines()
            .filter(|line| line.starts_with("| ") && !line.starts_with("| policy"))
            .map(|line| line.replace("\\|", "\u{1}"))
            .map(|line| {
                line.trim_matches('|')
                    .split('|')
                    .map(|cell| cell.trim().replace('\u{1}', "|"))
                    .collect()
            })
            .collect();
        let names: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(names, policy::patterns().collect::<Vec<_>>());
        for code in rows.iter().flat_map(|row| row[2].split(", ")) {
            assert!(
                ALL.iter().any(|(word, _)| *word == code),
                "{code:?} is no code"
            );
        }
    }
}
