//! What a step finds when it starts.

use std::sync::Arc;

use attest_server::step::Reason;
use attest_server::tree::Tree;

use crate::fixture::{Fixture, Log, bubblewrap, modes, paths, until, upstream};

#[tokio::test]
async fn a_step_sees_the_source_and_its_inputs_are_hashed() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[("a.txt", "A"), ("dir/b.txt", "B")]);
        let mut request =
            fixture.request("cat a.txt dir/b.txt; pwd >&2; echo \"$HOME $TMPDIR\" >&2");
        request.inputs = paths(&["a.txt"]);
        let outcome = fixture.run(request).await;
        assert_eq!(
            (outcome.exit_code, outcome.reason),
            (Some(0), None),
            "{outcome:?}"
        );
        assert_eq!(outcome.stdout, "AB");
        let project = fixture.dir.path().join("project");
        let run = "cat a.txt dir/b.txt; pwd >&2; echo \"$HOME $TMPDIR\" >&2";
        let expected =
            attest_core::manifest::hash_inputs(&project, run, &paths(&["a.txt"])).unwrap();
        assert_eq!(outcome.input_hash, expected.digest());
        if mode == crate::fixture::Mode::Bubblewrap {
            assert_eq!(outcome.stderr, "/workspace\n/home/step /tmp\n");
        }
        assert!(fixture.scratch_is_empty());
    }
}

#[tokio::test]
async fn parallel_steps_do_not_see_each_others_files() {
    for mode in modes() {
        let fixture = Arc::new(Fixture::new(mode, &[("a", "")]));
        // Each waits until the other has surely written, which a third party tells them.
        let script = "echo x > mine-$ME; touch \"$HOME/mine-$ME\" \"$TMPDIR/mine-$ME\"; echo written; \
                      while [ ! -e go ]; do sleep 0.01; done; ls . $HOME $TMPDIR";
        let logs = [Log::default(), Log::default()];
        let tasks: Vec<_> = ["1", "2"]
            .into_iter()
            .zip(&logs)
            .map(|(me, log)| {
                let fixture = Arc::clone(&fixture);
                let mut request = fixture.request(script);
                request.env.insert("ME".to_owned(), me.to_owned());
                let log = log.clone();
                tokio::spawn(async move {
                    fixture
                        .run_with(request, log, std::future::pending())
                        .await
                        .unwrap()
                })
            })
            .collect();
        for log in &logs {
            log.wait_for("written").await;
        }
        for log in &logs {
            let scratch = log.supervisor().unwrap().scratch;
            std::fs::write(scratch.join("workspace/go"), "").unwrap();
        }
        for (task, (mine, other)) in tasks
            .into_iter()
            .zip([("mine-1", "mine-2"), ("mine-2", "mine-1")])
        {
            let outcome = task.await.unwrap();
            assert_eq!(
                outcome.stdout.matches(mine).count(),
                3,
                "{}",
                outcome.stdout
            );
            assert!(!outcome.stdout.contains(other), "{}", outcome.stdout);
        }
    }
}

#[tokio::test]
async fn undeclared_files_are_dropped_and_declared_ones_reach_the_next_step() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[("out/stale", "old"), ("a", "1")]);
        let mut request = fixture
            .request("ls out 2>&1; mkdir out; echo new > out/x; echo junk > junk; echo 2 > a");
        request.outputs = paths(&["out/"]);
        let first = fixture.run(request).await;
        assert_eq!(first.exit_code, Some(0), "{first:?}");
        assert!(
            first.stdout.contains("No such file"),
            "declared outputs are absent at the start"
        );

        let mut request =
            fixture.request("ls; cat a; ls out; stat -c '%a %Y' a out/x; [ ! -e junk ]");
        request.upstream = vec![upstream(&["out/"], &first)];
        let second = fixture.run(request).await;
        assert_eq!(second.exit_code, Some(0), "{second:?}");
        assert_eq!(second.stdout, "a\nout\n1x\n644 946684800\n644 946684801\n");
    }
}

#[tokio::test]
async fn strict_inputs_hide_the_rest_of_the_source_but_not_what_needed_steps_made() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[("a/x", "A"), ("a-b", "no"), ("secret", "no")]);
        let mut request = fixture.request("echo made > made");
        request.outputs = paths(&["made"]);
        let first = fixture.run(request).await;
        let mut request = fixture.request("find . -type f | sort");
        request.inputs = paths(&["./a"]);
        request.strict_inputs = true;
        request.upstream = vec![upstream(&["made"], &first)];
        let outcome = fixture.run(request).await;
        assert_eq!(outcome.stdout, "./a/x\n./made\n", "{outcome:?}");
    }
}

