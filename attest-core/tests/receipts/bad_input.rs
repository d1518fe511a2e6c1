//! Documents that nobody means well: each gets its own clear answer, through the public surface. Unreadable bytes are an
//! error with their place; what is readable and no receipt is a verdict.

use crate::bodies::{full, key};
use attest_core::verify::{CheckName, Verifier};

/// What is said of bytes: `line:column: reason`, or the code and detail of the failed check `schema`.
fn said(bytes: &[u8]) -> String {
    let verifier = Verifier::builder()
        .trusted_key(key(1).public_key())
        .unwrap()
        .now("2026-11-24T12:30:00Z".parse().unwrap())
        .build();
    match verifier.verify_bytes(bytes) {
        Err(error) => error.to_string(),
        Ok(report) if report.valid => "valid".to_owned(),
        Ok(report) => {
            let failed = report.first_failure().unwrap();
            assert_eq!(failed.name, CheckName::Schema, "{failed:?}");
            format!("{}: {}", failed.code, failed.detail)
        }
    }
}

fn json() -> String {
    full().sign(&key(1)).unwrap().to_json()
}

fn yaml() -> String {
    full().sign(&key(1)).unwrap().to_yaml()
}

/// The receipt with one text in the place of another, which has to be there.
fn with(receipt: String, from: &str, to: &str) -> String {
    assert!(receipt.contains(from), "{from:?} is not in {receipt}");
    receipt.replacen(from, to, 1)
}

#[track_caller]
fn says(bytes: &[u8], part: &str) {
    let said = said(bytes);
    assert!(said.contains(part), "{part:?} is not in: {said}");
}

#[test]
fn a_document_over_the_size_limit_is_refused_before_it_is_read() {
    let limit = 16 * 1024 * 1024;
    says(
        &vec![b' '; limit + 1],
        "1:1: the document has 16777217 bytes, the limit is 16777216",
    );
    // A receipt up to the limit is read: the rest of it is blanks.
    let mut long = json().into_bytes();
    long.resize(limit, b' ');
    assert_eq!(said(&long), "valid");
    long.push(b' ');
    says(&long, "16777217");
}

#[test]
fn nesting_is_bounded_in_every_notation() {
    let deep = 10_000;
    let pairs = |open: &str, close: &str| [open.repeat(deep), close.repeat(deep)].concat();
    for text in [
        pairs("[", "]"),
        pairs("{\"a\":", "}"),
        pairs("[{\"a\":", "}]"),
        "[".repeat(deep),
        "- ".repeat(deep),
    ] {
        says(text.as_bytes(), "nested deeper than 64 levels");
    }
    // Flow maps of plain keys meet a bound of the YAML reader's own.
    says(pairs("{a: ", "}").as_bytes(), "recursion limit");
    says("? ".repeat(deep).as_bytes(), "a key must be a text");
    let block: String = (0..1_000)
        .map(|depth| format!("{}a:\n", " ".repeat(depth)))
        .collect();
    says(block.as_bytes(), "nested deeper than 64 levels");
    // Inside a receipt too, where a text should stand.
    let inside = with(json(), "\"0.1.0\"", &pairs("[", "]"));
    says(inside.as_bytes(), "nested deeper than 64 levels");
}

#[test]
fn many_small_values_are_bounded() {
    let many = format!("[{}0]", "0,".repeat(2_000_000));
    says(many.as_bytes(), "more than 1000000 values");
    let many = "- 0\n".repeat(1_500_000);
    says(many.as_bytes(), "more than 1000000 values");
}

#[test]
fn yaml_without_a_use_for_receipts_is_refused_by_name() {
    let version = "runner_os: linux";
    for (to, part) in [
        ("runner_os: &v linux", "anchors"),
        ("runner_os: *v", "unknown anchor"),
        ("runner_os: !!str linux", "tags"),
        ("runner_os: !v linux", "tags"),
        ("<<: {}\n  runner_os: linux", "merge keys"),
        ("runner_os: linux\n---\na: 1", "second document"),
        (
            "runner_os: linux\n  runner_os: linux",
            "duplicate key \"runner_os\"",
        ),
        ("? [a]\n  : b\n  runner_os: linux", "a key must be a text"),
    ] {
        says(with(yaml(), version, to).as_bytes(), part);
    }
    // The classic: ten lines that stand for a gigabyte.
    let mut laughs = "a: &a [lol]\n".to_owned();
    laughs.extend(
        ('b'..'k')
            .zip('a'..)
            .map(|(b, a)| format!("{b}: &{b} [{}*{a}]\n", format!("*{a},").repeat(9))),
    );
    says(laughs.as_bytes(), "1:4: anchors");
}

