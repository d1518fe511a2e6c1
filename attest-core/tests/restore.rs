//! Outputs in a directory: what a hostile receipt, list, sender or directory cannot do.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use attest_core::digest::Digest;
use attest_core::manifest;
use attest_core::receipt::{Artifact, Body, Execution, PlannedStep, Provenance, Step};
use attest_core::restore::{Kind, Plan, RestoreError, Stage, plan};
use attest_core::v1;

const ID: &str = "exec_1";

/// A receipt of steps with these outputs, and of these artifacts: step, path, kind, content.
fn receipt(steps: &[(&str, &[&str])], artifacts: &[(&str, &str, &str, &str)]) -> Body {
    let nothing = Digest::of(b"");
    let ran = |(name, _): &(&str, &[&str])| Step {
        name: (*name).to_owned(),
        input_hash: nothing.into(),
        output_hash: nothing.into(),
        duration_secs: 1,
        exit_code: 0,
        cache_hit: false,
        stdout: String::new(),
        stderr: String::new(),
        capsule_hash: None,
    };
    let planned = |(name, outputs): &(&str, &[&str])| PlannedStep {
        name: (*name).to_owned(),
        needs: Vec::new(),
        command_hash: nothing.into(),
        inputs: Vec::new(),
        outputs: outputs.iter().map(|path| (*path).to_owned()).collect(),
    };
    let artifact = |(step, path, kind, content): &(&str, &str, &str, &str)| Artifact {
        step: (*step).to_owned(),
        path: (*path).to_owned(),
        kind: (*kind).to_owned(),
        digest: Digest::of(content.as_bytes()).into(),
        algorithm: "blake3".to_owned(),
    };
    Body {
        schema_version: Some(3),
        pipeline_hash: nothing.into(),
        steps: steps.iter().map(ran).collect(),
        timestamp: SystemTime::now().into(),
        total_duration_secs: 1,
        attest_version: "0.1.0".to_owned(),
        causal_events: Vec::new(),
        causal_chain_hash: None,
        reproducibility: None,
        provenance: Some(Provenance {
            invocation_id: Some(ID.to_owned()),
            started_at: None,
            pipeline_name: None,
            source: None,
            runner_os: "linux".to_owned(),
            runner_arch: "x86_64".to_owned(),
            ci: None,
            steps: steps.iter().map(planned).collect(),
            artifacts: artifacts.iter().map(artifact).collect(),
            execution: Some(Execution::Native),
        }),
        isolation: None,
    }
}

fn listed(path: &str, kind: &str, content: &str, executable: bool) -> v1::Artifact {
    v1::Artifact {
        step: "build".to_owned(),
        path: path.to_owned(),
        kind: kind.to_owned(),
        size_bytes: Some(content.len() as u64),
        digest: Digest::of(content.as_bytes()).to_string(),
        executable,
    }
}

/// The plan of one step `build` with the output directory `out`.
fn planned(artifacts: &[(&str, &str, &str)]) -> Result<Plan, RestoreError> {
    let artifacts: Vec<_> = artifacts
        .iter()
        .map(|(path, kind, content)| ("build", *path, *kind, *content))
        .collect();
    plan(&receipt(&[("build", &["./out/"])], &artifacts), ID, &[])
}

/// Receives these contents, in the order of the paths, and puts them in place.
fn restore(dir: &Path, plan: Plan, contents: &[&str]) -> Result<(), RestoreError> {
    let stage = Stage::open(dir, plan)?;
    for (index, content) in contents.iter().enumerate() {
        let mut receiving = stage.receive(index)?;
        for piece in content.as_bytes().chunks(2) {
            receiving.write(piece)?;
        }
        receiving.finish()?;
    }
    stage.place()
}

/// Every path beneath a directory, links not followed.
fn everything(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.symlink_metadata().unwrap().is_dir() {
            found.extend(everything(&path));
        }
        found.push(path);
    }
    found.sort();
    found
}

