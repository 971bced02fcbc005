//! HTTP clients that keep the server busy: one thread and one connection each, the next request after the answer.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::served::TOKEN;

/// A request, ready to be sent: method, path below the base URL, body.
pub(super) struct Request(Vec<u8>);

impl Request {
    pub(super) fn new(base: &Base, method: &str, path: &str, body: &str) -> Self {
        let Base { host, path: below } = base;
        let length = body.len();
        let head = format!(
            "{method} {below}{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKEN}\r\n\
             Content-Type: application/scim+json\r\nContent-Length: {length}\r\n\r\n"
        );
        Self([head.as_bytes(), body.as_bytes()].concat())
    }
}

/// Where a server is.
pub(super) struct Base {
    host: String,
    path: String,
}

impl Base {
    pub(super) fn of(url: &str) -> Result<Self> {
        let rest = url.strip_prefix("http://").context("http")?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let path = match path {
            "" => String::new(),
            path => format!("/{path}"),
        };
        Ok(Self {
            host: host.to_owned(),
            path,
        })
    }
}

/// A connection that is kept.
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn open(base: &Base) -> Result<Self> {
        let stream = TcpStream::connect(&base.host)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        Ok(Self(BufReader::new(stream)))
    }

    /// The status and the body of the answer.
    fn ask(&mut self, request: &Request) -> Result<(u16, Vec<u8>)> {
        self.0.get_mut().write_all(&request.0)?;
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let status = line.get(9..12).context("a status")?.parse()?;
        let mut length = 0;
        loop {
            line.clear();
            self.0.read_line(&mut line)?;
            match line.trim_end().split_once(':') {
                None => break,
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse()?;
                }
                Some(_) => {}
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        Ok((status, body))
    }
}

/// The answer to one request.
pub(super) fn ask(base: &Base, method: &str, path: &str, body: &str) -> Result<String> {
    let request = Request::new(base, method, path, body);
    let (status, body) = Connection::open(base)?.ask(&request)?;
    let body = String::from_utf8(body)?;
    match status {
        200..300 => Ok(body),
        _ => bail!("{method} {path}: {status} {body}"),
    }
}

/// What a crowd of clients saw.
pub(super) struct Seen {
    /// From the first request to the last answer.
    pub(super) elapsed: Duration,
    /// How long each answer took.
    pub(super) latencies: Vec<Duration>,
}

/// Lets so many clients send `count` requests in all, each made by its number.
pub(super) fn crowd(
    base: &Base,
    clients: usize,
    count: usize,
    request: &(impl Fn(usize) -> Request + Sync),
) -> Result<Seen> {
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    let client = || -> Result<Vec<Duration>> {
        let mut connection = Connection::open(base)?;
        let mut latencies = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return Ok(latencies);
            }
            let request = request(number);
            let asked = Instant::now();
            let (status, body) = connection.ask(&request)?;
            latencies.push(asked.elapsed());
            if !(200..300).contains(&status) {
                bail!("{status} {}", String::from_utf8_lossy(&body));
            }
        }
    };
    let latencies = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(client)).collect();
        let latencies = clients.into_iter().map(|client| match client.join() {
            Ok(latencies) => latencies,
            Err(_) => bail!("a client panicked"),
        });
        latencies.collect::<Result<Vec<_>>>()
    })?;
    Ok(Seen {
        elapsed: begun.elapsed(),
        latencies: latencies.concat(),
    })
}
