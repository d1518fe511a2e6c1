//! A small server before the real one, which answers 429 to whoever starts an execution too early.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Every call goes on to the real server, but that one execution may be started only once the limit is over.
pub(crate) struct Limiter {
    url: String,
    shared: Arc<Shared>,
}

/// How an execution was asked for and answered.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) at: SystemTime,
    /// `X-RateLimit-Reset`, unix seconds.
    pub(crate) reset: u64,
}

struct Shared {
    server: String,
    /// How long the limit lasts from the first call; `None` is for ever.
    lasts: Option<Duration>,
    seen: Mutex<Vec<Seen>>,
}

impl Limiter {
    /// A limit that ends so long after the first execution was asked for.
    pub(crate) fn before(server: &str, lasts: Duration) -> Self {
        Self::start(server, Some(lasts))
    }

    /// A limit that does not end: each answer promises the next second.
    pub(crate) fn for_ever(server: &str) -> Self {
        Self::start(server, None)
    }

    fn start(server: &str, lasts: Option<Duration>) -> Self {
        let shared = Arc::new(Shared {
            server: server.strip_prefix("http://").unwrap().to_owned(),
            lasts,
            seen: Mutex::new(Vec::new()),
        });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = shared.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let shared = served.clone();
                // Whoever hangs up early is no matter of this test.
                thread::spawn(move || drop(shared.serve(client)));
            }
        });
        Self { url, shared }
    }

    /// Where clients connect to.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The executions that were asked for so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }
}

impl Shared {
    /// One request, one answer, and the connection ends.
    fn serve(&self, mut client: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(client.try_clone()?);
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
            if !lower.starts_with("connection:") {
                head.push_str(&line);
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;

        let request = head.lines().next().unwrap_or_default();
        let starts = request.starts_with("POST ") && request.contains("/executions ");
        if starts && let Some(reset) = self.limited() {
            client.write_all(refusal(reset).as_bytes())?;
        } else {
            let mut server = TcpStream::connect(&self.server)?;
            server.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes())?;
            server.write_all(&body)?;
            std::io::copy(&mut server, &mut client)?;
        }
        client.shutdown(Shutdown::Both)
    }

    /// Notes that an execution is asked for; the second of the limit's end, where it is not over.
    fn limited(&self) -> Option<u64> {
        let now = SystemTime::now();
        let mut seen = self.seen.lock().unwrap();
        let first = seen.first().map_or(now, |first| first.at);
        // Rounded up: the second named is one in which the call surely passes.
        let reset = unix(first + self.lasts.unwrap_or_default()) + 1;
        let (status, reset) = match self.lasts {
            None => (429, unix(now) + 1),
            Some(_) if unix(now) < reset => (429, reset),
            Some(_) => (202, reset),
        };
        seen.push(Seen {
            status,
            at: now,
            reset,
        });
        (status == 429).then_some(reset)
    }
}

fn unix(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn refusal(reset: u64) -> String {
    let body = r#"{"error":{"code":"RATE_LIMIT_EXCEEDED","message":"Too many requests","request_id":"req_limited"}}"#;
    let after = reset.saturating_sub(unix(SystemTime::now())).max(1);
    format!(
        "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         X-RateLimit-Limit: 100\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: {reset}\r\nRetry-After: {after}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
}
