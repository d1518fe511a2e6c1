//! Many calls at once: callers that keep their connection, and as little work for each call as there can be, since they share
//! the cores with the server.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::Failure;

/// One caller's connection.
pub(crate) struct Caller {
    stream: BufReader<TcpStream>,
    host: String,
    key: String,
}

impl Caller {
    /// Of the server at `http://<address>`.
    pub(crate) fn new(url: &str, key: &str) -> Result<Self, Failure> {
        let host = url.strip_prefix("http://").ok_or("the server's address")?;
        let stream = TcpStream::connect(host.parse::<SocketAddr>()?)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
            host: host.to_owned(),
            key: key.to_owned(),
        })
    }

    /// A whole request, to be sent again and again.
    pub(crate) fn request(&self, method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
        let (host, key, length) = (&self.host, &self.key, body.len());
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n{headers}"
        );
        format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
            .into_bytes()
    }

    /// Sends it and reads the answer: its body.
    pub(crate) fn call(&mut self, request: &[u8]) -> Result<Vec<u8>, Failure> {
        self.stream.get_mut().write_all(request)?;
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let success = line
            .split(' ')
            .nth(1)
            .is_some_and(|status| status.starts_with('2'));
        let status = line.trim().to_owned();
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let header = line.trim_end();
            if header.is_empty() {
                break;
            }
            if let Some((name, value)) = header.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        if success {
            return Ok(body);
        }
        Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into())
    }
}

/// What many calls at once came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// From the first call to the last answer.
    pub(crate) whole: Duration,
    /// Of a hundred calls the slowest but one took this long.
    pub(crate) p99: Duration,
}

/// `callers` at once make `each` calls; `call` is given the caller and its number.
pub(crate) fn at_once(
    callers: Vec<Caller>,
    each: usize,
    call: impl Fn(&mut Caller, usize) -> Result<(), Failure> + Sync,
) -> Result<Load, Failure> {
    let one = |mut caller: Caller, number: usize| {
        let mut times = Vec::with_capacity(each);
        for _ in 0..each {
            let start = Instant::now();
            call(&mut caller, number).map_err(|error| error.to_string())?;
            times.push(start.elapsed());
        }
        Ok::<_, String>(times)
    };
    let start = Instant::now();
    let times = thread::scope(|scope| {
        let one = &one;
        let threads: Vec<_> = callers
            .into_iter()
            .enumerate()
            .map(|(number, caller)| scope.spawn(move || one(caller, number)))
            .collect();
        let mut all = Vec::new();
        for thread in threads {
            all.extend(thread.join().map_err(|_| "a caller panicked")??);
        }
        Ok::<_, Failure>(all)
    });
    let (whole, mut times) = (start.elapsed(), times?);
    times.sort_unstable();
    let p99 = times.get(times.len() * 99 / 100).or(times.last());
    Ok(Load {
        whole,
        p99: p99.copied().ok_or("nothing was called")?,
    })
}