#[test]
fn files_modes_and_links_come_as_they_were_and_nothing_else_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("new/place");
    let artifacts = [
        ("build", "out/app", "file", "program"),
        ("build", "out/deep/er/data", "file", ""),
        ("build", "out/deep/link", "symlink", "../app"),
    ];
    let list = [listed("out/app", "file", "program", true)];
    let wanted = plan(&receipt(&[("build", &["out"])], &artifacts), ID, &list).unwrap();
    assert_eq!(wanted.items[0].kind, Kind::File { executable: true });
    restore(&target, wanted, &["program", "", "../app"]).unwrap();
    assert_eq!(fs::read(target.join("out/app")).unwrap(), b"program");
    let mode = |path| {
        fs::metadata(target.join(path))
            .unwrap()
            .permissions()
            .mode()
    };
    assert_eq!(mode("out/app") & 0o100, 0o100);
    assert_eq!(mode("out/deep/er/data") & 0o111, 0);
    let link = fs::read_link(target.join("out/deep/link")).unwrap();
    assert_eq!(link, Path::new("../app"));
    assert_eq!(fs::read(target.join("out/deep/link")).unwrap(), b"program");
    assert!(!target.join(".attest").exists());
}

#[test]
fn a_path_that_could_do_harm_is_refused_with_the_whole_receipt() {
    let long = format!("out/{}", "n".repeat(256));
    let longer = format!("out/{}x", "d/".repeat(2100));
    for path in [
        "/etc/passwd",
        "../x",
        "out/../../x",
        "out/..",
        "out/./x",
        "out//x",
        "out/",
        "",
        "out/\0",
        "out/a\nb",
        "out/.git/hooks/post-checkout",
        "out/.GIT/config",
        "out/.attest/trust/trust.toml",
        "outside",
        "output/x",
        &long,
        &longer,
    ] {
        let error = planned(&[("out/good", "file", ""), (path, "file", "")]).unwrap_err();
        assert!(
            matches!(&error, RestoreError::Artifact { path: named, .. } if named == path),
            "{path:?}: {error}"
        );
    }
}

#[test]
fn what_no_declared_output_covers_is_refused() {
    let steps: &[(&str, &[&str])] = &[("a", &["a.out", "dir"]), ("b", &["b.out"])];
    for (step, path) in [("b", "a.out"), ("a", "a.out2"), ("a", "di"), ("c", "a.out")] {
        let body = receipt(steps, &[(step, path, "file", "")]);
        assert!(
            matches!(plan(&body, ID, &[]), Err(RestoreError::Artifact { .. })),
            "{step} {path}"
        );
    }
    let body = receipt(&[("a", &["."])], &[("a", "anything", "file", "")]);
    assert_eq!(plan(&body, ID, &[]).unwrap().items.len(), 1);
}

#[test]
fn one_path_is_written_once_and_nothing_lies_below_a_file() {
    let steps: &[(&str, &[&str])] = &[("a", &["out"]), ("b", &["out"])];
    let twice = [("a", "out/x", "file", "1"), ("b", "out/x", "file", "2")];
    let below = [
        ("a", "out/x", "symlink", "y"),
        ("b", "out/x/z", "file", "2"),
    ];
    let between = [
        ("a", "out/x", "file", "y"),
        ("a", "out/x-y", "file", ""),
        ("b", "out/x/z", "file", "2"),
    ];
    for artifacts in [&twice[..], &below, &between] {
        let error = plan(&receipt(steps, artifacts), ID, &[]).unwrap_err();
        assert!(matches!(error, RestoreError::Artifact { .. }), "{error}");
    }
}

#[test]
fn a_failed_run_another_run_and_an_unknown_kind_give_nothing() {
    let artifacts = [("build", "out/x", "file", "")];
    let good = receipt(&[("build", &["out"])], &artifacts);
    assert!(plan(&good, ID, &[]).is_ok());
    let mut failed = good.clone();
    failed.steps[0].exit_code = 1;
    let mut bare = good.clone();
    bare.provenance = None;
    for (body, id) in [(&failed, ID), (&bare, ID), (&good, "exec_2")] {
        assert!(matches!(plan(body, id, &[]), Err(RestoreError::Receipt(_))));
    }
    assert!(planned(&[("out/x", "socket", "")]).is_err());
}

