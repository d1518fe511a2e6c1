//! The name of a view that was not composed: what [`super::Layers`] would hold, by digest.

use attest_core::digest::Digest;

use crate::tree::{Summary, Tree, normalise};

/// What a needed step left, as far as a view depends on it.
#[derive(Clone, Copy)]
pub(crate) struct Left<'a> {
    /// Its declared output paths, as spelled.
    pub(crate) declared: &'a [String],
    pub(crate) tree: &'a Tree,
    /// Of the tree.
    pub(crate) digest: Digest,
}

/// Two views with the same parts hold the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Of the source files in the view.
    pub(crate) source: Digest,
    /// Of what each needed step left, in the order of the digests. No two steps write the same path, so that together
    /// they are one tree whatever the order.
    pub(crate) outputs: Vec<Digest>,
}

impl Seen {
    /// The view of a step that declares `outputs`; with `inputs` the source is reduced to those paths.
    pub(crate) fn of(
        source: &Summary,
        upstream: &[Left<'_>],
        outputs: &[String],
        inputs: Option<&[String]>,
    ) -> Self {
        let normal = |paths: &[String]| -> Vec<String> {
            paths.iter().filter_map(|path| normalise(path)).collect()
        };
        let mut without = normal(outputs);
        for left in upstream {
            for path in normal(left.declared) {
                if left.tree.contains(&path) {
                    // A file of the source where an output needs a directory gives way.
                    let above = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
                    without.extend(
                        above
                            .filter(|above| source.is_leaf(above))
                            .map(str::to_owned),
                    );
                }
                without.push(path);
            }
        }
        let mut digests: Vec<Digest> = upstream
            .iter()
            .filter(|left| !left.tree.is_empty())
            .map(|left| left.digest)
            .collect();
        digests.sort_unstable();
        Self {
            source: source.digest(inputs.map(normal).as_deref(), &without),
            outputs: digests,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::tree::Entry;
    use crate::view::{Layers, Upstream};

    fn tree(paths: &[(String, u8)]) -> Tree {
        let mut tree = Tree::new();
        for (path, text) in paths {
            let entry = Entry::File {
                digest: Digest::of(&[*text]),
                executable: false,
                size: 1,
            };
            // Below a file there is nothing.
            let _refused = tree.insert(path, entry);
        }
        tree
    }

    fn files(names: &'static str) -> impl Strategy<Value = Vec<(String, u8)>> {
        let path = proptest::collection::vec(names, 1..4).prop_map(|parts| parts.join("/"));
        proptest::collection::vec((path, 0..2_u8), 0..6)
    }

    /// What steps left below a declared path of their own: no two of them overlap.
    fn upstream() -> impl Strategy<Value = Vec<Upstream>> {
        let places = ["d/x", "d/y", "e", "f/d/e"];
        let left = proptest::array::uniform4(proptest::option::of(files("x|y")));
        left.prop_map(move |left| {
            let steps = places.iter().zip(left).filter_map(|(place, files)| {
                let files: Vec<_> = files?
                    .into_iter()
                    .map(|(path, text)| (format!("{place}/{path}"), text))
                    .collect();
                let mut tree = tree(&files);
                if tree.is_empty() {
                    tree.insert(place, Entry::Directory).unwrap();
                }
                Some(Upstream {
                    declared: vec![(*place).to_owned()],
                    tree: Arc::new(tree),
                })
            });
            steps.collect()
        })
    }

    proptest! {
        /// The law that keeps a key right: it names exactly what the view will hold.
        #[test]
        fn what_is_named_is_what_is_composed(
            source in files("d|e|f|x"),
            upstream in upstream(),
            own in proptest::sample::select(vec!["out", "d/own", "f/x", "x"]),
            inputs in proptest::option::of(proptest::collection::vec("d|e|f/x|x|d/x|\\.", 0..3)),
        ) {
            let (source, own) = (tree(&source), [own.to_owned()]);
            let layers = Layers::compose(&source, &upstream, &own, inputs.as_deref());
            let left: Vec<Left<'_>> = upstream
                .iter()
                .map(|step| Left { declared: &step.declared, tree: &step.tree, digest: step.tree.digest() })
                .collect();
            let seen = Seen::of(&Summary::of(&source).unwrap(), &left, &own, inputs.as_deref());
            prop_assert_eq!(seen.source, Summary::of(&layers.source).unwrap().digest(None, &[]));
            let mut together = Tree::new();
            upstream.iter().for_each(|step| together.overlay(&step.tree));
            prop_assert_eq!(together, layers.outputs);
        }
    }
}
