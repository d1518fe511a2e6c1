//! A wire to the server that counts what goes over it, and can break.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// What ends every request line.
const REQUEST: &[u8] = b" HTTP/1.1\r\n";

/// A local port whose connections lead to a server.
#[derive(Debug)]
pub struct Proxy {
    url: String,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    requests: AtomicU64,
    sent: AtomicU64,
    /// Bytes towards the server after which the wire breaks; 0 is never.
    breaks_after: AtomicU64,
}

impl Proxy {
    /// A wire to the server at this URL.
    pub fn to(server: &str) -> Self {
        let address = server
            .strip_prefix("http://")
            .expect("a plain URL")
            .to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let counts = Arc::new(Counts::default());
        let counted = counts.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(&address) else {
                    continue;
                };
                let counts = counted.clone();
                let (mut back, mut answers) = (
                    client.try_clone().expect("a second handle"),
                    server.try_clone().expect("a second handle"),
                );
                thread::spawn(move || {
                    let _ = std::io::copy(&mut answers, &mut back);
                    let _ = back.shutdown(Shutdown::Both);
                });
                thread::spawn(move || counts.forward(client, server));
            }
        });
        Self { url, counts }
    }

    /// Where clients connect to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Requests and bytes that went to the server since the last look.
    pub fn take(&self) -> (u64, u64) {
        (
            self.counts.requests.swap(0, Ordering::SeqCst),
            self.counts.sent.swap(0, Ordering::SeqCst),
        )
    }

    /// Breaks each connection, and refuses to carry more, once so many bytes went to the server; 0 mends it.
    pub fn break_after(&self, bytes: u64) {
        self.counts.breaks_after.store(bytes, Ordering::SeqCst);
    }
}

impl Counts {
    fn forward(&self, mut client: TcpStream, mut server: TcpStream) {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(read) = client.read(&mut buffer) {
            let piece = buffer.get(..read).unwrap_or_default();
            let lines = piece.windows(REQUEST.len()).filter(|w| *w == REQUEST);
            self.requests
                .fetch_add(lines.count() as u64, Ordering::SeqCst);
            let sent = self.sent.fetch_add(read as u64, Ordering::SeqCst) + read as u64;
            let limit = self.breaks_after.load(Ordering::SeqCst);
            let broken = limit > 0 && sent > limit;
            if read == 0 || broken || server.write_all(piece).is_err() {
                break;
            }
        }
        let _ = server.shutdown(Shutdown::Both);
        let _ = client.shutdown(Shutdown::Both);
    }
}