#[test]
fn a_directory_is_what_the_server_lists_only_where_the_receipt_attests_just_that() {
    let made = tempfile::tempdir().unwrap();
    fs::create_dir_all(made.path().join("out/sub")).unwrap();
    fs::write(made.path().join("out/sub/a"), "a").unwrap();
    symlink("sub/a", made.path().join("out/l")).unwrap();
    let digest = manifest::hash_directory(made.path(), "out").unwrap();
    let mut body = receipt(&[("build", &["out"])], &[("build", "out", "directory", "")]);
    body.provenance.as_mut().unwrap().artifacts[0].digest = digest.into();
    let good = vec![
        listed("out/sub/a", "file", "a", true),
        listed("out/l", "symlink", "sub/a", false),
    ];
    let taken = plan(&body, ID, &good).unwrap().items;
    let paths: Vec<_> = taken.iter().map(|item| item.path.as_str()).collect();
    assert_eq!(paths, ["out/l", "out/sub/a"]);
    assert_eq!(taken[1].kind, Kind::File { executable: true });

    let mut more = good.clone();
    more.push(listed("out/evil", "file", "", true));
    let mut other = good.clone();
    other[0].digest = Digest::of(b"b").to_string();
    let mut twice = good.clone();
    twice.push(good[0].clone());
    let mut folded = good.clone();
    // One name that reads as two lines of a manifest.
    let rest = format!("out/l\nf:{} out/sub/a", Digest::of(b"a").hex());
    folded.remove(0);
    folded[0].path = rest;
    let of_another = good
        .iter()
        .map(|listed| v1::Artifact {
            step: "other".to_owned(),
            ..listed.clone()
        })
        .collect();
    for list in [
        Vec::new(),
        vec![good[0].clone()],
        more,
        other,
        twice,
        folded,
        of_another,
    ] {
        assert!(plan(&body, ID, &list).is_err(), "{list:?}");
    }
}

#[test]
fn wrong_truncated_and_overlong_content_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("out")).unwrap();
    fs::write(dir.path().join("out/a"), "before").unwrap();
    let before = everything(dir.path());
    let list = [listed("out/b", "file", "content", false)];
    let artifacts = [
        ("build", "out/a", "file", "content"),
        ("build", "out/b", "file", "content"),
    ];
    for wrong in ["contenT", "conten", "", "contents", "content and much more"] {
        let wanted = plan(&receipt(&[("build", &["out"])], &artifacts), ID, &list).unwrap();
        let error = restore(dir.path(), wanted, &["content", wrong]).unwrap_err();
        assert!(error.to_string().contains("out/b"), "{error}");
        assert_eq!(everything(dir.path()), before);
        assert_eq!(fs::read(dir.path().join("out/a")).unwrap(), b"before");
    }
}

#[test]
fn content_without_end_is_given_up_where_it_passes_its_size() {
    let dir = tempfile::tempdir().unwrap();
    let list = [listed("out/a", "file", "content", false)];
    let artifacts = [("build", "out/a", "file", "content")];
    let wanted = plan(&receipt(&[("build", &["out"])], &artifacts), ID, &list).unwrap();
    let stage = Stage::open(dir.path(), wanted).unwrap();
    let mut receiving = stage.receive(0).unwrap();
    receiving.write(b"content").unwrap();
    let error = receiving.write(b"!").unwrap_err();
    assert!(error.to_string().contains("more than 7 bytes"), "{error}");
}

#[test]
fn what_is_not_received_is_not_put_in_place() {
    let dir = tempfile::tempdir().unwrap();
    let wanted = planned(&[("out/a", "file", "a"), ("out/b", "file", "b")]).unwrap();
    let error = restore(dir.path(), wanted, &["a"]).unwrap_err();
    assert!(matches!(error, RestoreError::Io { .. }), "{error}");
    assert!(!dir.path().join("out/b").exists());
}