#[tokio::test]
async fn a_step_starts_in_its_working_directory_and_never_outside_its_view() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[("sub/dir/f", "")]);
        std::os::unix::fs::symlink("/", fixture.dir.path().join("project/root")).unwrap();
        let project = fixture.dir.path().join("project");
        let tree = attest_server::source::snapshot(&project, &[], &fixture.runner.blobs)
            .unwrap()
            .tree;
        for (directory, expected) in [
            ("sub/./dir/", Ok("f\n")),
            ("nowhere", Err("nowhere")),
            ("root", Err("root")),
            ("../", Err("../")),
        ] {
            let mut request = fixture.request("ls");
            request.working_dir = Some(directory.to_owned());
            request.source = Arc::new(tree.clone());
            let outcome = fixture.run(request).await;
            match expected {
                Ok(text) => assert_eq!(outcome.stdout, text, "{outcome:?}"),
                Err(named) => {
                    assert_eq!(outcome.reason, Some(Reason::NotStarted));
                    assert!(outcome.message.unwrap().contains(named));
                }
            }
        }
    }
}

#[tokio::test]
async fn a_missing_input_keeps_the_command_from_running_and_is_named() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[("a", "")]);
        let mut request = fixture.request("echo ran");
        request.inputs = paths(&["a", "gone"]);
        let outcome = fixture.run(request).await;
        assert_eq!(outcome.exit_code, Some(125));
        assert_eq!(outcome.reason, Some(Reason::InputUnreadable));
        assert!(outcome.message.unwrap().contains("gone"));
        assert_eq!(outcome.stdout, "");
    }
}

#[tokio::test]
async fn an_input_that_the_step_changes_fails_it() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[("d/in", "1"), ("d/other", "1")]);
        for (script, reason) in [
            ("echo 2 > d/in", Some(Reason::InputChanged)),
            ("rm d/in", Some(Reason::InputChanged)),
            ("rm d/in; ln -s other d/in", Some(Reason::InputChanged)),
            ("echo new > d/beside; touch d/in; chmod 600 d/in", None),
            ("echo 2 > d/in; exit 3", None),
        ] {
            let mut request = fixture.request(script);
            request.inputs = paths(&["d"]);
            let outcome = fixture.run(request).await;
            assert_eq!(outcome.reason, reason, "{script}: {outcome:?}");
            if reason.is_some() {
                assert_eq!(outcome.exit_code, Some(125));
                assert!(outcome.message.unwrap().contains("d/in"));
            }
        }
    }
}

#[tokio::test]
async fn the_environment_is_what_was_asked_for_and_nothing_of_the_server() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        let mut request = fixture.request("env");
        request
            .env
            .insert("GREETING".to_owned(), "hello\nworld".to_owned());
        let outcome = fixture.run(request).await;
        let mut names: Vec<&str> = outcome
            .stdout
            .lines()
            .filter_map(|line| line.split_once('=').map(|(name, _)| name))
            .collect();
        names.sort_unstable();
        names.retain(|name| !matches!(*name, "PWD" | "OLDPWD" | "_" | "SHLVL"));
        assert_eq!(
            names,
            ["GREETING", "HOME", "PATH", "TMPDIR"],
            "{}",
            outcome.stdout
        );
        assert!(outcome.stdout.contains("GREETING=hello\nworld\n"));
    }
}

#[tokio::test]
async fn a_step_that_makes_its_directories_unreadable_or_deeper_than_a_path_is_cleaned_up() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[("a", "")]);
        let script = "mkdir -p x/y \"$HOME/h\"; touch x/y/z; chmod 000 x/y x \"$HOME/h\" .; \
                      cd \"$TMPDIR\"; d=$(printf %0200d 0); d=$d/$d/$d/$d/$d; d=$d/$d/$d; mkdir -p one/$d two/$d && mv one two/$d/ || exit 9; :";
        let outcome = fixture.run(fixture.request(script)).await;
        assert_eq!(
            (outcome.exit_code, outcome.reason),
            (Some(0), None),
            "{:?}",
            outcome.message
        );
        until(|| fixture.scratch_is_empty()).await;
    }
}

#[tokio::test]
async fn an_empty_source_is_an_empty_view() {
    for mode in modes() {
        let fixture = Fixture::new(mode, &[]);
        let mut request = fixture.request("ls -A | wc -l");
        request.source = Arc::new(Tree::new());
        assert_eq!(fixture.run(request).await.stdout.trim(), "0");
    }
}

#[tokio::test]
async fn a_damaged_blob_is_never_part_of_a_view() {
    let Some(mode) = bubblewrap() else { return };
    let fixture = Fixture::new(mode, &[("a", "good")]);
    let hex = attest_core::digest::Digest::of(b"good").hex();
    let blob = fixture
        .dir
        .path()
        .join("data/blobs")
        .join(&hex[..2])
        .join(&hex[2..4])
        .join(&hex);
    std::fs::write(&blob, "evil").unwrap();
    let error = fixture
        .run_with(
            fixture.request("cat a"),
            Log::default(),
            std::future::pending(),
        )
        .await
        .unwrap_err();
    assert!(error.to_string().contains(&hex), "{error}");
    assert!(!blob.exists());
    assert!(fixture.scratch_is_empty());
}
