//! Steps as real processes, with bubblewrap (where it works) and without.

#![allow(missing_docs, unreachable_pub, reason = "a test binary")]

mod collecting;
mod ending;
mod fixture;
mod isolation;
mod logging;
mod views;
