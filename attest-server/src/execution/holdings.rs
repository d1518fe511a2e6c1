//! Which blobs an execution's stored documents name, for those who decide what may go.

use attest_core::digest::Digest;
use serde::Deserialize;

use crate::record::Outputs;
use crate::tree::Tree;

/// The blob that holds the source's tree, by a stored plan.
pub(crate) fn source_of(plan: &str) -> Result<Digest, serde_json::Error> {
    #[derive(Deserialize)]
    struct Plan {
        source: Digest,
    }
    Ok(serde_json::from_str::<Plan>(plan)?.source)
}

/// The blob that describes a step's outputs, by its stored record.
pub(crate) fn outputs_of(record: &str) -> Result<Digest, serde_json::Error> {
    #[derive(Deserialize)]
    struct Record {
        outputs: Digest,
    }
    Ok(serde_json::from_str::<Record>(record)?.outputs)
}

/// The tree in a description of outputs.
pub(crate) fn tree_of_outputs(json: &[u8]) -> Result<Tree, serde_json::Error> {
    Ok(serde_json::from_slice::<Outputs>(json)?.tree)
}
