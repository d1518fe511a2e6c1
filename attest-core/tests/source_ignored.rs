//! What ignore files leave out of a source is what git itself leaves out by them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use attest_core::source;
use proptest::prelude::*;

fn git(dir: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("git")
        .args(["-c", "core.excludesFile=/dev/null", "-C"])
        .arg(dir)
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

/// The files that git would add, and those of the source.
fn both(dir: &Path) -> (BTreeSet<String>, BTreeSet<String>) {
    git(dir, &["init", "-q"]);
    let arguments = ["ls-files", "-z", "--others", "--exclude-standard"];
    let names = String::from_utf8(git(dir, &arguments)).unwrap();
    let names = names.split('\0').filter(|name| !name.is_empty());
    let listed = source::list(dir, &[]).unwrap();
    let entries = listed.entries().keys().cloned();
    (names.map(str::to_owned).collect(), entries.collect())
}

fn project(files: &[String], rules: &[(&str, String)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for file in files {
        let path = dir.path().join(file);
        // A file may be in the way of a directory, or the other way round.
        if fs::create_dir_all(path.parent().unwrap()).is_ok() && !path.is_dir() {
            fs::write(path, "").unwrap();
        }
    }
    for (place, text) in rules {
        let folder = dir.path().join(place);
        if folder.is_dir() {
            fs::write(folder.join(".gitignore"), text).unwrap();
        }
    }
    dir
}

#[test]
fn each_rule_of_an_ignore_file_means_what_it_means_to_git() {
    let files: Vec<String> = [
        "a",
        "a.o",
        "b.o",
        "build/x",
        "build/y/z",
        "c d",
        "c ",
        "#x",
        "!x",
        "x\\y",
        "d/a",
        "d/a.o",
        "d/build/x",
        "d/e/a",
        "d/e/f/a",
        "d/e/f/g.o",
        "foo/bar",
        "foo/baz",
        "foo/q/bar",
        "k/foo/bar",
        "[x]",
        "x1",
        "x2",
        "x-",
        "A",
        "ä",
        "d/ä",
        "-",
        "]",
        "{a,b}.o",
        "{",
        "}",
        "[{a}",
        "{a",
    ]
    .map(str::to_owned)
    .to_vec();
    for text in [
        "*.o",
        "/*.o",
        "a",
        "/a",
        "a/",
        "build",
        "build/",
        "/build/",
        "build/x",
        "d/**",
        "**/a",
        "**/foo/bar",
        "foo/**/bar",
        "foo/*",
        "/**",
        "*",
        "*\n!a",
        "*\n!*/\n!a",
        "/*\n!/d",
        "d/*\n!d/e",
        "d\n!d/a",
        "c d",
        "c\\ ",
        "c ",
        "\\#x",
        "#x",
        "\\!x",
        "!x",
        "x\\\\y",
        "[x]",
        "x[12]",
        "x[!1]",
        "x[^1]",
        "\\[x\\]",
        "x[1-2]",
        "x[0-9-]",
        "?",
        "??",
        "ä",
        "d/?",
        "*.o\n!b.o",
        "!a\na",
        "a\n!a",
        "**",
        "***",
        "**.o",
        "d**",
        "d/**/a",
        "d/**/**/a",
        "foo//bar",
        "/",
        "//",
        ".",
        "./a",
        "d/./a",
        "../a",
        "a\\",
        "[",
        "[a",
        "x[",
        "[!",
        "a\r\nb.o\r",
        "  a",
        "a\t",
        "\u{feff}a",
        "A",
        "[[:alpha:]]",
        "x[[:digit:]]",
        "]",
        "[]]",
        "[!]]",
        "-",
        "[a-]",
        "*/a",
        "/*/a",
        "d/*/a",
        "*/*/a",
        "!",
        "!/",
        "{a,b}.o",
        "\\{a,b\\}.o",
        "[{]a,b}.o",
        "[]{]a,b}.o",
        "[!]{]",
        "\\[{a}",
        "{",
        "}",
        "{a",
    ] {
        let rules = [("", text.to_owned())];
        let (expected, found) = both(project(&files, &rules).path());
        assert_eq!(found, expected, "{text:?}");
    }
}

/// A name, or a line of an ignore file, of few letters: so that they meet.
fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "ab", "a.o", "b.o", "d", "e"]).prop_map(str::to_owned)
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec(name(), 1..5).prop_map(|parts| parts.join("/"))
}

fn line() -> impl Strategy<Value = String> {
    // Not `a**`: git's documentation calls that `a*`, git itself takes it for `a*/**` where nothing but letters comes before.
    let part = prop::sample::select(vec![
        "a", "b", "*", "**", "?", "a*", "*.o", "[ab]", "[!a]", "d", "e",
    ]);
    let parts = prop::collection::vec(part, 1..4);
    let sign = |text: &'static str| prop::option::weighted(0.3, Just(text));
    (sign("!"), sign("/"), parts, sign("/")).prop_map(|(not, start, parts, end)| {
        let text = |sign: Option<&str>| sign.unwrap_or_default().to_owned();
        text(not) + &text(start) + &parts.join("/") + &text(end)
    })
}

fn lines() -> impl Strategy<Value = String> {
    prop::collection::vec(line(), 0..4).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ignore_files_at_any_level_leave_out_what_git_leaves_out(
        files in prop::collection::vec(path(), 1..20),
        outer in lines(),
        inner in lines(),
        deep in lines(),
    ) {
        let rules = [("", outer), ("d", inner), ("d/e", deep)];
        let (expected, found) = both(project(&files, &rules).path());
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn the_line_that_left_something_out_is_told_as_it_is_written() {
    let rules = [("", "{a,b}.o\n".to_owned())];
    let dir = project(&["{a,b}.o".to_owned()], &rules);
    let listed = source::list(dir.path(), &[]).unwrap();
    let rule = listed.ignored().by("{a,b}.o").unwrap().to_string();
    assert_eq!(rule, "ignored by .gitignore (\"{a,b}.o\")");
}
