//! How a place in a pipeline is named: `steps[0].run`, `steps.build.env.PATH`, `steps["odd name"].run`.

/// The field `key` of the map `parent`.
pub(super) fn of_key(parent: &str, key: &str) -> String {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    match (parent, !key.is_empty() && key.chars().all(word)) {
        ("", true) => key.to_owned(),
        (_, true) => format!("{parent}.{key}"),
        (_, false) => format!("{parent}[{key:?}]"),
    }
}

/// The item `index` of the list `parent`.
pub(super) fn of_index(parent: &str, index: usize) -> String {
    format!("{parent}[{index}]")
}
