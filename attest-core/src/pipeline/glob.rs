//! One glob over the paths of files: `*`, `?`, `[…]`, `{…,…}` and `**`. It matches whole paths, names with a dot first
//! too; only `**` crosses a `/`, and `?` stands for one byte.

use globset::{GlobBuilder, GlobMatcher};

/// What makes a path a glob, where no file is called so.
const SIGNS: [char; 4] = ['*', '?', '[', '{'];

/// Whether `path` can be a glob.
pub(super) fn is_glob(path: &str) -> bool {
    path.contains(SIGNS)
}

/// A glob that can be asked.
pub(super) struct Glob {
    matcher: GlobMatcher,
    directory: String,
}

impl Glob {
    /// Reads a glob in normal form (without empty and `.` parts); the error says what is wrong with it.
    pub(super) fn new(pattern: &str) -> Result<Self, String> {
        // Classes are of bytes: a character of several would match as any of them.
        if classes(pattern).any(|class| !class.is_ascii()) {
            return Err("`[…]` works on ASCII alone; use `{a,b}`".to_owned());
        }
        let matcher = GlobBuilder::new(pattern)
            .literal_separator(true)
            .backslash_escape(true)
            .empty_alternates(true)
            .build()
            .map_err(|error| error.kind().to_string())?
            .compile_matcher();
        let literal = |part: &&str| !is_glob(part) && !part.contains('\\');
        let directory: Vec<&str> = pattern.split('/').take_while(literal).collect();
        Ok(Self {
            matcher,
            directory: directory.join("/"),
        })
    }

    /// Where every match lies: the part before the first sign, up to a `/`; empty for everywhere.
    pub(super) fn directory(&self) -> &str {
        &self.directory
    }

    pub(super) fn matches(&self, path: &str) -> bool {
        self.matcher.is_match(path)
    }
}

/// What stands between `[` and `]`.
fn classes(pattern: &str) -> impl Iterator<Item = &str> {
    // A `]` that comes first, or first after `!`, is a member.
    let end = |class: &str| {
        let first = class.trim_start_matches(['!', '^', ']']);
        first
            .find(']')
            .map_or(class.len(), |at| class.len() - first.len() + at)
    };
    pattern
        .split('[')
        .skip(1)
        .map(move |class| class.get(..end(class)).unwrap_or(class))
}
