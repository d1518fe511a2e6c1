//! What a receipt says about the isolation: one line per control, in a fixed order.
//!
//! A control is `enforced` only where a step could not have broken it. What nothing here limits says so.

/// What the controls depend on, of one step that ran.
#[derive(Clone, Debug)]
pub struct StepFacts {
    /// The step's name.
    pub name: String,
    /// Whether it had the network.
    pub network: bool,
    /// Whether it saw its declared inputs only.
    pub strict_inputs: bool,
    /// Its time limit, in seconds.
    pub timeout_secs: Option<u64>,
}
