//! Clients that hang up, that send on after a refusal, and that are many.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::json;
use tar::EntryType;

use crate::archives::{archive, digest, missing, upload};
use crate::hostile::{half_written, with_member};
use crate::support::{PATIENCE, TestServer, config, until};

/// A connection that has sent this much of an upload of `length` bytes.
fn begun(server: &TestServer, length: usize, sent: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = format!(
        "POST /v1/cache/objects HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/x-tar\r\nContent-Length: {length}\r\n\r\n",
        server.key
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(sent).unwrap();
    stream
}

#[test]
fn a_client_that_hangs_up_leaves_what_was_whole_and_nothing_else() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let object = vec![5; 1 << 20];
    let whole = archive(&[b"whole", &object]);
    let stream = begun(&server, whole.len(), &whole[..whole.len() - 500_000]);
    until("the second member to be under way", || {
        (half_written(data.path()) == 1).then_some(())
    });
    drop(stream);
    until("the rest to be cleared away", || {
        (half_written(data.path()) == 0).then_some(())
    });
    let asked = [digest(b"whole"), digest(&object)];
    assert_eq!(missing(&server, &asked), json!([digest(&object)]));
}

#[test]
fn a_refusal_is_heard_while_there_is_still_much_to_send() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let hostile = with_member(|header| header.set_entry_type(EntryType::Symlink));
    let body = [&hostile[..], &vec![1; 20 << 20]].concat();
    // Most clients write all before they read: they must neither be cut off nor left waiting.
    let mut stream = begun(&server, body.len(), &body);
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 400");
}

#[test]
fn more_uploads_at_once_than_have_a_turn_are_all_served() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let body = archive(&[b"shared"]);
    // Those that have begun and go no further hold their turns; the server answers others all the same.
    let held: Vec<TcpStream> = (0..31)
        .map(|_| begun(&server, body.len(), &body[..700]))
        .collect();
    assert_eq!(upload(&server, &body).status, 200);
    assert_eq!(server.get("/v1/cache/stats")["total_entries"], 1);
    std::thread::scope(|scope| {
        for number in 0..8_u8 {
            let server = &server;
            scope.spawn(move || assert_eq!(upload(server, &archive(&[&[number]])).status, 200));
        }
    });
    for mut stream in held {
        stream.write_all(&body[700..]).unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
    }
}
