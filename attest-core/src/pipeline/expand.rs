//! Globs in inputs become the files they match, before anything is hashed.

use std::cell::LazyCell;
use std::collections::HashSet;

use super::check;
use super::definition::Definition;
use super::error::{Found, Problems};
use super::glob::{Glob, is_glob};
use super::plan::Plan;
use super::source::{Listing, Outputs, Place, resolve};
use super::{field, path};

/// Most files that the globs of one step match.
const MOST_OF_STEP: usize = 10_000;
/// Most files that the globs of a pipeline match: each is a line of its text, and of its receipts.
const MOST_OF_PIPELINE: usize = 100_000;
/// Most globs of a pipeline.
const MOST_GLOBS: usize = 1_000;
/// Most files that the globs of a pipeline are held against, each counted with every glob: some 20 seconds' work.
const MOST_LOOKS: usize = 100_000_000;

impl Definition {
    /// Whether an input may be a glob. Where none is, [`Definition::expand`] changes nothing, whatever the source.
    #[must_use]
    pub fn has_globs(&self) -> bool {
        let mut inputs = self.steps.iter().flat_map(|step| &step.step.inputs);
        inputs.any(|input| is_glob(input))
    }

    /// This definition with the globs of its inputs replaced, each by the files and links of `source` that it matches,
    /// sorted by the bytes of their paths. What the step lists elsewhere is not listed again.
    ///
    /// `*`, `?` (one byte), `[…]`, `{…,…}` and `**`; a sign is escaped by `\`. Left as it is: an input that is there as it
    /// is spelled, and one at or under an output of a needed step, for what that step writes is not known yet; nor does a
    /// glob match what lies there in the source, because the step will not see it. Outputs are never globs.
    ///
    /// ```
    /// use attest_core::pipeline::{Definition, Entry, Listing};
    ///
    /// struct Source([&'static str; 3]);
    ///
    /// impl Listing for Source {
    ///     fn entry(&self, path: &str) -> Option<Entry> {
    ///         self.0.contains(&path).then_some(Entry::File)
    ///     }
    ///     fn under(&self, directory: &str) -> impl Iterator<Item = &str> {
    ///         self.0.into_iter().filter(move |path| path.starts_with(directory))
    ///     }
    ///     fn left_out(&self, _: &str) -> Option<String> {
    ///         None
    ///     }
    /// }
    ///
    /// let file = b"version: 1\nsteps:\n- {name: build, run: make, inputs: [Makefile, '*.c']}\n";
    /// let pipeline = Definition::parse(file)?.expand(&Source(["Makefile", "a.c", "b.c"]))?;
    /// assert_eq!(pipeline.steps[0].step.inputs, ["Makefile", "a.c", "b.c"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Problems`] at the inputs: a glob that cannot be read, matches nothing, or more than 10,000 files in one step or
    /// 100,000 in all; and at outputs that are equal to, in or over an input that a glob has become.
    pub fn expand(mut self, source: &impl Listing) -> Result<Self, Problems> {
        if !self.has_globs() {
            return Ok(self);
        }
        let mut found = Found::default();
        let mut room = Room {
            globs: MOST_GLOBS,
            looks: MOST_LOOKS,
            of_pipeline: MOST_OF_PIPELINE,
            of_step: 0,
        };
        let expansion = Expansion {
            source,
            plan: Plan::of(&self.pipeline())?,
            outputs: Outputs::of(&self),
        };
        let mut expanded = Vec::with_capacity(self.steps.len());
        for (index, named) in self.steps.iter().enumerate() {
            room.of_step = MOST_OF_STEP;
            let at = field::of_key(&self.place(index), "inputs");
            let (inputs, refused) = expansion.step(&named.name, &named.step.inputs, &mut room);
            for (index, issue) in refused {
                found.add(field::of_index(&at, index), issue);
            }
            expanded.push(inputs);
        }
        for (named, inputs) in self.steps.iter_mut().zip(expanded) {
            named.step.inputs = inputs;
        }
        for (index, named) in self.steps.iter().enumerate() {
            check::outputs::against_inputs(&self.place(index), &named.step, &mut found);
        }
        found.into_result()?;
        Ok(self)
    }
}

/// How much there may be still.
struct Room {
    globs: usize,
    looks: usize,
    of_pipeline: usize,
    of_step: usize,
}

struct Expansion<'a, S> {
    source: &'a S,
    plan: Plan,
    outputs: Outputs<'a>,
}

