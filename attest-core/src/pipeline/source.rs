//! Checking declared inputs against a source before anything runs.

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashSet};

use super::definition::{Definition, NamedStep};
use super::error::{Found, Problems};
use super::plan::Plan;
use super::{field, path};

/// Links followed on the way to one input.
const MOST_LINKS: usize = 40;

/// What a source has at a path.
///
/// ```
/// use attest_core::pipeline::Entry;
///
/// /// What a [`Listing`] found, as `ls -F` writes it.
/// fn describe(path: &str, entry: Option<Entry>) -> String {
///     match entry {
///         Some(Entry::Symlink(target)) => format!("{path}@ -> {target}"),
///         Some(Entry::Directory) => format!("{path}/"),
///         Some(Entry::File) => path.to_owned(),
///         None => format!("no {path}"),
///     }
/// }
/// assert_eq!(describe("src", Some(Entry::Directory)), "src/");
/// assert_eq!(describe("latest", Some(Entry::Symlink("v2".to_owned()))), "latest@ -> v2");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A file.
    File,
    /// A directory, empty or not.
    Directory,
    /// A symbolic link with this target.
    Symlink(String),
}

/// A source that can be asked for its entries. Paths are relative, `/` between parts, without `.`, `..` or empty
/// parts; the source itself is the empty path.
///
/// ```
/// use attest_core::pipeline::{Definition, Entry, Listing};
///
/// /// The names of a git index, say. A directory's own is `attest_core::source::Contents`.
/// struct Names(Vec<String>);
///
/// impl Listing for Names {
///     fn entry(&self, path: &str) -> Option<Entry> {
///         let is_file = self.0.iter().any(|name| name == path);
///         let file = is_file.then_some(Entry::File);
///         file.or_else(|| self.under(path).next().map(|_| Entry::Directory))
///     }
///     fn under(&self, directory: &str) -> impl Iterator<Item = &str> {
///         let start = if directory.is_empty() { String::new() } else { format!("{directory}/") };
///         self.0.iter().map(String::as_str).filter(move |name| name.starts_with(&start))
///     }
///     fn left_out(&self, _: &str) -> Option<String> {
///         None
///     }
/// }
///
/// let source = Names(vec!["src/main.c".to_owned()]);
/// let definition = Definition::parse(b"version: 1\nsteps: {build: {run: make, inputs: [src, Makefile]}}\n")?;
/// let problems = definition.check_inputs(&source).unwrap_err();
/// assert_eq!(problems.first().field, "steps.build.inputs[1]");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Listing {
    /// What is at `path` itself; links are not followed.
    fn entry(&self, path: &str) -> Option<Entry>;

    /// The paths of the files and links under `directory` (of all, for the empty path), in the order of their bytes.
    fn under(&self, directory: &str) -> impl Iterator<Item = &str>;

    /// Why `path`, or a directory above it, is kept out of the source, as the end of a sentence that begins "the path is":
    /// `ignored by src/.gitignore ("*.o")`, `never part of a source`.
    fn left_out(&self, path: &str) -> Option<String>;
}

impl Definition {
    /// Every declared input that `source` does not have. What a needed step writes may be missing still.
    ///
    /// # Errors
    /// [`Problems`] at the inputs; one that an ignore file keeps out of the source is named with that file. Globs
    /// are not expanded here, but by [`Definition::expand`] before.
    pub fn check_inputs(&self, source: &impl Listing) -> Result<(), Problems> {
        let plan = Plan::of(&self.pipeline())?;
        let outputs = Outputs::of(self);
        let mut found = Found::default();
        for (step_index, named) in self.steps.iter().enumerate() {
            // Asked for only where an input is missing, and then once.
            let upstream = LazyCell::new(|| {
                plan.upstream(&named.name)
                    .into_iter()
                    .collect::<HashSet<_>>()
            });
            let written = |path: &str| outputs.at(path).any(|writer| upstream.contains(writer));
            for (index, input) in named.step.inputs.iter().enumerate() {
                let Some(issue) = issue(source, input, &written) else {
                    continue;
                };
                let at = field::of_index(&field::of_key(&self.place(step_index), "inputs"), index);
                let hint = match outputs
                    .at(&path::normal(input))
                    .find(|writer| *writer != named.name)
                {
                    Some(writer) => format!("; step {writer:?} writes it: add that to `needs`"),
                    None => String::new(),
                };
                found.add(at, format!("{input:?} {issue}{hint}"));
            }
        }
        found.into_result()
    }
}

