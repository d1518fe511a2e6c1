use super::*;

#[test]
fn a_repositorys_address_becomes_a_uri_or_none() {
    for (repository, branch, uri) in [
        (
            "https://example.com/r.git",
            Some("main"),
            Some("git+https://example.com/r.git@refs/heads/main"),
        ),
        (
            "https://example.com/r.git",
            None,
            Some("git+https://example.com/r.git"),
        ),
        (
            "ssh://git@example.com/r",
            Some("a/b"),
            Some("git+ssh://git@example.com/r@refs/heads/a/b"),
        ),
        (
            "git@example.com:o/r.git",
            None,
            Some("git+ssh://git@example.com/o/r.git"),
        ),
        (
            "https://example.com/r",
            Some("what now"),
            Some("git+https://example.com/r"),
        ),
        ("../r", None, None),
        ("/srv/r", None, None),
        ("file:///srv/r", None, None),
        ("https://example.com/a b", None, None),
        ("javascript://example.com/%0a", None, None),
        ("", None, None),
    ] {
        assert_eq!(git_uri(repository, branch).as_deref(), uri, "{repository}");
    }
}

#[test]
fn only_a_whole_object_id_is_a_dependency() {
    let source = |commit: &str| Source {
        repository: None,
        commit: commit.to_owned(),
        branch: None,
        tracked_dirty: true,
    };
    for (commit, is_one) in [
        ("0".repeat(40), true),
        ("f".repeat(64), true),
        ("c0ffee".to_owned(), false),
        ("F".repeat(40), false),
        ("0".repeat(41), false),
        (String::new(), false),
    ] {
        let found = dependency(&source(&commit));
        assert_eq!(found.is_some(), is_one, "{commit}");
        if let Some(found) = found {
            assert_eq!(
                found,
                json!({"digest": {"gitCommit": commit}, "annotations": {"attest_trackedDirty": true}})
            );
        }
    }
}

#[test]
fn times_that_others_cannot_read_are_left_out() {
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    assert_eq!(
        time(&at("2026-11-24T12:00:00.120Z")),
        Some("2026-11-24T12:00:00.120Z".into())
    );
    assert_eq!(time(&at("2016-12-31T23:59:60Z")), None);
    assert_eq!(time(&at("+10000-01-01T00:00:00Z")), None);
}