#[test]
fn a_link_that_leads_out_of_its_outputs_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    for text in [
        "/etc/passwd",
        "../../x",
        "../x",
        "../../../../../etc/passwd",
        "d/../../x",
        "d/..",
        "../outside",
        "..",
        "",
    ] {
        let wanted = planned(&[("out/l", "symlink", text)]).unwrap();
        let error = restore(dir.path(), wanted, &[text]).unwrap_err();
        assert!(
            matches!(&error, RestoreError::Artifact { path, .. } if path == "out/l"),
            "{text:?}: {error}"
        );
        assert_eq!(everything(dir.path()), Vec::<PathBuf>::new(), "{text:?}");
    }
    let deep = planned(&[("out/p/q/l", "symlink", "../.././x")]).unwrap();
    restore(dir.path(), deep, &["../.././x"]).unwrap();
    let huge = "x".repeat(5000);
    let wanted = planned(&[("out/l", "symlink", &huge)]).unwrap();
    assert!(restore(dir.path(), wanted, &[&huge]).is_err());
}

#[test]
fn a_link_on_the_way_is_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    symlink(outside.path(), dir.path().join("out")).unwrap();
    let one = planned(&[("out/a", "file", "a")]).unwrap();
    let error = restore(dir.path(), one, &["a"]).unwrap_err();
    assert!(
        matches!(&error, RestoreError::InTheWay { at, .. } if at == "out"),
        "{error}"
    );
    assert_eq!(everything(outside.path()), Vec::<PathBuf>::new());

    // One that appears while the content is on its way is not followed either.
    fs::remove_file(dir.path().join("out")).unwrap();
    let stage = Stage::open(dir.path(), planned(&[("out/a", "file", "a")]).unwrap()).unwrap();
    let mut receiving = stage.receive(0).unwrap();
    receiving.write(b"a").unwrap();
    receiving.finish().unwrap();
    symlink(outside.path(), dir.path().join("out")).unwrap();
    assert!(stage.place().is_err());
    assert_eq!(everything(outside.path()), Vec::<PathBuf>::new());
    assert_eq!(everything(dir.path()), [dir.path().join("out")]);

    // Nor one in the place where content is received.
    let dir = tempfile::tempdir().unwrap();
    symlink(outside.path(), dir.path().join(".attest")).unwrap();
    let one = planned(&[("out/a", "file", "a")]).unwrap();
    assert!(restore(dir.path(), one, &["a"]).is_err());
    assert_eq!(everything(outside.path()), Vec::<PathBuf>::new());
}

#[test]
fn a_link_at_the_end_is_replaced_and_not_written_through() {
    let dir = tempfile::tempdir().unwrap();
    let victim = dir.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    fs::create_dir(dir.path().join("out")).unwrap();
    symlink("../victim", dir.path().join("out/a")).unwrap();
    restore(
        dir.path(),
        planned(&[("out/a", "file", "new")]).unwrap(),
        &["new"],
    )
    .unwrap();
    assert_eq!(fs::read(victim).unwrap(), b"precious");
    let about = fs::symlink_metadata(dir.path().join("out/a")).unwrap();
    assert!(about.is_file());
    assert_eq!(fs::read(dir.path().join("out/a")).unwrap(), b"new");
}

#[test]
fn a_hard_link_at_the_end_keeps_its_other_name_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("out")).unwrap();
    fs::write(dir.path().join("other"), "precious").unwrap();
    fs::hard_link(dir.path().join("other"), dir.path().join("out/a")).unwrap();
    let one = planned(&[("out/a", "file", "new")]).unwrap();
    restore(dir.path(), one, &["new"]).unwrap();
    assert_eq!(fs::read(dir.path().join("other")).unwrap(), b"precious");
    assert_eq!(fs::metadata(dir.path().join("out/a")).unwrap().nlink(), 1);
}