/// Who writes what.
pub(super) struct Outputs<'a>(BTreeMap<String, &'a str>);

impl<'a> Outputs<'a> {
    pub(super) fn of(definition: &'a Definition) -> Self {
        let writes = |named: &'a NamedStep| {
            named
                .step
                .outputs
                .iter()
                .map(|output| (path::normal(output), named.name.as_str()))
        };
        Self(definition.steps.iter().flat_map(writes).collect())
    }

    /// The steps that write `path`, or something above or below it.
    pub(super) fn at(&self, path: &str) -> impl Iterator<Item = &'a str> {
        let above = path
            .match_indices('/')
            .filter_map(|(end, _)| path.get(..end))
            .chain([path]);
        let below = format!("{path}/");
        let above: Vec<&'a str> = above.filter_map(|path| self.0.get(path)).copied().collect();
        let start = self.0.range(below.clone()..);
        let below = start
            .take_while(move |(output, _)| output.starts_with(&below))
            .map(|(_, writer)| *writer);
        above.into_iter().chain(below)
    }
}

/// Why `input` cannot be read from `source`; `written` says what steps before it write.
fn issue(source: &impl Listing, input: &str, written: &impl Fn(&str) -> bool) -> Option<String> {
    let wants_directory = input.ends_with('/') || input.ends_with("/.");
    match resolve(source, &path::normal(input), wants_directory, written) {
        Place::Written => None,
        Place::Outside(target) => Some(format!(
            "is reached through a link to {target:?}, outside the workspace"
        )),
        Place::Missing(path) => Some(match source.left_out(&path) {
            Some(why) => {
                format!(
                    "is {why}, so the source does not have it; change that, or do not declare it"
                )
            }
            None => "does not exist in the source".to_owned(),
        }),
        Place::There(Entry::Directory) => None,
        Place::There(_) if wants_directory => {
            Some("is not a directory; leave the `/` at its end out".to_owned())
        }
        Place::There(_) => None,
    }
}

pub(super) enum Place {
    There(Entry),
    /// Not there, and a needed step writes it.
    Written,
    /// Not there: the path that was looked for in the end.
    Missing(String),
    /// A link leads out of the workspace: its target.
    Outside(String),
}

/// Looks `path` up part by part, following links in its middle (and at its end, where a directory is wanted).
pub(super) fn resolve(
    source: &impl Listing,
    path: &str,
    follow_last: bool,
    written: &impl Fn(&str) -> bool,
) -> Place {
    let mut rest: Vec<String> = path
        .rsplit('/')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    let mut here = String::new();
    let mut links = 0;
    while let Some(part) = rest.pop() {
        if part == ".." {
            if here.is_empty() {
                return Place::Outside(path.to_owned());
            }
            here.truncate(here.rfind('/').unwrap_or(0));
            continue;
        }
        let next = if here.is_empty() {
            part
        } else {
            format!("{here}/{part}")
        };
        match source.entry(&next) {
            None => {
                let whole = std::iter::once(next)
                    .chain(rest.into_iter().rev())
                    .collect::<Vec<_>>()
                    .join("/");
                return if written(&whole) {
                    Place::Written
                } else {
                    Place::Missing(whole)
                };
            }
            Some(Entry::Symlink(target)) if follow_last || !rest.is_empty() => {
                links += 1;
                if target.starts_with('/') || links > MOST_LINKS {
                    return if links > MOST_LINKS {
                        Place::Missing(next)
                    } else {
                        Place::Outside(target)
                    };
                }
                rest.extend(
                    target
                        .rsplit('/')
                        .filter(|part| !part.is_empty() && *part != ".")
                        .map(str::to_owned),
                );
            }
            Some(entry) if rest.is_empty() => return Place::There(entry),
            Some(Entry::Directory) => here = next,
            Some(_) => return Place::Missing(path.to_owned()),
        }
    }
    Place::There(Entry::Directory)
}
