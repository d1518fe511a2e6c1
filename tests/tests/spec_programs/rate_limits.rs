//! Handling rate limits.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use attest_tests::server::{Options, Server};
use attest_tests::spec::{Row, Specification};

use crate::limiter::Limiter;
use crate::{python, site};

#[test]
fn a_rate_limited_program_sleeps_and_succeeds() {
    let test = "a_rate_limited_program_sleeps_and_succeeds";
    let (Some(specification), Some(interpreter)) = (
        Specification::find(test),
        site::prepared("ATTEST_SPEC_PYTHON", test),
    ) else {
        return;
    };
    let row = Row::of("Rate limits");
    let program = specification.program("rate-limits", "### Handling Rate Limits", "python");
    let server = Server::start(Options::default());
    let pipeline = python::simple_pipeline(&server, "limited");
    let with_a_client = |url: &str| {
        format!(
            "from attest import AttestClient\n\
             client = AttestClient(api_key={:?}, base_url={url:?})\n\
             pipeline_id = {pipeline:?}\n{}\n\
             print(result.id)\n",
            server.key(),
            program.with(&[])
        )
    };

    let limiter = Limiter::before(server.url(), Duration::from_secs(2));
    let found = python::run(&interpreter, "limited.py", &with_a_client(limiter.url())).exits(0);
    println!("{}", found.stdout);
    let seen = limiter.seen();
    let statuses: Vec<u16> = seen.iter().map(|one| one.status).collect();
    assert_eq!(statuses, [429, 202], "{seen:?}");
    assert!(
        unix(seen[1].at) >= seen[0].reset,
        "it came back too early: {seen:?}"
    );
    assert_eq!(found.stdout.trim_end(), site::newest(&server));

    // A limit that stays: the program ends with the error, and nothing runs.
    let limiter = Limiter::for_ever(server.url());
    let found = python::run(&interpreter, "limited.py", &with_a_client(limiter.url())).exits(1);
    assert!(
        found.stderr.contains("RateLimitExceeded"),
        "{}",
        found.text()
    );
    assert_eq!(server.executions().len(), 1);
    row.shown("429, then a sleep until reset_at, then 202");
}

fn unix(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap().as_secs()
}
