//! Which files an export is about.

use super::*;

#[test]
fn the_subjects_are_the_files_of_the_last_steps_and_the_rest_are_byproducts() {
    let statement = statement(&export(&signed(|_| {}), &Options::default()));
    assert_eq!(statement.predicate_type, PREDICATE_TYPE);
    let subject = serde_json::to_value(&statement.subject).unwrap();
    let sha256 = |path: &str| Content::read(path.as_bytes()).unwrap().sha256_hex();
    let entry = |path: &str| {
        json!({"name": path, "digest": {"sha256": sha256(path)},
            "annotations": {"attest_blake3": Digest::of(path.as_bytes()).hex()}})
    };
    assert_eq!(subject, json!([entry("out/app"), entry("out/lib")]));
    let byproducts = statement.predicate["runDetails"]["byproducts"]
        .as_array()
        .unwrap();
    let names: Vec<_> = byproducts
        .iter()
        .map(|b| b["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["obj/x.o", "obj/latest", "out/app-latest"]);
    assert_eq!(
        byproducts[1],
        json!({"name": "obj/latest", "digest": {"blake3": Digest::of(b"obj/latest").hex()},
            "annotations": {"attest_step": "a", "attest_kind": "symlink"}})
    );
}

#[test]
fn a_step_without_outputs_leaves_what_it_needs_a_result() {
    let tested = signed(|body| {
        let mut step = body.steps[1].clone();
        step.name = "test".to_owned();
        body.steps.push(step);
        let provenance = body.provenance.as_mut().unwrap();
        provenance.steps.push(planned("test", &["b"]));
    });
    assert_eq!(
        chosen(&tested, &Options::default()).unwrap(),
        ["out/app", "out/lib"]
    );
    let packed = signed(|body| {
        let mut step = body.steps[1].clone();
        step.name = "test".to_owned();
        body.steps.push(step.clone());
        step.name = "pack".to_owned();
        body.steps.push(step);
        let provenance = body.provenance.as_mut().unwrap();
        provenance
            .steps
            .extend([planned("test", &["b"]), planned("pack", &["test"])]);
        provenance
            .artifacts
            .push(artifact("pack", "dist.tar", Artifact::FILE));
    });
    assert_eq!(
        chosen(&packed, &Options::default()).unwrap(),
        ["dist.tar"],
        "at second hand too"
    );
}

#[test]
fn what_is_asked_for_must_be_an_attested_file_of_the_workspace() {
    let receipt = signed(|_| {});
    assert_eq!(
        chosen(&receipt, &subjects(&["obj//./x.o"])).unwrap(),
        ["obj/x.o"]
    );
    for (path, code) in [
        ("out/none", "subject_not_attested"),
        ("out", "subject_not_attested"),
        ("obj/latest", "subject_not_a_file"),
        ("/out/app", "path_outside_workspace"),
        ("../out/app", "path_outside_workspace"),
        ("out/../out/app", "path_outside_workspace"),
        ("", "path_outside_workspace"),
        ("out/app\n", "path_outside_workspace"),
    ] {
        let error = chosen(&receipt, &subjects(&["out/app", path])).unwrap_err();
        assert_eq!(error.code(), code, "{path:?}: {error}");
        assert!(error.to_string().contains(&format!("{path:?}")), "{error}");
    }
}

#[test]
fn a_path_that_leaves_the_workspace_is_refused_also_where_the_receipt_has_it() {
    for path in ["../secret", "/etc/passwd", "a\0b", "a/../../b", ""] {
        let receipt = signed(|body| {
            body.provenance.as_mut().unwrap().artifacts = vec![artifact("b", path, Artifact::FILE)];
        });
        assert_eq!(
            refused(&receipt, &Options::default()),
            "path_outside_workspace",
            "{path:?}"
        );
    }
}

#[test]
fn a_directory_listed_as_a_whole_needs_a_choice() {
    let receipt = signed(|body| {
        let artifacts = &mut body.provenance.as_mut().unwrap().artifacts;
        artifacts.push(artifact("b", "node_modules", Artifact::DIRECTORY));
    });
    assert_eq!(
        refused(&receipt, &Options::default()),
        "subject_is_directory"
    );
    assert_eq!(
        refused(&receipt, &subjects(&["node_modules"])),
        "subject_not_a_file"
    );
    assert_eq!(
        chosen(&receipt, &subjects(&["out/app"])).unwrap(),
        ["out/app"]
    );
}

#[test]
fn more_than_1024_subjects_need_a_choice() {
    let of = |count: usize| {
        signed(|body| {
            body.provenance.as_mut().unwrap().artifacts = (0..count)
                .map(|i| artifact("b", &format!("out/{i:05}"), Artifact::FILE))
                .collect();
        })
    };
    assert_eq!(
        chosen(&of(MAX_SUBJECTS), &Options::default())
            .unwrap()
            .len(),
        1024
    );
    let many = of(MAX_SUBJECTS + 1);
    assert_eq!(
        chosen(&many, &Options::default()).unwrap_err(),
        ExportError::TooManySubjects(1025)
    );
    let one = statement(&export(&many, &subjects(&["out/00007"])));
    let byproducts = one.predicate["runDetails"]["byproducts"]
        .as_array()
        .unwrap();
    assert_eq!((one.subject.len(), byproducts.len()), (1, 1024));
    assert_eq!(refused(&of(0), &Options::default()), "no_subject");
}
