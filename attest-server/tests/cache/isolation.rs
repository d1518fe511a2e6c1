//! Isolation and network in the key. Only where bubblewrap works.

use attest_server::{Config, IsolationMode};
use serde_json::json;

use crate::shop::Shop;

/// Where `ATTEST_REQUIRE_ALL` is set, it has to.
#[allow(clippy::print_stderr)] // whoever reads the output is to know what did not run
fn bubblewrap_works() -> bool {
    let scratch = tempfile::tempdir().unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let found = attest_server::sandbox::Isolation::bubblewrap(&path, scratch.path());
    if let Err(error) = &found {
        assert!(std::env::var_os("ATTEST_REQUIRE_ALL").is_none(), "{error}");
        eprintln!("skipped: {error}");
    }
    found.is_ok()
}

fn boxed(config: Config) -> Config {
    Config {
        isolation: IsolationMode::Bubblewrap,
        ..config
    }
}

#[test]
fn isolation_and_network_are_part_of_a_step() {
    if !bubblewrap_works() {
        return;
    }
    let mut shop = Shop::new(&[]);
    let steps = json!([{"name": "s", "run": "true"}]);
    assert!(shop.run(&steps).hits().is_empty());
    shop.restart(boxed);
    assert!(
        shop.run(&steps).hits().is_empty(),
        "not what ran without isolation"
    );
    assert_eq!(shop.run(&steps).hits(), ["s"]);
    let offline = json!([{"name": "s", "run": "true", "network": false}]);
    assert!(
        shop.run(&offline).hits().is_empty(),
        "not what ran with a network"
    );
    assert_eq!(shop.run(&offline).hits(), ["s"]);
    shop.restart(|config| Config {
        network: false,
        ..boxed(config)
    });
    assert_eq!(
        shop.run(&steps).hits(),
        ["s"],
        "it has no network, whether it asked for one or not"
    );
    shop.restart(|config| config);
    assert_eq!(shop.run(&steps).hits(), ["s"]);
}

#[test]
fn a_network_that_the_server_took_away_after_a_call_is_no_network_in_the_key() {
    if !bubblewrap_works() {
        return;
    }
    let with = |network: bool, workers: usize| {
        move |config| Config {
            network,
            workers,
            ..boxed(config)
        }
    };
    let mut shop = Shop::with(&[], with(true, 0));
    let pipeline = shop
        .server()
        .pipeline(json!([{"name": "s", "run": "true"}]));
    // Settled while there was a network, and run when there is none.
    let queued = shop.server().execute(&pipeline, &json!({}));
    shop.restart(with(false, 1));
    assert!(shop.finished(&queued).hits().is_empty());
    shop.restart(with(true, 1));
    assert!(shop.execute(&pipeline, &json!({})).hits().is_empty());
    assert_eq!(shop.execute(&pipeline, &json!({})).hits(), ["s"]);
}
