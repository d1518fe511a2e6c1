//! Steps as real processes, with bubblewrap (where it works) and without.

mod collecting;
mod ending;
mod fixture;
mod isolation;
mod logging;
mod views;
