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
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// Blobs are numbers; each weighs ten bytes.
    fn blob(number: u8) -> Digest {
        Digest::of(&[number])
    }

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + hour * 3600, 0).unwrap()
    }

    struct Trees(HashMap<Root, Vec<u8>>);

    impl Contents for Trees {
        type Error = Infallible;

        fn of(&mut self, root: &Root) -> Result<Vec<Digest>, Infallible> {
            Ok(self.0[root].iter().map(|number| blob(*number)).collect())
        }

        fn size(&mut self, _: &Digest) -> u64 {
            10
        }
    }

    /// A root 0, 1, … for each of these lists of blobs.
    fn trees(lists: &[&[u8]]) -> Trees {
        let named = lists
            .iter()
            .enumerate()
            .map(|(number, list)| (root(number), list.to_vec()));
        Trees(named.collect())
    }

    fn root(number: usize) -> Root {
        Root::Outputs(Digest::of(&number.to_le_bytes()))
    }

    fn holder(number: usize, hour: i64) -> Holder<usize> {
        Holder {
            root: root(number),
            used: at(hour),
            row: Some(number),
        }
    }

    /// It is hour 100; what was used before hour 50 is old.
    fn bounds(budget: Option<u64>) -> Bounds {
        Bounds {
            protected_since: at(99),
            unused_since: at(50),
            budget,
        }
    }

    /// The blobs that stay and the rows that go.
    fn outcome(
        trees: &mut Trees,
        in_use: &[Root],
        recent: &[u8],
        holders: &[Holder<usize>],
        bounds: Bounds,
    ) -> (Vec<u8>, Vec<usize>) {
        let recent = recent.iter().map(|number| (blob(*number), 10)).collect();
        let decided = decide(in_use, recent, holders.to_vec(), bounds, trees).unwrap();
        let live = (0..=u8::MAX).filter(|number| decided.live.contains(&blob(*number)));
        let mut gone: Vec<usize> = decided.let_go.iter().filter_map(|h| h.row).collect();
        gone.sort_unstable();
        (live.collect(), gone)
    }

    #[test]
    fn each_bound_lets_go_of_what_it_should_and_of_nothing_else() {
        struct Case {
            rule: &'static str,
            trees: &'static [&'static [u8]],
            in_use: &'static [usize],
            recent: &'static [u8],
            /// Root and hour.
            holders: &'static [(usize, i64)],
            budget: Option<u64>,
            live: &'static [u8],
            let_go: &'static [usize],
        }
        let base = Case {
            rule: "",
            trees: &[&[1, 2], &[3, 4], &[5, 6]],
            in_use: &[],
            recent: &[],
            holders: &[],
            budget: None,
            live: &[],
            let_go: &[],
        };
        let cases = [
            Case {
                rule: "nothing is held, nothing stays",
                ..base
            },
            Case {
                rule: "what a running execution needs stays, however old its other holders are",
                in_use: &[0],
                holders: &[(0, 1), (1, 1)],
                live: &[1, 2],
                let_go: &[0, 1],
                ..base
            },
            Case {
                rule: "what was just uploaded stays without a holder, over any budget",
                recent: &[9],
                budget: Some(0),
                live: &[9],
                ..base
            },
            Case {
                rule: "young holders keep, old ones let go",
                holders: &[(0, 60), (1, 49), (2, 50)],
                live: &[1, 2, 5, 6],
                let_go: &[1],
                ..base
            },
            Case {
                rule: "a blob stays while one of its holders does",
                trees: &[&[1, 2], &[2, 3]],
                holders: &[(0, 10), (1, 60)],
                live: &[2, 3],
                let_go: &[0],
                ..base
            },
            Case {
                rule: "without a budget size is nothing",
                holders: &[(0, 60), (1, 61), (2, 62)],
                live: &[1, 2, 3, 4, 5, 6],
                ..base
            },
            Case {
                rule: "over the budget, who was used longest ago lets go first",
                holders: &[(0, 60), (1, 62), (2, 61)],
                budget: Some(40),
                live: &[3, 4, 5, 6],
                let_go: &[0],
                ..base
            },
            Case {
                rule: "a small holder does not outlive a larger one that was used later",
                trees: &[&[1], &[2, 3, 4], &[5]],
                holders: &[(0, 60), (1, 61), (2, 62)],
                budget: Some(20),
                live: &[5],
                let_go: &[0, 1],
                ..base
            },
            Case {
                rule: "shared blobs weigh once, also twice in one tree",
                trees: &[&[1, 2, 2], &[1, 2, 3]],
                holders: &[(0, 60), (1, 61)],
                budget: Some(30),
                live: &[1, 2, 3],
                ..base
            },
            Case {
                rule: "what is in use and what is recent count against the budget",
                in_use: &[0],
                recent: &[9],
                holders: &[(1, 60), (2, 61)],
                budget: Some(50),
                live: &[1, 2, 5, 6, 9],
                let_go: &[1],
                ..base
            },
            Case {
                rule: "who was used in the last hour keeps, over any budget",
                holders: &[(0, 99), (1, 98)],
                budget: Some(0),
                live: &[1, 2],
                let_go: &[1],
                ..base
            },
            Case {
                rule: "two holders of one root are one weight; each lets go by its own age",
                holders: &[(0, 60), (0, 40)],
                budget: Some(20),
                live: &[1, 2],
                let_go: &[0],
                ..base
            },
        ];
        for case in cases {
            let in_use: Vec<Root> = case.in_use.iter().map(|number| root(*number)).collect();
            let holders: Vec<_> = case
                .holders
                .iter()
                .map(|(n, hour)| holder(*n, *hour))
                .collect();
            let (live, let_go) = outcome(
                &mut trees(case.trees),
                &in_use,
                case.recent,
                &holders,
                bounds(case.budget),
            );
            assert_eq!(
                (&live[..], &let_go[..]),
                (case.live, case.let_go),
                "{}",
                case.rule
            );
        }
    }
}
