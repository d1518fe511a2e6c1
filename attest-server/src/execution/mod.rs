//! From an accepted call to a signed receipt.
//!
//! [`Executor::plan`] settles everything before anything runs: the effective pipeline, its order, the source. An
//! execution is then claimed (by the call itself where a slot is free, else by the queue), its steps run as soon as what
//! they need is done, and its end is one transaction with its receipt. After a crash, `recovery` puts things right.
//!
//! How one step runs is [`crate::step`]'s; what is stored is [`crate::store`]'s.

mod artifacts;
mod attempt;
mod beginning;
mod cached;
mod conclude;
mod definition;
mod environment;
mod excerpts;
mod executor;
pub(crate) mod holdings;
mod inner;
mod journal;
mod plan;
mod plan_error;
mod planning;
mod receipt;
mod recovery;
mod run;
mod run_step;
mod schedule;
mod source;
mod state;
mod verdict;
mod verification;

pub(crate) use artifacts::{Artifacts, LastAsked};
pub(crate) use definition::define;
pub(crate) use environment::OperatorEnvironment;
pub(crate) use executor::Executor;
pub(crate) use inner::Parts;
pub(crate) use plan_error::PlanError;
pub(crate) use planning::Planned;
pub(crate) use verification::check_signature;
