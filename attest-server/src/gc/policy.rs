//! What stays and what goes: a function of what is stored, who holds it and when it was last used. Reads nothing itself.

use std::collections::{HashMap, HashSet};

use attest_core::digest::Digest;
use chrono::{DateTime, Utc};

/// A blob that names others, and how to read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Root {
    /// A tree: the source of executions.
    Source(Digest),
    /// What a step left.
    Outputs(Digest),
}

impl Root {
    pub(super) fn digest(&self) -> &Digest {
        match self {
            Self::Source(digest) | Self::Outputs(digest) => digest,
        }
    }
}

/// Something that wants a root, and everything the root names, to stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holder<R> {
    pub(super) root: Root,
    /// When it last wanted it.
    pub(super) used: DateTime<Utc>,
    /// The row that goes with it; `None` for what is kept for ever and only loses its files.
    pub(super) row: Option<R>,
}

/// How much goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    /// Who wanted something since then keeps it, whatever it weighs.
    pub(super) protected_since: DateTime<Utc>,
    /// Who wanted nothing since then lets go.
    pub(super) unused_since: DateTime<Utc>,
    /// Bytes that may stay; the holders that were used longest ago let go until no more do.
    pub(super) budget: Option<u64>,
}

/// What was decided.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decision<R> {
    /// Blobs that stay.
    pub(super) live: HashSet<Digest>,
    /// Holders that let go.
    pub(super) let_go: Vec<Holder<R>>,
}

/// Where the content of roots comes from.
pub(super) trait Contents {
    type Error;
    /// The root and every blob it names, as far as it can be read.
    fn of(&mut self, root: &Root) -> Result<Vec<Digest>, Self::Error>;
    /// The size of a stored blob in bytes; 0 where it is not there.
    fn size(&mut self, digest: &Digest) -> u64;
}

/// Decides. `in_use` stays whatever the bounds, `recent` are blobs that stay by themselves, with their sizes.
pub(super) fn decide<R, C: Contents>(
    in_use: &[Root],
    recent: HashMap<Digest, u64>,
    mut holders: Vec<Holder<R>>,
    bounds: Bounds,
    contents: &mut C,
) -> Result<Decision<R>, C::Error> {
    let mut kept = Kept {
        bytes: recent.values().sum(),
        live: recent.into_keys().collect(),
        roots: HashSet::new(),
        weighing: bounds.budget.is_some(),
    };
    for root in in_use {
        kept.take(root, u64::MAX, contents)?;
    }
    holders.sort_by_key(|holder| std::cmp::Reverse(holder.used));
    let mut let_go = Vec::new();
    let mut full = false;
    for holder in holders {
        if holder.used >= bounds.protected_since {
            kept.take(&holder.root, u64::MAX, contents)?;
        } else if full || holder.used < bounds.unused_since {
            let_go.push(holder);
        } else if !kept.take(&holder.root, bounds.budget.unwrap_or(u64::MAX), contents)? {
            // Nor does anything that was used even longer ago stay, however small.
            full = true;
            let_go.push(holder);
        }
    }
    Ok(Decision {
        live: kept.live,
        let_go,
    })
}

struct Kept {
    live: HashSet<Digest>,
    roots: HashSet<Root>,
    bytes: u64,
    weighing: bool,
}

impl Kept {
    /// Keeps a root and what it names, if all of it together then weighs no more than `budget`.
    fn take<C: Contents>(
        &mut self,
        root: &Root,
        budget: u64,
        contents: &mut C,
    ) -> Result<bool, C::Error> {
        if self.roots.contains(root) {
            return Ok(true);
        }
        let mut news: Vec<Digest> = contents.of(root)?;
        news.retain(|digest| !self.live.contains(digest));
        if self.weighing {
            news.sort_unstable();
            news.dedup();
            let weight = news.iter().map(|digest| contents.size(digest));
            let bytes = weight.fold(self.bytes, u64::saturating_add);
            if bytes > budget {
                return Ok(false);
            }
            self.bytes = bytes;
        }
        self.live.extend(news);
        self.roots.insert(*root);
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
