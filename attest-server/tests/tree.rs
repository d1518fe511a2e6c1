//! Trees as values.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use attest_core::digest::Digest;
use attest_server::tree::{Entry, Tree, TreeError, normalise};
use proptest::prelude::*;

fn file(text: &str) -> Entry {
    Entry::File {
        digest: Digest::of(text.as_bytes()),
        executable: false,
        size: text.len() as u64,
    }
}

fn tree(paths: &[&str]) -> Tree {
    let mut tree = Tree::new();
    for path in paths {
        tree.insert(path, file(path)).unwrap();
    }
    tree
}

fn paths(tree: &Tree) -> Vec<&str> {
    tree.iter().map(|(path, _)| path).collect()
}

#[test]
fn paths_that_leave_the_tree_or_are_not_normal_are_refused() {
    for path in [
        "", "/", "/a", "a/", "a//b", "./a", "a/..", "..", "a/../b", "a\0b",
    ] {
        assert_eq!(
            Tree::new().insert(path, file("x")),
            Err(TreeError::Path(path.to_owned()))
        );
        let json = serde_json::json!({ path: file("x") });
        assert!(serde_json::from_value::<Tree>(json).is_err(), "{path:?}");
    }
}

#[test]
fn nothing_lies_below_a_file_or_a_link() {
    let mut tree = tree(&["a"]);
    tree.insert(
        "l",
        Entry::Symlink {
            target: "/etc".into(),
        },
    )
    .unwrap();
    for path in ["a/b", "l/passwd", "l/x/y"] {
        assert!(
            matches!(
                tree.insert(path, file("x")),
                Err(TreeError::BelowFile { .. })
            ),
            "{path}"
        );
    }
    let json = r#"{"l":{"kind":"symlink","target":"/etc"},"l/x":{"kind":"directory"}}"#;
    assert!(serde_json::from_str::<Tree>(json).is_err());
}

#[test]
fn under_a_path_is_what_is_at_it_and_below_and_not_its_neighbours() {
    let tree = tree(&["d-x", "d/x", "d/y/z", "d.x", "dd"]);
    let under: Vec<_> = tree.under("d").map(|(path, _)| path).collect();
    assert_eq!(under, ["d/x", "d/y/z"]);
    assert!(tree.contains("d/y") && tree.contains("") && !tree.contains("d/"));
    assert_eq!(paths(&tree.restricted_to(&["d/y", "dd"])), ["d/y/z", "dd"]);
}

#[test]
fn an_overlay_wins_also_where_a_file_is_in_the_way_of_a_directory() {
    let mut lower = tree(&["a", "b/c", "keep"]);
    lower.overlay(&tree(&["a/x", "b"]));
    assert_eq!(paths(&lower), ["a/x", "b", "keep"]);
}

#[test]
fn an_empty_directory_gives_way_to_what_is_put_in_it() {
    let mut tree = Tree::new();
    tree.insert("out", Entry::Directory).unwrap();
    tree.insert("out/x", file("x")).unwrap();
    assert_eq!(paths(&tree), ["out/x"]);
}

#[test]
fn declared_paths_are_normalised_as_text() {
    for (declared, expected) in [
        (".", Some("")),
        ("./a//b/", Some("a/b")),
        ("a/../b", Some("b")),
        ("a/../../b", None),
        ("/a", None),
    ] {
        assert_eq!(normalise(declared).as_deref(), expected, "{declared}");
    }
}

proptest! {
    #[test]
    fn a_tree_survives_being_written_and_two_trees_never_share_a_digest(
        one in prop::collection::btree_map("[a-c]{1,2}(/[a-c]{1,2}){0,2}", "[xy]", 0..6),
        other in prop::collection::btree_map("[a-c]{1,2}(/[a-c]{1,2}){0,2}", "[xy]", 0..6),
    ) {
        let build = |entries: &std::collections::BTreeMap<String, String>| {
            let mut tree = Tree::new();
            for (path, text) in entries {
                let _ = tree.insert(path, file(text));
            }
            tree
        };
        let (one, other) = (build(&one), build(&other));
        let text = serde_json::to_string(&one).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Tree>(&text).unwrap(), &one);
        prop_assert_eq!(one == other, one.digest() == other.digest());
        let mut laid = one.clone();
        laid.overlay(&other);
        for (path, entry) in other.iter() {
            prop_assert_eq!(laid.get(path), Some(entry));
        }
        let whole = serde_json::to_string(&laid).unwrap();
        prop_assert!(serde_json::from_str::<Tree>(&whole).is_ok());
    }
}
