//! Steps that need each other in a circle.

use std::collections::HashMap;

use crate::pipeline::definition::Definition;
use crate::pipeline::error::Found;
use crate::pipeline::field;

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

/// Reports each circle once, by name, at its first step.
pub(in crate::pipeline) fn report(definition: &Definition, found: &mut Found) {
    let mut by_name = HashMap::new();
    for (index, step) in definition.steps.iter().enumerate() {
        by_name.entry(step.name.as_str()).or_insert(index);
    }
    let needs = |name: &String| by_name.get(name.as_str()).copied();
    let graph: Vec<Vec<usize>> = definition
        .steps
        .iter()
        .map(|step| step.step.needs().iter().filter_map(needs).collect())
        .collect();
    let name = |index: usize| {
        definition
            .steps
            .get(index)
            .map_or("", |step| step.name.as_str())
    };
    for (first, issue) in circles(&graph, name) {
        found.add(field::of_key(&definition.place(first), "needs"), issue);
    }
}

/// Every circle, as its first node and a sentence that names all of it.
pub(in crate::pipeline) fn circles<'a>(
    graph: &[Vec<usize>],
    name: impl Fn(usize) -> &'a str,
) -> Vec<(usize, String)> {
    let describe = |circle: Vec<usize>| {
        let first = circle.first().copied().unwrap_or_default();
        let names: Vec<&str> = circle.iter().copied().chain([first]).map(&name).collect();
        (
            first,
            format!(
                "these steps need each other in a cycle: {}",
                names.join(" -> ")
            ),
        )
    };
    find(graph).into_iter().map(describe).collect()
}

/// Circles of a graph given as the needs of each node; at least one if there is any. With a stack of its own, because
/// the depth is the caller's, and one circle for each part that a search starts in, because there may be very many.
fn find(graph: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut state = vec![State::New; graph.len()];
    let mut circles = Vec::new();
    for start in 0..graph.len() {
        let mut circle = None;
        // The way from `start`: each node with the position of the need to look at next.
        let mut way: Vec<(usize, usize)> = Vec::new();
        enter(start, &mut state, &mut way);
        while let Some((node, next)) = way.last_mut() {
            let need = graph.get(*node).and_then(|needs| needs.get(*next)).copied();
            *next += 1;
            let node = *node;
            match need.map(|need| (need, state.get(need).copied())) {
                None => {
                    set(&mut state, node, State::Done);
                    way.pop();
                }
                Some((need, Some(State::Open))) if circle.is_none() => {
                    circle = Some(
                        way.iter()
                            .map(|(node, _)| *node)
                            .skip_while(|node| *node != need)
                            .collect(),
                    );
                }
                Some((need, _)) => enter(need, &mut state, &mut way),
            }
        }
        circles.extend(circle);
    }
    circles
}

fn enter(node: usize, state: &mut [State], way: &mut Vec<(usize, usize)>) {
    if state.get(node) == Some(&State::New) {
        set(state, node, State::Open);
        way.push((node, 0));
    }
}

fn set(state: &mut [State], node: usize, to: State) {
    if let Some(state) = state.get_mut(node) {
        *state = to;
    }
}
