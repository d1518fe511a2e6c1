//! The order of the steps.

use std::collections::{BTreeMap, BTreeSet};

use super::check::circles;
use super::error::{Found, Problems};
use super::field;
use super::model::Pipeline;

/// Which step waits for which, and which of the ready ones goes first.
///
/// Of the ready steps the one with the longest remaining path goes first, so that the longest chain never waits; of
/// equal ones, the first by name.
///
/// ```
/// use attest_core::pipeline::{Pipeline, Plan};
///
/// let pipeline = Pipeline::parse(
///     b"version: 1
/// steps:
///   link: {run: ld, needs: [a, b]}
///   a: {run: cc}
///   b: {run: cc, needs: [gen]}
///   gen: {run: yacc}
/// ",
/// )?;
/// let plan = Plan::of(&pipeline)?;
/// assert_eq!(plan.order(), ["gen", "a", "b", "link"], "the longest chain begins first");
/// assert_eq!(plan.needs("link").collect::<Vec<_>>(), ["a", "b"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    order: Vec<String>,
    nodes: BTreeMap<String, Node>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Node {
    needs: BTreeSet<String>,
    needed_by: BTreeSet<String>,
    remaining: usize,
}

impl Plan {
    /// The plan of a pipeline.
    ///
    /// # Errors
    /// [`Problems`] where a needed step does not exist or steps need each other in a circle; a definition that has
    /// passed [`super::Definition::check`] has none.
    pub fn of(pipeline: &Pipeline) -> Result<Self, Problems> {
        let mut nodes: BTreeMap<String, Node> = pipeline
            .steps
            .keys()
            .map(|name| (name.clone(), Node::default()))
            .collect();
        let mut found = Found::default();
        for (name, step) in &pipeline.steps {
            for need in step.needs() {
                let Some(needed) = nodes.get_mut(need) else {
                    let at = field::of_key(&field::of_key("steps", name), "needs");
                    found.add(at, format!("there is no step called {need:?}"));
                    continue;
                };
                needed.needed_by.insert(name.clone());
                if let Some(node) = nodes.get_mut(name) {
                    node.needs.insert(need.clone());
                }
            }
        }
        refuse_circles(&nodes, &mut found);
        found.into_result()?;

        let mut plan = Self {
            order: Vec::new(),
            nodes,
        };
        plan.measure();
        plan.order = plan.sorted();
        Ok(plan)
    }

    /// Every step, in the order in which one worker would run them.
    #[must_use]
    pub fn order(&self) -> &[String] {
        &self.order
    }

    /// The steps that `step` names in `needs`, sorted, each once.
    pub fn needs(&self, step: &str) -> impl Iterator<Item = &str> {
        self.nodes
            .get(step)
            .into_iter()
            .flat_map(|node| &node.needs)
            .map(String::as_str)
    }

    /// How many steps the longest chain has that starts with `step`, itself included: the higher, the sooner.
    #[must_use]
    pub fn remaining(&self, step: &str) -> usize {
        self.nodes.get(step).map_or(0, |node| node.remaining)
    }

    /// Every step that `step` needs, directly or through others, in the order of the plan: whose outputs it sees.
    #[must_use]
    pub fn upstream(&self, step: &str) -> Vec<&str> {
        self.reach(step, |node| &node.needs)
    }

    /// Every step that needs `step`, directly or through others, in the order of the plan: what is skipped if it
    /// fails.
    #[must_use]
    pub fn downstream(&self, step: &str) -> Vec<&str> {
        self.reach(step, |node| &node.needed_by)
    }

    fn reach(&self, step: &str, next: impl Fn(&Node) -> &BTreeSet<String>) -> Vec<&str> {
        let mut reached = BTreeSet::new();
        let mut pending = vec![step];
        while let Some(name) = pending.pop() {
            let Some(node) = self.nodes.get(name) else {
                continue;
            };
            pending.extend(
                next(node)
                    .iter()
                    .map(String::as_str)
                    .filter(|name| reached.insert(*name)),
            );
        }
        self.order
            .iter()
            .map(String::as_str)
            .filter(|name| reached.contains(name))
            .collect()
    }

    /// Longest paths, from the last steps to the first.
    fn measure(&mut self) {
        let mut waiting: BTreeMap<String, usize> = self
            .nodes
            .iter()
            .map(|(name, node)| (name.clone(), node.needed_by.len()))
            .collect();
        let last = waiting.iter().filter(|(_, count)| **count == 0);
        let mut pending: Vec<String> = last.map(|(name, _)| name.clone()).collect();
        while let Some(name) = pending.pop() {
            let remaining = |node: &Node| {
                1 + node
                    .needed_by
                    .iter()
                    .map(|next| self.remaining(next))
                    .max()
                    .unwrap_or(0)
            };
            let remaining = self.nodes.get(&name).map_or(0, remaining);
            let Some(node) = self.nodes.get_mut(&name) else {
                continue;
            };
            node.remaining = remaining;
            for need in &node.needs {
                if let Some(count) = waiting.get_mut(need) {
                    *count -= 1;
                    if *count == 0 {
                        pending.push(need.clone());
                    }
                }
            }
        }
    }

    /// Kahn's order.
    fn sorted(&self) -> Vec<String> {
        let rank = |name: &str| (std::cmp::Reverse(self.remaining(name)), name.to_owned());
        let mut waiting: BTreeMap<&str, usize> = self
            .nodes
            .iter()
            .map(|(name, node)| (name.as_str(), node.needs.len()))
            .collect();
        let mut ready: BTreeSet<_> = waiting
            .iter()
            .filter(|(_, count)| **count == 0)
            .map(|(name, _)| rank(name))
            .collect();
        let mut order = Vec::with_capacity(self.nodes.len());
        while let Some((_, name)) = ready.pop_first() {
            for next in self
                .nodes
                .get(&name)
                .into_iter()
                .flat_map(|node| &node.needed_by)
            {
                if let Some(count) = waiting.get_mut(next.as_str()) {
                    *count -= 1;
                    if *count == 0 {
                        ready.insert(rank(next));
                    }
                }
            }
            order.push(name);
        }
        order
    }
}

fn refuse_circles(nodes: &BTreeMap<String, Node>, found: &mut Found) {
    let names: Vec<&String> = nodes.keys().collect();
    let index = |name: &String| names.binary_search(&name).ok();
    let graph: Vec<Vec<usize>> = nodes
        .values()
        .map(|node| node.needs.iter().filter_map(index).collect())
        .collect();
    let name = |index: usize| names.get(index).map_or("", |name| name.as_str());
    for (first, issue) in circles(&graph, name) {
        found.add(
            field::of_key(&field::of_key("steps", name(first)), "needs"),
            issue,
        );
    }
}
