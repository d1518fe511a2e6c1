//! A directory, asked as a pipeline asks: for globs and declared inputs.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::{Contents, Entry};
use crate::pipeline;

impl pipeline::Listing for Contents {
    fn entry(&self, path: &str) -> Option<pipeline::Entry> {
        match self.entries.get(path) {
            Some(Entry::File { .. }) => Some(pipeline::Entry::File),
            Some(Entry::Symlink { target }) => Some(pipeline::Entry::Symlink(target.clone())),
            None if path.is_empty() || under(&self.entries, path).next().is_some() => {
                Some(pipeline::Entry::Directory)
            }
            None => None,
        }
    }

    fn under(&self, directory: &str) -> impl Iterator<Item = &str> {
        under(&self.entries, directory)
    }

    fn left_out(&self, path: &str) -> Option<String> {
        self.ignored.by(path).map(ToString::to_string)
    }
}

fn under<'a>(
    entries: &'a BTreeMap<String, Entry>,
    directory: &str,
) -> impl Iterator<Item = &'a str> {
    let start = if directory.is_empty() {
        String::new()
    } else {
        format!("{directory}/")
    };
    entries
        .range::<str, _>((Bound::Included(start.as_str()), Bound::Unbounded))
        .map(|(path, _)| path.as_str())
        .take_while({
            let start = start.clone();
            move |path| path.starts_with(&start)
        })
}
