//! Clients, and servers that answer as they are told or not at all.

use std::io::Read as _;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use attest_bindings_support::{Client, Error, Pending, failure, runtime};
use serde_json::{Value, json};

pub(crate) fn client(url: &str) -> Client {
    let options = json!({"base_url": url, "api_key": "attest_key_x"});
    Client::new(options.to_string().as_bytes(), "attest-border/0").unwrap()
}

pub(crate) fn wait<T: Send + 'static>(pending: Pending<T>) -> Result<T, Error> {
    runtime::block_on(pending)
}

/// The JSON that a call results in.
pub(crate) fn json_of(pending: Pending<String>) -> Value {
    serde_json::from_str(&wait(pending).unwrap()).unwrap()
}

/// The error of a call, as the languages see it.
#[track_caller]
pub(crate) fn error_of<T>(result: Result<T, Error>) -> Value {
    match result {
        Ok(_) => panic!("it succeeded"),
        Err(error) => serde_json::from_str(&failure::json(&error)).unwrap(),
    }
}

/// A server that takes a request and never answers.
pub(crate) struct Silent {
    pub(crate) url: String,
    /// Gives each connection once its request began to come.
    pub(crate) asked: Receiver<TcpStream>,
}

impl Silent {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, asked) = channel();
        std::thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                let mut first = [0; 1];
                if stream.read_exact(&mut first).is_ok() && sender.send(stream).is_err() {
                    return;
                }
            }
        });
        Self { url, asked }
    }
}

/// Waits until the other side has closed its connection.
pub(crate) fn until_closed(mut stream: TcpStream) {
    let mut rest = Vec::new();
    // A reset is a close as well.
    let _ = stream.read_to_end(&mut rest);
}
