//! Where nothing is written, whoever signed for it; and which path lies in which.

/// Longest path and longest part of one that a system takes, in bytes.
const LONGEST: (usize, usize) = (4095, 255);

/// Names that nothing that is written has in its path: what git and this product believe is kept there.
const NEVER: [&str; 2] = [".git", ".attest"];

/// Why nothing is written at this path, if nothing is.
pub(super) fn check(path: &str) -> Result<(), String> {
    let (whole, part) = LONGEST;
    if path.is_empty() || path.starts_with('/') {
        return Err("a path that is not relative".to_owned());
    }
    if path.chars().any(char::is_control) {
        return Err("a path with a control character".to_owned());
    }
    for name in path.split('/') {
        if matches!(name, "" | "." | "..") {
            return Err("a path with empty, `.` or `..` parts".to_owned());
        }
        if NEVER.iter().any(|never| name.eq_ignore_ascii_case(never)) {
            return Err(format!("a path in {name}, where no download writes"));
        }
        if name.len() > part {
            return Err(format!("a path with a name of more than {part} bytes"));
        }
    }
    if path.len() > whole {
        return Err(format!("a path of more than {whole} bytes"));
    }
    Ok(())
}

/// A declared path without `.` and empty parts; the whole workspace is the empty text.
pub(super) fn normal(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    parts.join("/")
}

/// Whether a path is `directory` or lies under it.
pub(super) fn is_in(path: &str, directory: &str) -> bool {
    directory.is_empty()
        || path
            .strip_prefix(directory)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Every directory above a path, outermost first.
pub(super) fn above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(at, _)| path.get(..at))
}
