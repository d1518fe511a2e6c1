//! Declared paths as text: what may be declared, their normal form, and which of them lie inside each other.

use std::cmp::Ordering;

/// Longest path that a system takes (`PATH_MAX` without its end mark).
const LONGEST: usize = 4095;

/// Why a path cannot be declared.
pub(crate) fn issue(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        Some("a path cannot be empty; `.` is the whole workspace")
    } else if path.starts_with('/') {
        Some("the path is absolute; give it relative to the workspace")
    } else if path.split('/').any(|part| part == "..") {
        Some("the path holds `..`; give it relative to the workspace, without `..`")
    } else if path.chars().any(char::is_control) {
        Some("the path holds a control character; rename the file")
    } else if path.len() > LONGEST {
        Some("the path is longer than 4095 bytes")
    } else {
        None
    }
}

/// Without `.` and empty parts; the whole workspace is the empty text.
pub(crate) fn normal(path: &str) -> String {
    let mut normal = String::with_capacity(path.len());
    for part in path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
    {
        if !normal.is_empty() {
            normal.push('/');
        }
        normal.push_str(part);
    }
    normal
}

/// Whether the normal path `inner` is `outer` or lies under it.
pub(super) fn is_in(inner: &str, outer: &str) -> bool {
    outer.is_empty()
        || inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A path with somebody who claims it.
pub(super) struct Claim<'a> {
    /// In normal form.
    pub(super) path: String,
    /// Paths of one owner may lie inside each other.
    pub(super) owner: usize,
    /// What the claim is about, for whoever reports it.
    pub(super) of: &'a str,
    /// Its place in its list.
    pub(super) index: usize,
}

/// Every claim that is equal to or inside one of another owner, with that one: `(inner, outer)`.
///
/// One sorted pass, because the lists are a caller's and may be long.
pub(super) fn overlaps<'a, 'c>(claims: &'c mut [Claim<'a>]) -> Vec<(&'c Claim<'a>, &'c Claim<'a>)> {
    struct Open<'c, 'a> {
        claim: &'c Claim<'a>,
        /// The nearest claim around this one that has another owner.
        foreign: Option<&'c Claim<'a>>,
    }

    claims.sort_by(|a, b| by_parts(&a.path, &b.path));
    let mut around: Vec<Open<'_, '_>> = Vec::new();
    let mut found = Vec::new();
    for claim in claims.iter() {
        while around
            .pop_if(|open| !is_in(&claim.path, &open.claim.path))
            .is_some()
        {}
        let foreign = around.last().and_then(|open| {
            if open.claim.owner == claim.owner {
                open.foreign
            } else {
                Some(open.claim)
            }
        });
        found.extend(foreign.map(|outer| (claim, outer)));
        around.push(Open { claim, foreign });
    }
    found
}

/// The order in which whatever lies in a directory follows it directly.
fn by_parts(a: &str, b: &str) -> Ordering {
    match a.bytes().zip(b.bytes()).find(|(a, b)| a != b) {
        Some((b'/', _)) => Ordering::Less,
        Some((_, b'/')) => Ordering::Greater,
        Some((a, b)) => a.cmp(&b),
        None => a.len().cmp(&b.len()),
    }
}