impl<S: Listing> Expansion<'_, S> {
    /// The inputs of `step` as they are from now on, and what is wrong with some, by their place in the list.
    fn step(
        &self,
        step: &str,
        inputs: &[String],
        room: &mut Room,
    ) -> (Vec<String>, Vec<(usize, String)>) {
        let upstream =
            LazyCell::new(|| self.plan.upstream(step).into_iter().collect::<HashSet<_>>());
        let written = |path: &str| {
            self.outputs
                .at(path)
                .any(|writer| upstream.contains(writer))
        };
        let as_spelled: Vec<bool> = inputs
            .iter()
            .map(|input| !is_glob(input) || is_literal(self.source, input, &written))
            .collect();
        let literals = inputs
            .iter()
            .zip(&as_spelled)
            .filter(|(_, literal)| **literal);
        let mut listed: HashSet<String> = literals.map(|(input, _)| path::normal(input)).collect();

        let (mut expanded, mut refused) = (Vec::with_capacity(inputs.len()), Vec::new());
        for (index, (input, as_spelled)) in inputs.iter().zip(as_spelled).enumerate() {
            if as_spelled {
                expanded.push(input.clone());
                continue;
            }
            match self.matches(input, &written, room) {
                Ok(paths) if paths.is_empty() => refused.push((index, self.nothing(step, input))),
                Ok(paths) => expanded.extend(
                    paths
                        .into_iter()
                        .filter(|path| listed.insert((*path).to_owned()))
                        .map(str::to_owned),
                ),
                Err(issue) => refused.push((index, format!("{input:?} {issue}"))),
            }
        }
        (expanded, refused)
    }

    /// What the glob `input` matches, sorted; of what is `written` by needed steps, nothing.
    fn matches(
        &self,
        input: &str,
        written: &impl Fn(&str) -> bool,
        room: &mut Room,
    ) -> Result<Vec<&str>, String> {
        let Some(globs) = room.globs.checked_sub(1) else {
            return Err(format!(
                "is one glob too many: a pipeline has at most {MOST_GLOBS}; declare directories instead"
            ));
        };
        room.globs = globs;
        let glob = read(input)?;
        let mut matches = Vec::new();
        for path in self.source.under(glob.directory()) {
            room.looks = room.looks.checked_sub(1).ok_or_else(|| {
                format!(
                    "is held against too many files: the globs of a pipeline may be held against {MOST_LOOKS}, each glob against those of its directory; begin it with a directory, or declare one instead"
                )
            })?;
            if !glob.matches(path) || written(path) {
                continue;
            }
            if matches.len() >= room.of_step.min(room.of_pipeline) {
                return Err(format!(
                    "matches too many files: the globs of a step may match {MOST_OF_STEP}, those of a pipeline {MOST_OF_PIPELINE}; declare a directory instead"
                ));
            }
            matches.push(path);
        }
        room.of_step -= matches.len();
        room.of_pipeline -= matches.len();
        Ok(matches)
    }

    fn nothing(&self, step: &str, input: &str) -> String {
        let path = path::normal(input);
        let hint = match self.outputs.at(&path).find(|writer| *writer != step) {
            Some(writer) => format!(
                "; step {writer:?} writes there: declare its output, and add {writer:?} to `needs`"
            ),
            None => "; correct it, or leave it out".to_owned(),
        };
        format!("{input:?} matches no file of the source{hint}")
    }
}

fn read(input: &str) -> Result<Glob, String> {
    if input.ends_with('/') {
        return Err(
            "ends with `/`, but a glob matches files, never directories; end it with `/**`"
                .to_owned(),
        );
    }
    Glob::new(&path::normal(input))
        .map_err(|issue| format!("is no glob, and no file is called so: {issue}; correct it, or put `\\` before a sign that is meant as it is"))
}

/// Whether it is there as it is spelled, or is to be judged as if it were.
fn is_literal(source: &impl Listing, input: &str, written: &impl Fn(&str) -> bool) -> bool {
    match resolve(source, &path::normal(input), input.ends_with('/'), written) {
        Place::There(_) | Place::Written | Place::Outside(_) => true,
        Place::Missing(path) => source.left_out(&path).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::Entry;

    struct Source([&'static str; 3]);

    impl Listing for Source {
        fn entry(&self, path: &str) -> Option<Entry> {
            self.0.contains(&path).then_some(Entry::File)
        }
        fn under(&self, directory: &str) -> impl Iterator<Item = &str> {
            let mut within = self.0.to_vec();
            within.retain(|path| path::is_in(path, directory));
            within.into_iter()
        }
        fn left_out(&self, _: &str) -> Option<String> {
            None
        }
    }

    #[test]
    fn files_are_counted_with_every_glob_that_they_are_held_against() {
        let file = b"version: 1\nsteps:\n- {name: a, run: b, inputs: ['*.c', 'd/*', '*']}\n";
        let definition = Definition::parse(file).unwrap();
        let expansion = Expansion {
            source: &Source(["a.c", "b.c", "d/e"]),
            plan: Plan::of(&definition.pipeline()).unwrap(),
            outputs: Outputs::of(&definition),
        };
        let expanded = |looks: usize| {
            let mut room = Room {
                globs: 3,
                looks,
                of_pipeline: 9,
                of_step: 9,
            };
            let (inputs, refused) =
                expansion.step("a", &definition.steps[0].step.inputs, &mut room);
            let refused: Vec<usize> = refused.into_iter().map(|(index, _)| index).collect();
            (inputs, refused)
        };
        let all = ["a.c", "b.c", "d/e"].map(str::to_owned).to_vec();
        assert_eq!(expanded(7), (all.clone(), vec![]));
        assert_eq!(expanded(6), (all.clone(), vec![2]));
        assert_eq!(expanded(3), (all[..2].to_vec(), vec![1, 2]));
    }
}
