//! The policy as a table.

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
