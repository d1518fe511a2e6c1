//! What is damaged comes out nowhere.

use crate::damage::{WAYS, digest, ruin, steps};
use crate::shop::{Run, Shop};

/// Everything over which the content of a blob could come out: (method, path).
fn outlets(run: &Run, digest: &str, path: &str) -> Vec<(&'static str, String)> {
    let object = format!("/v1/cache/objects/{digest}");
    let artifact = format!("/v1/executions/{}/artifacts/{path}", run.id());
    let methods = ["GET", "HEAD"];
    let both = |path: String| methods.map(|method| (method, path.clone()));
    [both(object), both(artifact)].concat()
}

#[test]
fn no_endpoint_serves_a_damaged_output_and_the_next_run_makes_it_anew_for_all_of_them() {
    for way in WAYS {
        let shop = Shop::new(&[("a", "A")]);
        let first = shop.run(&steps());
        for at in 0..outlets(&first, "", "").len() {
            let (method, path) = &outlets(&first, &digest("AA"), "out/twice")[at];
            let case = format!("{way}, {method} {path}");
            let whole = shop.server().call(method, path, None);
            assert_eq!(whole.status, 200, "{case}");
            let tag = whole.header("etag").unwrap().to_owned();
            ruin(
                way,
                &shop.blob(&digest("AA")),
                &shop.blob(&digest("other\n")),
            );
            // Nor is whoever has it already told that it is still so.
            for known in [&[][..], &[("If-None-Match", tag.as_str())]] {
                let refused = shop.server().call_with(method, path, known, None);
                assert_eq!(refused.status, 404, "{case}");
                assert_eq!(refused.header("etag"), None, "{case}");
                if *method == "GET" {
                    let reason = refused.error(404, "RESOURCE_NOT_FOUND")["details"]["reason"]
                        .as_str()
                        .unwrap()
                        .to_owned();
                    let gone = ["missing", "collected"].contains(&reason.as_str());
                    assert!(reason == "damaged" || gone && way == "missing", "{case}");
                }
            }
            let mended = shop.run(&steps());
            assert_eq!(
                (mended.status(), mended.hits()),
                ("completed", vec!["use"]),
                "{case}"
            );
            for (method, path) in outlets(&first, &digest("AA"), "out/twice") {
                let again = shop.server().call(method, &path, None);
                let text = if method == "GET" { "AA" } else { "" };
                assert_eq!((again.status, again.text().as_str()), (200, text), "{case}");
            }
        }
        assert_eq!(shop.artifact(&first, "out/other"), "other\n", "{way}");
    }
}
