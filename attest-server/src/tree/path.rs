//! Relative paths as text.

/// A declared path as a tree spells it: no `.` and empty parts, `..` resolved as text, `""` for the root itself.
///
/// `None` where it is absolute or leaves the root.
#[must_use]
pub fn normalise(declared: &str) -> Option<String> {
    if declared.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in declared.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Whether a path may be in a tree.
pub(super) fn is_normal(path: &str) -> bool {
    !path.contains('\0') && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// Every directory above `path`, outermost first, without the root.
pub(super) fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(at, _)| path.get(..at))
}
