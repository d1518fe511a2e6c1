use super::*;

fn read(text: &str) -> Result<Document<'_>, Error> {
    parse(text.as_bytes(), Limits::default())
}

/// The root of a document that is kept for good.
fn node(text: &str) -> Node<'static> {
    Box::leak(Box::new(read(text.to_owned().leak()).unwrap())).root()
}

fn text_at(text: &str, key: &str) -> String {
    read(text)
        .unwrap()
        .root()
        .get(key)
        .unwrap()
        .as_text()
        .unwrap()
        .to_owned()
}

/// The tree without positions.
fn shape(node: Node) -> String {
    if let Some(items) = node.as_seq() {
        return format!("[{}]", items.map(shape).collect::<Vec<_>>().join(" "));
    }
    if let Some(entries) = node.as_map() {
        let entry = |(k, v): (Node, _)| format!("{}:{}", k.as_text().unwrap(), shape(v));
        return format!("{{{}}}", entries.map(entry).collect::<Vec<_>>().join(" "));
    }
    let mark = if node.is_plain() { "=" } else { "" };
    format!("{mark}{:?}", node.as_text().unwrap())
}

fn refusal(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

#[test]
fn json_and_yaml_give_the_same_tree() {
    let yaml = "a: [1, -2.5e3, true, null]\nb: {c: \"x\\ty\", d: []}\n";
    let json = "{\"a\": [1, -2.5e3, true, null],\n \"b\": {\"c\": \"x\\ty\", \"d\": []}}";
    assert_eq!(shape(node(yaml)), shape(node(json)));
    assert_eq!(
        shape(node(json)),
        r#"{a:[="1" ="-2.5e3" ="true" ="null"] b:{c:"x\ty" d:[]}}"#
    );
}

#[test]
fn json_surrogate_escapes_are_one_character() {
    assert_eq!(text_at(r#"{"a": "\ud83d\ude00\u00e9"}"#, "a"), "😀é");
    assert!(refusal(r#"{"a": "\ud83d"}"#).starts_with("1:"));
    assert!(refusal(r#"{"a": "\ude00\ud83d"}"#).starts_with("1:"));
}

#[test]
fn raw_line_separators_in_json_are_content() {
    assert_eq!(
        text_at("{\"a\": \"x\u{2028} y\u{85}\u{7f}\"}", "a"),
        "x\u{2028} y\u{85}\u{7f}"
    );
}

#[test]
fn positions_are_of_the_value() {
    let second = |node: Node| {
        node.get("a")
            .unwrap()
            .as_seq()
            .unwrap()
            .nth(1)
            .unwrap()
            .at()
    };
    assert_eq!(second(node("a:\n  - x\n  - é: 漢\n")).to_string(), "3:5");
    assert_eq!(second(node("{\"a\":\n [\"é\", 2]}")).to_string(), "2:8");
    assert_eq!(node("é: 漢\n").get("é").unwrap().at().to_string(), "1:4");
}

#[test]
fn duplicate_keys_are_refused_where_they_stand() {
    assert_eq!(
        refusal("a: 1\nb:\n  c: 1\n  'c': 2\n"),
        "4:3: duplicate key \"c\"; the first is at 3:3"
    );
    assert_eq!(
        refusal("{\"a\": 1, \"\\u0061\": 2}"),
        "1:10: duplicate key \"a\"; the first is at 1:2"
    );
}

#[test]
fn what_a_signed_document_has_no_use_for_is_refused() {
    for (text, kind) in [
        ("a: &x 1\n", ErrorKind::Anchor),
        ("a: &x [1]\nb: *x\n", ErrorKind::Anchor),
        ("b: *x\n", ErrorKind::Syntax(String::new())),
        ("a: !!str 1\n", ErrorKind::Tag),
        ("a: ! 1\n", ErrorKind::Tag),
        ("!x {a: 1}\n", ErrorKind::Tag),
        ("<<: {a: 1}\n", ErrorKind::MergeKey),
        ("a: 1\n---\nb: 1\n", ErrorKind::SecondDocument),
        ("[a]: 1\n", ErrorKind::KeyNotScalar),
        ("? {a: 1}\n: 1\n", ErrorKind::KeyNotScalar),
        ("a: \u{1}\n", ErrorKind::Syntax(String::new())),
        ("a: \u{feff}x\u{fffe}\n", ErrorKind::Syntax(String::new())),
        ("a: [1\n", ErrorKind::Syntax(String::new())),
        ("{\"a\": 1", ErrorKind::Syntax(String::new())),
    ] {
        let error = read(text).expect_err(text);
        assert_eq!(
            std::mem::discriminant(error.kind()),
            std::mem::discriminant(&kind),
            "{text:?}: {error}"
        );
    }
    assert!(
        read("\"<<\": 1\n").is_ok(),
        "in quotes it is a key like any other"
    );
    assert!(read("a: 1\n...\n").is_ok());
}

#[test]
fn bytes_that_are_not_utf8_are_refused_with_their_place() {
    let error = parse(b"a: 1\nb: \xff\n", Limits::default()).unwrap_err();
    assert_eq!(error.to_string(), "2:4: not UTF-8; save the file as UTF-8");
}

#[test]
fn the_number_of_values_has_a_limit_so_that_memory_has() {
    let limits = Limits {
        max_values: 3,
        ..Limits::default()
    };
    for text in [
        "[1, 2]",
        "{\"a\": 1, \"b\": 2}",
        "a: 1\nb: 2\n",
        "- a\n- b\n",
    ] {
        assert!(parse(text.as_bytes(), limits).is_ok(), "{text}");
    }
    for text in [
        "[1, 2, 3]",
        "{\"a\": 1, \"b\": [2]}",
        "a: 1\nb: []\nc: 2\n",
        "[a, b, c]",
        "- {}\n- {}\n- []\n",
    ] {
        assert_eq!(
            parse(text.as_bytes(), limits).unwrap_err().kind(),
            &ErrorKind::TooManyValues { limit: 3 },
            "{text}"
        );
    }
}

#[test]
fn a_long_flow_is_refused_before_the_scanner_holds_all_of_it() {
    for (start, piece) in [
        ("a: [", "b, "),
        ("{", "a: 1\n"),
        ("", "[]"),
        ("[", ": "),
        ("{", "? "),
        ("[", "\"\":"),
        ("[", "'':"),
        ("[", ":\u{2028}"),
        ("[", "*a "),
        ("[", "&a "),
        ("[", "!a "),
        ("[", "{}:"),
        ("[", "''\n"),
        ("[", "\"\"\n \t"),
        ("[\n", "---\n"),
        ("[\n", "...\n"),
    ] {
        let text = format!("{start}{}", piece.repeat(600_002));
        // That it never ends would be the scanner's complaint.
        let error = events::parse(&text, Limits::default()).unwrap_err();
        let kind = ErrorKind::TooManyIndicators { limit: 600_000 };
        assert_eq!(error.kind(), &kind, "{start}{piece}");
    }
    let text = format!("a: {}", "12:30:45 http://x!y*z&w?v:u-".repeat(200_000));
    assert!(read(&text).is_ok());
}

#[test]
fn size_and_depth_have_limits() {
    let limits = Limits {
        max_bytes: 8,
        ..Limits::default()
    };
    assert!(parse(b"a: 12345", limits).is_ok());
    assert!(matches!(
        parse(b"a: 123456", limits).unwrap_err().kind(),
        ErrorKind::TooLarge { bytes: 9, limit: 8 }
    ));
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{a: ", "}")] {
        let nested = |n: usize| format!("{}{}{}", open.repeat(n), "1", close.repeat(n));
        assert!(read(&nested(64)).is_ok(), "{open}");
        assert!(
            matches!(
                read(&nested(65)).unwrap_err().kind(),
                ErrorKind::TooDeep { limit: 64 }
            ),
            "{open}"
        );
        assert!(read(&open.repeat(1_000_000)).is_err());
    }
}

#[test]
fn an_empty_document_is_null() {
    for text in ["", "\n", "# nothing\n", "---\n", "null", "~"] {
        assert!(node(text).is_null(), "{text:?}");
    }
}

#[test]
fn a_json_number_follows_rfc_8259_and_keeps_its_spelling() {
    for text in ["0", "-0", "10", "1.50", "1e5", "1E+5", "0.1e-2"] {
        let document = json::parse(text, Limits::default()).unwrap();
        assert_eq!(document.root().as_text(), Some(text));
    }
    for text in [
        "01", "+1", "1.", ".5", "1e", "0x1", "NaN", "-", "1_0", "nul", "truey",
    ] {
        assert!(json::parse(text, Limits::default()).is_err(), "{text}");
    }
}

#[test]
fn only_plain_scalars_are_numbers_bools_and_null() {
    for (text, value) in [
        ("60", 60),
        ("+60", 60),
        ("0x3c", 60),
        ("0o74", 60),
        ("0b111100", 60),
        ("0", 0),
    ] {
        assert_eq!(node(text).as_u64(), Some(value), "{text}");
    }
    assert_eq!(node("18446744073709551615").as_u64(), Some(u64::MAX));
    for text in [
        "010",
        "1_0",
        "1.0",
        "\"60\"",
        "18446744073709551616",
        "-1",
        "0x",
        "+-1",
        "1e2",
        "",
        "0x-1",
        "٣",
    ] {
        assert_eq!(node(text).as_u64(), None, "{text}");
    }
    assert_eq!(node("-7").as_i64(), Some(-7));
    assert_eq!(node("-9223372036854775808").as_i64(), Some(i64::MIN));
    assert_eq!(
        (
            node("TRUE").as_bool(),
            node("false").as_bool(),
            node("yes").as_bool()
        ),
        (Some(true), Some(false), None)
    );
    assert_eq!(node("'true'").as_bool(), None);
    assert!(!node("'null'").is_null() && !node("''").is_null() && node("NULL").is_null());
}

#[test]
fn blocks_keep_the_line_separators_that_the_tool_writes_into_them() {
    let text = "a: |\n  x\u{2028}  y\n\u{2029}  z\u{2028}b: w\n";
    assert_eq!(text_at(text, "a"), "x\u{2028}y\n\u{2029}z\u{2028}");
    assert_eq!(text_at(text, "b"), "w");
    assert_eq!(text_at("a: |2+\n\n\u{2028}", "a"), "\n\u{2028}");
    assert_eq!(
        text_at("a: |\r\n  x\r\n  y\u{2028}  z\r\n", "a"),
        "x\ny\u{2028}z\n"
    );
}

#[test]
fn single_quotes_keep_line_separators() {
    assert_eq!(
        text_at("a: 'x\u{2028}    y'\nb: 'it''s\u{2029}  é'\n", "b"),
        "it's\u{2029}é"
    );
    assert_eq!(
        text_at("a: '\u{2028}\u{2029}   '\n", "a"),
        "\u{2028}\u{2029}"
    );
    assert_eq!(
        text_at("a: 'x\u{2028}\n\n  y z'\n", "a"),
        "x\u{2028}\n\ny z"
    );
    assert_eq!(text_at("a: 'x\n  y'\nb: 'p\u{2028} q'\n", "a"), "x y");
}

#[test]
fn a_line_separator_in_any_other_scalar_is_refused() {
    for text in [
        "a: x\u{2028}  y\n",
        "a: \"x\u{2028}  y\"\n",
        "a: >\n  x\u{2028}  y\n",
    ] {
        assert_eq!(
            *read(text).unwrap_err().kind(),
            ErrorKind::RawLineSeparator,
            "{text:?}"
        );
    }
    assert_eq!(
        shape(node("a: x # c\u{2028}b: y\u{85}c: z\n")),
        r#"{a:="x" b:="y" c:="z"}"#
    );
}

#[test]
fn a_block_that_ends_with_the_text_has_no_more_breaks_than_the_text() {
    for (text, value) in [
        ("a: |\n  x", "x"),
        ("a: |\n  x\n", "x\n"),
        ("a: |+\n  x\n\n", "x\n\n"),
        ("a: |+\n\n  x", "\nx"),
        ("a: |\n    x\n  ", "x\n"),
        ("a: |+\n  x\n  ", "x\n"),
        ("a: |2\n    ", "  "),
        ("a: |+\n  ", ""),
        ("a: |+\n\n  ", "\n"),
        ("a: >\n  x\n  y", "x y"),
        ("a: |\n  x # no comment", "x # no comment"),
        ("a: |\n  x\n# comment", "x\n"),
        ("a: |-\n  x", "x"),
    ] {
        assert_eq!(text_at(text, "a"), value, "{text:?}");
        let theirs: serde_norway::Value = serde_norway::from_str(text).unwrap();
        assert_eq!(theirs["a"], value, "{text:?}");
    }
}

#[test]
fn a_carriage_return_before_a_separator_is_a_break_of_its_own() {
    assert_eq!(text_at("a: |\n  x\r\u{85}  y\n", "a"), "x\n\ny\n");
    assert_eq!(text_at("a: |\n  x\r\u{2028}  y\n", "a"), "x\n\u{2028}y\n");
}

/// Texts of the pieces that YAML readers disagree about.
fn scraps() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let scrap = prop::sample::select(vec![
        "a", "x y", ": ", ":", "\n", "\n  ", "\n    ", "- ", "? ", "'", "\"", "[", "]", "{", "}",
        ", ", "|", "|-", "|+", ">", "|2", "\n\n", " ", "  ", " #", "\u{2028}", "\u{85}", "\\n",
        "\r\n", "\r", "---", "...", "~", "null", "0x1", "1.5", "''", "é", "\t", "k: ", "k2:\n  ",
        "%", "@", "!", "&a", "*a", "<<",
    ]);
    prop::collection::vec(scrap, 1..14).prop_map(|scraps| format!("k0: {}\n", scraps.concat()))
}

/// Whether the two trees say the same, numbers by their type alone.
fn same(ours: Node, theirs: &serde_norway::Value) -> bool {
    use serde_norway::Value as Theirs;
    match theirs {
        Theirs::Sequence(theirs) => ours.as_seq().is_some_and(|ours| {
            ours.clone().count() == theirs.len() && ours.zip(theirs).all(|(a, b)| same(a, b))
        }),
        Theirs::Mapping(theirs) => ours.as_map().is_some_and(|ours| {
            let alike = |((ak, av), (bk, bv)): ((Node, Node), (_, _))| same(ak, bk) && same(av, bv);
            ours.clone().count() == theirs.len() && ours.zip(theirs).all(alike)
        }),
        Theirs::String(theirs) => ours.as_text() == Some(theirs) && !ours.is_typed(),
        Theirs::Null => ours.is_null(),
        Theirs::Bool(theirs) => ours.as_bool() == Some(*theirs),
        Theirs::Number(theirs) => ours.is_typed() && ours.as_u64() == theirs.as_u64(),
        Theirs::Tagged(_) => false,
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 1000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_the_command_line_tool_reads_too_is_read_the_same(text in scraps()) {
        if let (Ok(ours), Ok(theirs)) = (read(&text), serde_norway::from_str(&text)) {
            proptest::prop_assert!(same(ours.root(), &theirs), "{:?}: {} and {:?}", text, shape(ours.root()), theirs);
        }
    }
}

/// Texts are scanned eight bytes at a time: whatever stands at whatever place in one, and whatever follows.
#[test]
fn every_character_at_every_place_of_a_json_text_is_read_or_refused_where_it_stands() {
    for at in 0..20 {
        let before = "é".repeat(at % 3) + &"x".repeat(at);
        for c in [
            '"', '\\', '\0', '\u{1f}', ' ', '\u{7f}', 'é', '\u{2028}', '😀',
        ] {
            for after in ["", "abc", "0123456789abcdef"] {
                let text = format!("{before}{c}{after}");
                let escaped = serde_json::to_string(&text).unwrap();
                assert_eq!(node(&escaped).as_text(), Some(&*text), "{escaped}");

                // The next value's place counts characters.
                let two = format!("[{escaped}, 1 x");
                let error = json::parse(&two, Limits::default()).unwrap_err();
                let column = two.chars().count();
                assert_eq!(error.at(), Position { line: 1, column }, "{two}");

                if c < ' ' {
                    let raw = format!("\"{text}\"");
                    let error = json::parse(&raw, Limits::default()).unwrap_err();
                    let column = before.chars().count() + 2;
                    assert_eq!(error.at(), Position { line: 1, column }, "{raw:?}");
                }
            }
        }
    }
}