#[test]
fn a_directory_a_fifo_and_a_file_on_the_way_are_left_alone_before_anything_is_fetched() {
    let make_directory = |path: &Path| fs::create_dir_all(path).unwrap();
    let make_fifo = |path: &Path| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let kind = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, path, kind, rustix::fs::Mode::RWXU, 0).unwrap();
    };
    let make_parent = |path: &Path| fs::write(path.parent().unwrap(), "a file").unwrap();
    let makers: [&dyn Fn(&Path); 3] = [&make_directory, &make_fifo, &make_parent];
    for (make, at) in makers.into_iter().zip(["out/a", "out/a", "out"]) {
        let dir = tempfile::tempdir().unwrap();
        make(&dir.path().join("out/a"));
        let before = everything(dir.path());
        let wanted = planned(&[("out/a", "file", "a"), ("out/b", "file", "b")]);
        let error = Stage::open(dir.path(), wanted.unwrap()).unwrap_err();
        assert!(
            matches!(&error, RestoreError::InTheWay { at: named, .. } if named == at),
            "{error}"
        );
        assert_eq!(everything(dir.path()), before);
    }
}

#[test]
fn two_downloads_into_one_directory_do_not_meet() {
    let dir = tempfile::tempdir().unwrap();
    let one = Stage::open(dir.path(), planned(&[("out/a", "file", "a")]).unwrap()).unwrap();
    let two = planned(&[("out/b", "file", "b")]).unwrap();
    restore(dir.path(), two, &["b"]).unwrap();
    let mut receiving = one.receive(0).unwrap();
    receiving.write(b"a").unwrap();
    receiving.finish().unwrap();
    one.place().unwrap();
    assert!(dir.path().join("out/a").exists() && dir.path().join("out/b").exists());
    assert!(!dir.path().join(".attest").exists());
}

/// One step with these outputs, and files in them.
fn plan_of(outputs: &[&str], files: &[&str]) -> Result<Plan, RestoreError> {
    let artifacts: Vec<_> = files
        .iter()
        .map(|path| ("build", *path, "file", "x"))
        .collect();
    plan(&receipt(&[("build", outputs)], &artifacts), ID, &[])
}

