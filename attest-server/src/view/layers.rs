//! What goes into a view, as trees.

use std::sync::Arc;

use crate::tree::{Tree, normalise};

/// What a needed step left: its declared outputs, and the tree of what was there of them.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// The declared output paths, as spelled.
    pub declared: Vec<String>,
    /// What the step wrote of them.
    pub tree: Arc<Tree>,
}

/// A view before it is built.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    /// Files of the source.
    pub(crate) source: Tree,
    /// Outputs of needed steps; nothing of it is also in `source`.
    pub(crate) outputs: Tree,
}

impl Layers {
    /// The view of a step that declares `outputs`. What a needed step declared is as that step left it, also where the
    /// source has such files; what this step declares is absent. With `inputs` the source is reduced to those paths.
    pub(crate) fn compose(
        source: &Tree,
        upstream: &[Upstream],
        outputs: &[String],
        inputs: Option<&[String]>,
    ) -> Self {
        let mut layers = Self {
            source: visible_source(source, inputs),
            outputs: Tree::new(),
        };
        for needed in upstream {
            for path in needed.declared.iter().filter_map(|path| normalise(path)) {
                layers.source.remove(&path);
                layers.outputs.remove(&path);
            }
            layers.outputs.overlay(&needed.tree);
        }
        for path in outputs.iter().filter_map(|path| normalise(path)) {
            layers.source.remove(&path);
            layers.outputs.remove(&path);
        }
        layers.clear_the_way();
        layers
    }

    /// A source file where an output needs a directory, or a source directory where an output is a file, gives way.
    fn clear_the_way(&mut self) {
        for (path, _) in self.outputs.iter() {
            self.source.remove(path);
            for (at, _) in path.match_indices('/') {
                if let Some(above) = path.get(..at)
                    && self.source.get(above).is_some()
                {
                    self.source.remove(above);
                }
            }
        }
    }
}

/// The part of the source a step sees: all of it, or with strict inputs what is at or under `inputs`.
#[must_use]
pub fn visible_source(source: &Tree, inputs: Option<&[String]>) -> Tree {
    inputs.map_or_else(
        || source.clone(),
        |inputs| {
            let paths: Vec<String> = inputs.iter().filter_map(|path| normalise(path)).collect();
            source.restricted_to(&paths)
        },
    )
}
