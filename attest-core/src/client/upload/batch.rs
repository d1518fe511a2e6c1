//! Which objects travel together: small files by the thousand, a large one alone.

use super::Object;

/// Most bytes of objects in one request, unless one object alone has more.
pub const MAX_BATCH_BYTES: u64 = 32 * 1024 * 1024;

/// Most objects in one request.
pub const MAX_BATCH_OBJECTS: usize = 10_000;

/// The objects of one request.
///
/// ```
/// use attest_core::client::upload::{Batch, Object, batches};
/// use attest_core::digest::Digest;
///
/// let object = |size| Object { digest: Digest::of(b""), size, path: "x".to_owned() };
/// let [small, large]: [Batch; 2] = batches(vec![object(10), object(1 << 30), object(20)])
///     .try_into()
///     .map_err(|_| "not two")?;
/// # let (small, large) = if small.is_compressed() { (small, large) } else { (large, small) };
/// assert_eq!(small.bytes(), 30);
/// assert!(small.is_compressed() && !large.is_compressed());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// In the order in which they are sent.
    pub objects: Vec<Object>,
}

impl Batch {
    /// Size of the objects, bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.objects.iter().map(|object| object.size).sum()
    }

    /// Whether it travels compressed: a large file, which is mostly compressed already, does not.
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        self.bytes() <= MAX_BATCH_BYTES
    }
}

/// Objects in their order, as few batches as the limits allow to be filled one after the other. An object over
/// [`MAX_BATCH_BYTES`] is a batch of its own.
#[must_use]
pub fn batches(objects: Vec<Object>) -> Vec<Batch> {
    let mut batches = Vec::new();
    let (mut open, mut bytes) = (Batch::default(), 0_u64);
    for object in objects {
        if object.size > MAX_BATCH_BYTES {
            batches.push(Batch {
                objects: vec![object],
            });
            continue;
        }
        if bytes + object.size > MAX_BATCH_BYTES || open.objects.len() == MAX_BATCH_OBJECTS {
            batches.push(std::mem::take(&mut open));
            bytes = 0;
        }
        bytes += object.size;
        open.objects.push(object);
    }
    if !open.objects.is_empty() {
        batches.push(open);
    }
    batches
}