#[test]
fn an_output_without_a_file_in_it_is_a_directory_and_is_made() {
    let outputs = ["./empty//dir/", "out", "out-of", "out/sub", "."];
    let wanted = plan_of(&outputs, &["out/a"]).unwrap();
    let paths: Vec<_> = wanted.directories.iter().map(|it| &*it.path).collect();
    assert_eq!(paths, ["empty/dir", "out-of", "out/sub"]);
    let dir = tempfile::tempdir().unwrap();
    // One that is there stays, with what is in it.
    fs::create_dir(dir.path().join("out-of")).unwrap();
    fs::write(dir.path().join("out-of/mine"), "mine").unwrap();
    restore(dir.path(), wanted, &["x"]).unwrap();
    let found = everything(dir.path());
    let found: Vec<_> = found
        .iter()
        .map(|path| path.strip_prefix(dir.path()).unwrap().to_str().unwrap())
        .collect();
    let expected = [
        "empty",
        "empty/dir",
        "out",
        "out/a",
        "out/sub",
        "out-of",
        "out-of/mine",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_directory_that_is_attested_as_a_whole_and_empty_is_made() {
    let mut body = receipt(
        &[("build", &["out/"])],
        &[("build", "out", "directory", "")],
    );
    let empty = Digest::of(manifest::HEADER.as_bytes());
    body.provenance.as_mut().unwrap().artifacts[0].digest = empty.into();
    let wanted = plan(&body, ID, &[]).unwrap();
    assert_eq!(wanted.directories[0].path, "out");
    let dir = tempfile::tempdir().unwrap();
    restore(dir.path(), wanted, &[]).unwrap();
    assert_eq!(everything(dir.path()), [dir.path().join("out")]);
}

#[test]
fn a_file_in_two_outputs_of_its_step_is_written_once() {
    let made = tempfile::tempdir().unwrap();
    fs::create_dir_all(made.path().join("out/sub")).unwrap();
    fs::write(made.path().join("out/sub/a"), "a").unwrap();
    let mut body = receipt(
        &[("build", &["out", "out/sub"])],
        &[
            ("build", "out", "directory", ""),
            ("build", "out/sub", "directory", ""),
            ("build", "out/sub/a", "file", "a"),
        ],
    );
    let artifacts = &mut body.provenance.as_mut().unwrap().artifacts;
    for artifact in &mut artifacts[..2] {
        let digest = manifest::hash_directory(made.path(), &artifact.path).unwrap();
        artifact.digest = digest.into();
    }
    let list = [listed("out/sub/a", "file", "a", false)];
    let wanted = plan(&body, ID, &list).unwrap();
    assert_eq!((wanted.items.len(), wanted.directories.len()), (1, 0));
}

#[test]
fn a_step_that_did_not_run_made_no_directory() {
    let mut body = receipt(&[("a", &["made"]), ("b", &["never"])], &[]);
    body.steps.pop();
    let wanted = plan(&body, ID, &[]).unwrap();
    assert_eq!(wanted.directories.len(), 1);
    assert_eq!(wanted.directories[0].path, "made");
}

#[test]
fn a_directory_where_nothing_is_written_is_refused_with_the_whole_receipt() {
    let long = "n".repeat(256);
    for path in [
        "/etc",
        "//etc",
        "..",
        "../x",
        "out/../x",
        "a\0",
        "a\nb",
        ".git/hooks",
        ".GIT",
        ".attest/trust",
        &long,
    ] {
        let error = plan_of(&["good", path], &[]).unwrap_err();
        assert!(
            matches!(&error, RestoreError::Output { path: named, .. } if named == path),
            "{path:?}: {error}"
        );
    }
    // Below what another step wrote as a file.
    let body = receipt(
        &[("a", &["out"]), ("b", &["out/below"])],
        &[("a", "out", "file", "")],
    );
    let error = plan(&body, ID, &[]).unwrap_err();
    assert!(error.to_string().contains("\"out\" is a file"), "{error}");
}

#[test]
fn what_is_in_a_directorys_way_is_left_alone_and_a_link_is_not_followed() {
    let outside = tempfile::tempdir().unwrap();
    let make_file = |path: &Path| fs::write(path, "mine").unwrap();
    let make_link = |path: &Path| symlink(outside.path(), path).unwrap();
    let makers: [&dyn Fn(&Path); 2] = [&make_file, &make_link];
    for (make, what) in makers.into_iter().zip(["is a file", "is a link"]) {
        for at in ["out", "out/logs"] {
            let dir = tempfile::tempdir().unwrap();
            fs::create_dir_all(dir.path().join(at).parent().unwrap()).unwrap();
            make(&dir.path().join(at));
            let before = everything(dir.path());
            let wanted = || plan_of(&["a", "out/logs"], &["a"]).unwrap();
            let error = Stage::open(dir.path(), wanted()).unwrap_err();
            assert!(
                matches!(&error, RestoreError::InTheWay { at: named, .. } if named == at),
                "{error}"
            );
            assert!(error.to_string().contains(what), "{error}");
            assert_eq!(everything(dir.path()), before);

            // What comes in its way while the rest is on its way.
            let dir = tempfile::tempdir().unwrap();
            let stage = Stage::open(dir.path(), wanted()).unwrap();
            let mut receiving = stage.receive(0).unwrap();
            receiving.write(b"x").unwrap();
            receiving.finish().unwrap();
            fs::create_dir_all(dir.path().join(at).parent().unwrap()).unwrap();
            make(&dir.path().join(at));
            assert!(stage.place().is_err());
        }
    }
    assert_eq!(everything(outside.path()), Vec::<PathBuf>::new());
}
