//! The end of a thread's JavaScript. The runtime outlives a worker thread that is terminated, and so would the requests it
//! had under way: what is started for a thread is called off with it.

use std::cell::RefCell;

use napi::{Env, Result};
use tokio_util::sync::CancellationToken;

thread_local! {
    static ENDING: RefCell<Option<CancellationToken>> = const { RefCell::new(None) };
}

/// A token that is pulled when the JavaScript of this thread ends.
pub(crate) fn of(env: &Env) -> Result<CancellationToken> {
    ENDING.with_borrow_mut(|ending| match ending {
        // One that was pulled is of JavaScript that ran here before.
        Some(token) if !token.is_cancelled() => Ok(token.clone()),
        _ => {
            let token = CancellationToken::new();
            env.add_env_cleanup_hook(token.clone(), |token| token.cancel())?;
            Ok(ending.insert(token).clone())
        }
    })
}
