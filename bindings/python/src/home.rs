//! What belongs to the process that made it.

use std::mem::ManuallyDrop;

use attest_bindings_support::{Error, ErrorKind};

/// A value with connections and locks of its process. In a child that was forked it can neither be used nor freed: its
/// threads are not there, a lock may be held for ever, and closing a connection would close the parent's as well.
pub(crate) struct Home<T> {
    process: u32,
    value: ManuallyDrop<T>,
}

impl<T> Home<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            process: std::process::id(),
            value: ManuallyDrop::new(value),
        }
    }

    /// The value, in its own process.
    pub(crate) fn get(&self) -> Result<&T, Error> {
        if self.is_here() {
            Ok(&self.value)
        } else {
            Err(Error::new(
                ErrorKind::Closed,
                "this client was made before a fork: make a new one in this process",
            ))
        }
    }

    /// As [`get`](Self::get), for good.
    pub(crate) fn into_inner(self) -> Result<T, Error> {
        self.get()?;
        let mut home = ManuallyDrop::new(self);
        // SAFETY: the home is never dropped, and nobody sees the value in it again.
        #[allow(
            unsafe_code,
            reason = "a type that is dropped cannot be taken apart otherwise"
        )]
        Ok(unsafe { ManuallyDrop::take(&mut home.value) })
    }

    fn is_here(&self) -> bool {
        self.process == std::process::id()
    }
}

impl<T> Drop for Home<T> {
    #[allow(unsafe_code, reason = "the one way to leave a value unfreed, or not")]
    fn drop(&mut self) {
        if self.is_here() {
            // SAFETY: nobody sees the value after this.
            unsafe { ManuallyDrop::drop(&mut self.value) }
        }
    }
}
