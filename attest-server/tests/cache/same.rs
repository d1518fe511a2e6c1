//! A step that was served says what the step that ran said.

use serde_json::json;

use crate::shop::Shop;

#[test]
fn a_second_run_is_served_and_says_what_the_first_said() {
    let shop = Shop::new(&[("a", "A")]);
    let steps = json!([
        {"name": "make", "inputs": ["a"], "outputs": ["out"],
         "run": "mkdir out; cp a out/copy; ln -s copy out/link; chmod +x out/copy; echo made; echo careful >&2"},
        {"name": "use", "needs": ["make"], "inputs": ["out/copy"], "outputs": ["end"], "run": "cat out/link > end; test -x out/copy"},
    ]);
    let first = shop.run(&steps);
    assert_eq!((first.status(), first.hits()), ("completed", vec![]));
    let second = shop.run(&steps);
    assert_eq!(
        (second.status(), second.hits()),
        ("completed", vec!["make", "use"]),
        "{}",
        second.execution
    );
    for step in ["make", "use"] {
        let (ran, served) = (first.attested(step), second.attested(step));
        for field in ["input_hash", "output_hash", "exit_code", "stdout", "stderr"] {
            assert_eq!(ran[field], served[field], "{step} {field}");
        }
        assert_eq!(served["duration_secs"], 0);
    }
    assert_eq!(
        first.receipt["provenance"]["artifacts"],
        second.receipt["provenance"]["artifacts"]
    );
    assert_eq!(shop.artifact(&second, "end"), "A");
    let mut log = shop.log(&second, "make");
    assert_eq!(
        log.remove(0),
        ("stdout".to_owned(), format!("cached: from {}", first.id()))
    );
    assert_eq!(log, shop.log(&first, "make"));
    let step = &second.execution["steps"][0];
    assert_eq!(step["duration_seconds"], 0.0);
    assert!(step["started_at"].is_string() && step["completed_at"].is_string());
}

#[test]
fn caching_that_is_off_neither_looks_up_nor_stores() {
    let shop = Shop::new(&[]);
    let steps = json!([{"name": "s", "run": "echo s > out", "outputs": ["out"]}]);
    let off = json!({"options": {"cache": false}});
    let own = json!([{"name": "s", "run": "echo s > out", "outputs": ["out"], "cache": false}]);
    assert!(shop.run_with(&steps, &off).hits().is_empty());
    assert!(shop.run(&own).hits().is_empty());
    assert!(shop.run(&steps).hits().is_empty(), "neither was stored");
    assert!(shop.run_with(&steps, &off).hits().is_empty());
    assert!(shop.run(&own).hits().is_empty());
    assert_eq!(shop.run(&steps).hits(), ["s"]);
}

#[test]
fn what_did_not_succeed_is_never_stored() {
    let shop = Shop::new(&[]);
    for step in [
        json!({"name": "s", "run": "echo x > out; exit 3", "outputs": ["out"]}),
        json!({"name": "s", "run": "true", "outputs": ["out"]}),
        json!({"name": "s", "run": "echo x > out; sleep 100", "outputs": ["out"], "timeout_secs": 1}),
    ] {
        for _ in 0..2 {
            let run = shop.run(&json!([step]));
            assert_eq!((run.status(), run.hits()), ("failed", vec![]), "{step}");
        }
    }
    let kept = "SELECT count(*) FROM cache_entries";
    let kept: i64 = shop
        .database()
        .query_row(kept, [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, 0);
}

#[test]
fn a_long_log_is_repeated_from_its_start_and_says_where_the_rest_is() {
    let shop = Shop::new(&[]);
    let steps = json!([{"name": "s", "run": "head -c 2000000 /dev/zero | tr '\\0' x | fold -w 999; echo; echo end"}]);
    let first = shop.run(&steps);
    let second = shop.run(&steps);
    assert_eq!(second.hits(), ["s"]);
    assert_eq!(
        second.attested("s")["stdout"],
        first.attested("s")["stdout"],
        "the receipt has what it had"
    );
    let (whole, repeated) = (shop.log(&first, "s"), shop.log(&second, "s"));
    let (marker, lines) = repeated[1..].split_last().unwrap();
    assert_eq!(lines, &whole[..lines.len()]);
    assert_eq!(lines.len(), (1 << 20) / 1000);
    assert_eq!(
        marker.1,
        format!(
            "[attest: the log of a cached step ends here, after 1 MiB; that of {} has the rest]",
            first.id()
        )
    );
}

#[test]
fn what_lies_as_deep_as_an_output_may_is_shown_to_the_next_step_whether_made_or_served() {
    let shop = Shop::new(&[]);
    let steps = |depth: usize| {
        json!([
            {"name": "deep", "outputs": ["o"],
             "run": format!("d=o/$(printf 'd/%.0s' $(seq {depth})); mkdir -p $d; cd $d; echo x > file; ln -s file link")},
            {"name": "use", "needs": ["deep"], "outputs": ["seen"], "run": "find o ! -name o -printf '%y %m\\n' | sort | uniq -c > seen"},
        ])
    };
    // "o/" + "d/" for each + "file" are 2048 bytes.
    let seen = "   1021 d 755\n      1 f 644\n      1 l 777\n";
    for hits in [vec![], vec!["deep", "use"]] {
        let run = shop.run(&steps(1021));
        assert_eq!((run.status(), run.hits()), ("completed", hits));
        assert_eq!(shop.artifact(&run, "seen"), seen);
    }
    for deeper in [1022, 1500] {
        let run = shop.run(&steps(deeper));
        let failure = &run.execution["failure"];
        assert_eq!(failure["reason"], "output_unreadable", "{deeper}");
        let message = failure["message"].as_str().unwrap();
        assert!(message.contains("at most 2048"), "{message}");
    }
}

#[test]
fn of_steps_that_are_the_same_and_need_each_other_only_the_first_runs() {
    let shop = Shop::new(&[]);
    let step = |name: char| {
        let needs: Vec<String> = ('a'..name)
            .next_back()
            .map(String::from)
            .into_iter()
            .collect();
        json!({"name": name.to_string(), "run": "true", "needs": needs})
    };
    let run = shop.run(&('a'..='t').map(step).collect());
    let later: Vec<String> = ('b'..='t').map(String::from).collect();
    assert_eq!(run.hits(), later);
}
