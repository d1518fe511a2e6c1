//! What an export says.

use super::*;

#[test]
fn the_predicate_says_what_the_receipt_says() {
    let receipt = signed(|body| body.steps[0].cache_hit = true);
    let predicate = statement(&export(&receipt, &Options::default())).predicate;
    let definition = &predicate["buildDefinition"];
    assert!(
        definition["buildType"]
            .as_str()
            .unwrap()
            .ends_with("docs/export.md#pipeline-v1")
    );
    assert_eq!(
        definition["externalParameters"],
        json!({"pipeline": "demo", "pipelineHash": Digest::of(b"pipeline").to_string(),
            "source": {"repository": "https://example.com/r.git", "branch": "main", "commit": COMMIT, "trackedDirty": false}})
    );
    assert_eq!(
        definition["resolvedDependencies"],
        json!([{"uri": "git+https://example.com/r.git@refs/heads/main", "digest": {"gitCommit": COMMIT}}])
    );
    let internal = &definition["internalParameters"];
    assert_eq!(internal["receiptHash"], receipt.hash().to_string());
    assert!(
        internal["sha256Origin"]
            .as_str()
            .unwrap()
            .contains("BLAKE3")
    );
    assert_eq!(internal["isolation"]["mode"], "container");
    assert_eq!(
        internal["isolation"]["controls"][0]["status"],
        "not-enforced"
    );
    let hits: Vec<_> = (0..2)
        .map(|i| internal["steps"][i]["cacheHit"].clone())
        .collect();
    assert_eq!(
        hits,
        [json!(true), json!(false)],
        "a cached step is said to be one"
    );
    let run = &predicate["runDetails"];
    assert_eq!(
        run["builder"],
        json!({"id": UNVERIFIED_BUILDER, "version": {"attest": "0.1.0"}})
    );
    assert_eq!(
        run["metadata"],
        json!({"invocationId": "exec_1", "startedOn": "2026-11-24T12:00:00Z", "finishedOn": "2026-11-24T12:00:00Z"})
    );
}

#[test]
fn the_same_input_gives_the_same_bytes_in_either_rendering_of_the_receipt() {
    let receipt = signed(|_| {});
    let yaml = Receipt::parse(receipt.to_yaml().as_bytes()).unwrap();
    for format in Format::ALL {
        let one = export(&receipt, &subjects(&["out/lib", "out/app"])).text(format);
        let two = export(&yaml, &subjects(&["./out//app", "out/lib", "out/app"])).text(format);
        assert_eq!(one, two);
        assert_eq!(one.matches('\n').count(), 1);
        assert!(one.ends_with('\n'));
    }
}

#[test]
fn a_bundle_holds_the_same_envelope_and_a_hint_of_the_key() {
    let export = export(&signed(|_| {}), &Options::default());
    let bundle: Value = serde_json::from_str(&export.text(Format::Sigstore)).unwrap();
    assert_eq!(bundle["mediaType"], BUNDLE_MEDIA_TYPE);
    let envelope: Value = serde_json::from_str(&export.text(Format::InToto)).unwrap();
    assert_eq!(bundle["dsseEnvelope"], envelope);
    // By Python's cryptography: the SHA-256 of the key's SubjectPublicKeyInfo, in base64.
    assert_eq!(
        bundle["verificationMaterial"],
        json!({"publicKey": {"hint": "/RENMB0vB33hQUuPmfRBsUA/qyB7IFL70sBl5O6OfcI="}, "tlogEntries": []})
    );
}

#[test]
fn the_files_name_is_that_of_the_only_subject() {
    let one = export(&signed(|_| {}), &subjects(&["out/app"]));
    assert_eq!(one.file_name(Format::InToto), "app.intoto.jsonl");
    assert_eq!(one.file_name(Format::Sigstore), "app.sigstore.json");
    let two = export(&signed(|_| {}), &Options::default());
    assert_eq!(two.file_name(Format::InToto), "multiple.intoto.jsonl");
}

#[test]
fn a_builder_id_is_a_uri() {
    let receipt = signed(|_| {});
    let with = |id: &str| Options {
        builder_id: Some(id.to_owned()),
        ..subjects(&["out/app"])
    };
    for id in ["https://example.com/builders/1", "urn:example:builder"] {
        let run = statement(&export(&receipt, &with(id))).predicate["runDetails"].clone();
        assert_eq!(run["builder"]["id"], id);
    }
    let long = format!("https://example.com/{}", "x".repeat(2048));
    for id in [
        "",
        "builder",
        "/builders/1",
        "https://example.com/a b",
        "https://exämple.com/",
        "https://",
        &long,
    ] {
        let error = chosen(&receipt, &with(id)).unwrap_err();
        assert_eq!(error.code(), "builder_id_malformed", "{id}");
        assert!(error.to_string().len() < 500);
    }
}

#[test]
fn a_wrapped_command_is_its_own_build_type() {
    let receipt = signed(|body| {
        let provenance = body.provenance.as_mut().unwrap();
        provenance.execution = Some(Execution::Wrapped {
            command: vec!["make".to_owned(), "é".to_owned()],
        });
        provenance.source = None;
        provenance.pipeline_name = None;
    });
    let definition =
        statement(&export(&receipt, &Options::default())).predicate["buildDefinition"].clone();
    assert!(
        definition["buildType"]
            .as_str()
            .unwrap()
            .ends_with("#command-v1")
    );
    assert_eq!(
        definition["externalParameters"]["command"],
        json!(["make", "é"])
    );
    assert!(definition.get("resolvedDependencies").is_none());
}
