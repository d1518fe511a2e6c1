//! The Attest v1 server: runs build pipelines in a sandbox and signs receipts of what each step read, ran and wrote.
//!
//! Start from [`Config`] and [`serve`]; [`Server`] is the same in two steps, for those who want to know the address first.
//! The binary that calls it must call [`supervisor::main`] first thing when it is started as a supervisor.
//!
//! | module | what it is |
//! |---|---|
//! | `api` | the HTTP surface: routes, bodies, errors |
//! | `auth` | who is calling, and what they may do |
//! | `execution` | from an accepted call to a signed receipt |
//! | `cache` | what steps left, found again by everything they could see |
//! | `gc` | which stored files may go, and their removal |
//! | `store` | all SQL |
//! | `upload` | objects that arrive as a tar stream |
//! | [`blob`], [`tree`], [`source`] | content-addressed files, what a directory holds, taking a directory as a source |
//! | [`view`], [`sandbox`], [`supervisor`], [`step`] | one step: its directory, its reach, its end, and its result |

mod api;
mod auth;
pub mod blob;
mod cache;
mod config;
mod data_dir;
mod execution;
mod gc;
mod host;
mod identity;
mod record;
pub mod sandbox;
mod serve_error;
mod server;
pub mod source;
pub mod step;
mod store;
pub mod supervisor;
pub mod tree;
mod upload;
pub mod view;

pub use config::{Config, ConfigError, IsolationMode};
pub use data_dir::DataDirError;
pub use host::{EntropyError, Host};
pub use serve_error::ServeError;
pub use server::{Server, serve};