#[test]
fn a_duplicate_key_is_refused_at_every_level_with_both_places() {
    let twice = with(
        json(),
        "\"attest_version\"",
        "\"attest_version\":\"0\",\"attest_version\"",
    );
    says(
        twice.as_bytes(),
        "duplicate key \"attest_version\"; the first is at 1:",
    );
    let inside = with(json(), "\"exit_code\":0", "\"exit_code\":1,\"exit_code\":0");
    says(inside.as_bytes(), "duplicate key \"exit_code\"");
    // However it is spelled.
    let escaped = with(
        json(),
        "\"exit_code\":0",
        "\"exit_code\":0,\"exit\\u005fcode\":0",
    );
    says(escaped.as_bytes(), "duplicate key \"exit_code\"");
}

#[test]
fn a_number_is_a_whole_one_within_its_bounds() {
    for number in [
        "NaN",
        ".nan",
        "Infinity",
        "-Infinity",
        ".inf",
        "18446744073709551616",
        "340282366920938463463374607431768211456",
        "1e400",
        "-1",
        "1.0",
        "1.5",
        "1e2",
        "\"2\"",
        "true",
        "null",
        "01",
    ] {
        let text = with(
            json(),
            "\"total_duration_secs\":2",
            &format!("\"total_duration_secs\":{number}"),
        );
        says(text.as_bytes(), "total_duration_secs");
        assert!(
            said(text.as_bytes()).starts_with("schema_mismatch: 1:"),
            "{number}"
        );
        let text = with(
            yaml(),
            "total_duration_secs: 2",
            &format!("total_duration_secs: {number}"),
        );
        says(text.as_bytes(), "total_duration_secs");
    }
    for (field, over) in [
        ("exit_code\":0", "exit_code\":2147483648"),
        ("runs\":2", "runs\":4294967296"),
    ] {
        says(with(json(), field, over).as_bytes(), "schema_mismatch");
    }
    let most = with(
        json(),
        "\"total_duration_secs\":2",
        "\"total_duration_secs\":18446744073709551615",
    );
    let verifier = Verifier::builder().build();
    let report = verifier.verify_bytes(most.as_bytes()).unwrap();
    assert_eq!(report.first_failure().unwrap().name, CheckName::Signature);
    // A number of a million digits costs no more than its text.
    let long = with(
        json(),
        "\"total_duration_secs\":2",
        &format!("\"total_duration_secs\":{}", "9".repeat(1_000_000)),
    );
    says(long.as_bytes(), "schema_mismatch");
    assert!(
        said(long.as_bytes()).len() < 500,
        "the message repeats all of it"
    );
}

#[test]
fn bytes_that_are_no_utf_8_are_refused_at_their_place() {
    let text = with(json(), "\"attest_version\"", "\n\"attest_version\"");
    let place = text.find("built").unwrap();
    for bad in [
        &b"\xff"[..],
        b"\xc3",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
    ] {
        let mut bytes = text.clone().into_bytes();
        bytes.splice(place..place, bad.iter().copied());
        says(&bytes, "not UTF-8; save the file as UTF-8");
        assert!(
            said(&bytes).starts_with(&format!("1:{}", place + 1)),
            "{}",
            said(&bytes)
        );
    }
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    says(&[&b"\xff\xfe"[..], &utf16].concat(), "1:1: not UTF-8");
}

#[test]
fn nul_and_byte_order_marks_hide_nothing() {
    for at in ["{", "\"attest_version\"", "built"] {
        let found = said(with(json(), at, &format!("\0{at}")).as_bytes());
        assert!(found.starts_with("1:"), "NUL before {at}: {found}");
    }
    says(&[json().as_bytes(), b"\0"].concat(), "1:");
    says(&[yaml().as_bytes(), b"\0"].concat(), ":");
    // One mark at the start is what editors write; inside, none may stand.
    for receipt in [json(), yaml()] {
        assert_eq!(said(format!("\u{feff}{receipt}").as_bytes()), "valid");
    }
    let after = format!("{}\u{feff}", json());
    says(after.as_bytes(), "a byte order mark must not appear inside");
    let inside = with(json(), "\"attest_version\"", "\u{feff}\"attest_version\"");
    says(inside.as_bytes(), "1:");
}

#[test]
fn in_json_what_stands_without_quotes_is_no_text() {
    let version = |plain: &str| {
        let text = serde_json::from_str::<serde_json::Value>(&json()).unwrap()["attest_version"]
            .to_string();
        with(
            json(),
            &format!("\"attest_version\":{text}"),
            &format!("\"attest_version\":{plain}"),
        )
    };
    for plain in [
        "null",
        "true",
        "0",
        "-1.5",
        "1e400",
        "-1E400",
        &"9".repeat(400),
    ] {
        let text = version(plain);
        says(text.as_bytes(), "attest_version");
        assert!(
            said(text.as_bytes()).starts_with("schema_mismatch: 1:"),
            "{plain}"
        );
    }
    // In YAML it is one where it reads as nothing else.
    let yaml = format!("{}\n# not JSON\n", version("1e400"));
    assert!(attest_core::receipt::Receipt::parse(yaml.as_bytes()).is_ok());
}
