//! Where a link may point.

use super::item::Item;
use super::path::is_in;

/// Longest text of a link, in bytes.
pub(super) const LONGEST: u64 = 4095;

/// Why the link that `item` is may not have this text; `None` where it may.
///
/// It has to stay under a declared output of its step. A `..` after a name is refused, for where it leads depends on what
/// that name is.
pub(super) fn issue(item: &Item, text: &str) -> Option<String> {
    let refuse = |why: &str| Some(format!("it points to {text:?}, {why}"));
    if text.is_empty() || text.starts_with('/') || text.contains('\0') {
        return refuse("which is not relative");
    }
    let mut place: Vec<&str> = item.path.split('/').collect();
    place.pop();
    let mut named = false;
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." if named => return refuse("which leads up again after a name"),
            ".." => {
                if place.pop().is_none() {
                    return refuse("outside the directory");
                }
            }
            name => {
                named = true;
                place.push(name);
            }
        }
    }
    let place = place.join("/");
    if item.outputs.iter().any(|output| is_in(&place, output)) {
        return None;
    }
    refuse("outside the declared outputs of its step")
}
