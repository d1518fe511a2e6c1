//! Starting, and starting again.

use std::os::unix::fs::PermissionsExt as _;

use attest_server::{Config, ServeError, Server};

use crate::support::{TestServer, config, one_step};

async fn refused(config: Config) -> String {
    match Server::start(config).await {
        Ok(_) => panic!("the server started"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn secrets_are_0600_and_the_address_is_the_real_one() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    crate::support::until("the address file", || {
        let text = std::fs::read_to_string(data.path().join("address")).ok()?;
        (text.trim() == format!("http://{}", server.address)).then_some(())
    });
    for name in ["admin-key", "signing-key.pem", "pepper"] {
        let mode = std::fs::metadata(data.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let database = std::fs::read(data.path().join("database.sqlite")).unwrap();
    let wal = std::fs::read(data.path().join("database.sqlite-wal")).unwrap_or_default();
    let key = server.key.as_bytes();
    assert!(
        ![database, wal]
            .iter()
            .any(|file| file.windows(key.len()).any(|part| part == key)),
        "the key is in the store"
    );
}

#[test]
fn a_restart_keeps_keys_pipelines_and_what_is_queued() {
    let data = tempfile::tempdir().unwrap();
    let first = TestServer::start(config(data.path()));
    let execution = first.execute(&first.pipeline(one_step()), &serde_json::json!({}));
    let (key, keys) = (first.key.clone(), first.get("/v1/keys"));
    drop(first);
    let second = TestServer::start(config(data.path()));
    assert_eq!(second.key, key);
    assert_eq!(second.get("/v1/keys"), keys);
    assert_eq!(
        second.get(&format!("/v1/executions/{execution}"))["status"],
        "queued"
    );
}

#[tokio::test]
async fn what_cannot_work_is_one_clear_message() {
    let data = tempfile::tempdir().unwrap();
    let held = Server::start(config(data.path())).await.unwrap();
    let message = refused(config(data.path())).await;
    assert!(
        message.contains("in use by another attest server"),
        "{message}"
    );

    let other = tempfile::tempdir().unwrap();
    let busy = Config {
        listen: held.address(),
        ..config(other.path())
    };
    let message = refused(busy).await;
    assert!(
        message.starts_with(&format!("--listen {}: ", held.address())),
        "{message}"
    );

    let file = other.path().join("file");
    std::fs::write(&file, "").unwrap();
    let message = refused(Config {
        source: Some(file.clone()),
        ..config(other.path())
    })
    .await;
    assert!(message.starts_with("--source "), "{message}");
    let message = refused(config(&file)).await;
    assert!(message.contains("cannot be used"), "{message}");
}

#[tokio::test]
async fn a_secret_that_others_can_read_keeps_the_server_from_starting() {
    let data = tempfile::tempdir().unwrap();
    drop(Server::start(config(data.path())).await.unwrap());
    let path = data.path().join("signing-key.pem");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let error = Server::start(config(data.path())).await.err().unwrap();
    assert!(matches!(error, ServeError::DataDir(_)), "{error}");
    assert!(error.to_string().contains("signing-key.pem"), "{error}");
}
