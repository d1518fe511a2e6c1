//! Who is calling, and what they may do.
//!
//! - [`ApiKey`]: the form of a key, its making and its stored hash. - [`Scope`]: what a right includes.
//! - [`Authenticator`]: from an `Authorization` header to a [`Principal`].
//!
//! Not here: JWTs and the endpoints that make and revoke keys (they come with API key management).

mod api_key;
mod authenticator;
mod scope;

pub(crate) use api_key::{ApiKey, PEPPER_LEN, Pepper};
pub(crate) use authenticator::{Authenticator, Denied, Principal};
pub(crate) use scope::Scope;
