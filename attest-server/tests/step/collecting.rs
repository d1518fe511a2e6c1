//! What is taken of what a step left.

use attest_core::manifest::Kind;
use attest_server::step::Reason;
use attest_server::tree::Entry;

use crate::fixture::{Fixture, modes, paths, upstream};

#[tokio::test]
async fn outputs_are_stored_with_links_and_executable_bits() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        let mut request = fixture.request(
            "mkdir -p out/sub; echo hi > out/sub/f; printf '#!/bin/sh\\necho ran' > out/tool; \
             chmod 755 out/tool; ln -s sub/f out/link",
        );
        request.outputs = paths(&["out"]);
        let first = fixture.run(request).await;
        assert_eq!(first.exit_code, Some(0), "{first:?}");
        let lines: Vec<_> = first
            .output_manifest
            .iter()
            .map(|l| (l.path.as_str(), l.kind))
            .collect();
        assert_eq!(
            lines,
            [
                ("out/link", Kind::Symlink),
                ("out/sub/f", Kind::File),
                ("out/tool", Kind::File)
            ]
        );
        assert_eq!(fixture.content(&first.output_tree, "out/sub/f"), "hi\n");

        let mut request = fixture.request("cat out/link; out/tool; stat -c %a out/tool");
        request.upstream = vec![upstream(&["out"], &first)];
        assert_eq!(fixture.run(request).await.stdout, "hi\nran\n755\n");
    }
}

#[tokio::test]
async fn a_command_that_ends_with_0_without_a_declared_output_fails_with_125() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[("there", "")]);
        let mut request = fixture.request("echo x > made");
        request.outputs = paths(&["made", "there"]);
        let outcome = fixture.run(request).await;
        assert_eq!(outcome.exit_code, Some(125));
        assert_eq!(outcome.reason, Some(Reason::MissingOutput));
        assert!(outcome.message.unwrap().contains("there"));
        assert_eq!(
            outcome.output_manifest.len(),
            1,
            "what exists is still hashed"
        );
    }
}

#[tokio::test]
async fn a_failed_step_keeps_its_exit_code_and_the_hash_of_the_outputs_that_exist() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        let mut request = fixture.request("echo x > made; exit 7");
        request.outputs = paths(&["made", "missing"]);
        let outcome = fixture.run(request).await;
        assert_eq!((outcome.exit_code, outcome.reason), (Some(7), None));
        assert_eq!(outcome.output_manifest.len(), 1);
        assert!(outcome.output_tree.contains("made"));
    }
}

#[tokio::test]
async fn an_empty_declared_directory_is_kept() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        let mut request = fixture.request("mkdir -p a/empty");
        request.outputs = paths(&["a/empty/"]);
        let first = fixture.run(request).await;
        assert_eq!(first.exit_code, Some(0), "{first:?}");
        assert_eq!(first.output_tree.get("a/empty"), Some(&Entry::Directory));
        let mut request = fixture.request("test -d a/empty");
        request.upstream = vec![upstream(&["a/empty/"], &first)];
        assert_eq!(fixture.run(request).await.exit_code, Some(0));
    }
}

#[tokio::test]
async fn links_out_of_the_view_are_not_followed() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        for (script, outputs) in [
            ("ln -s /etc/passwd out", vec!["out"]),
            ("ln -s ../../../../../etc/passwd out", vec!["out"]),
            ("ln -s /etc dir", vec!["dir/passwd"]),
            ("mkdir d; ln -s /etc d/l", vec!["d"]),
        ] {
            let mut request = fixture.request(script);
            request.outputs = paths(&outputs);
            let outcome = fixture.run(request).await;
            assert_eq!(
                outcome.reason,
                Some(Reason::OutputUnreadable),
                "{script}: {outcome:?}"
            );
            assert_eq!(outcome.exit_code, Some(125));
            assert!(outcome.output_tree.is_empty() && outcome.output_manifest.is_empty());
        }
    }
}

#[tokio::test]
async fn fifos_and_sockets_are_refused_as_outputs_without_waiting_for_a_writer() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        for script in ["mkfifo out", "mkdir out; mkfifo out/f"] {
            let mut request = fixture.request(script);
            request.outputs = paths(&["out"]);
            let outcome = fixture.run(request).await;
            assert_eq!(
                outcome.reason,
                Some(Reason::OutputUnreadable),
                "{script}: {outcome:?}"
            );
            assert!(outcome.message.unwrap().contains("out"));
        }
    }
}

#[tokio::test]
async fn names_that_no_receipt_can_hold_are_refused() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        for script in [
            "mkdir out; touch out/$(printf '\\377')",
            "mkdir out; touch \"out/a\nb\"",
        ] {
            let mut request = fixture.request(script);
            request.outputs = paths(&["out"]);
            let outcome = fixture.run(request).await;
            assert_eq!(
                outcome.reason,
                Some(Reason::OutputUnreadable),
                "{script}: {outcome:?}"
            );
        }
    }
}

#[tokio::test]
async fn what_a_failed_step_left_unreadable_does_not_hide_its_exit_code() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        let mut request = fixture.request("mkfifo out; exit 3");
        request.outputs = paths(&["out"]);
        let outcome = fixture.run(request).await;
        assert_eq!((outcome.exit_code, outcome.reason), (Some(3), None));
        assert!(outcome.message.unwrap().contains("out"));
    }
}

#[tokio::test]
async fn outputs_with_more_names_than_a_receipt_can_hold_are_refused_before_they_are_kept() {
    let fixture = Fixture::new(crate::fixture::Mode::Plain, &[]);
    // Deep names on few files, as an attack on memory would have them; then links, whose text counts as well.
    let deep = "d=out; for i in 1 2 3 4 5 6 7 8; do d=$d/$(printf '%0250d' 0); done; mkdir -p $d; cd $d; \
                seq 8400 | xargs touch";
    let links = "mkdir out; ln -s $(printf '%02000d' 0 | sed 's,0,./,g') out/link; \
                 for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do cp -a out more; mv more out/$i; done";
    for run in [deep, links] {
        let mut request = fixture.request(run);
        request.outputs = paths(&["out"]);
        let outcome = fixture.run(request).await;
        assert_eq!(
            outcome.reason,
            Some(Reason::OutputUnreadable),
            "{outcome:?}"
        );
        let message = outcome.message.unwrap();
        assert!(message.contains("declare fewer"), "{message}");
        assert!(outcome.output_tree.is_empty());
        assert!(fixture.scratch_is_empty());
    }
}
