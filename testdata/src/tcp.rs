//! A small HTTP/1.1 client for tests over a socket: one connection for each request.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::scenario::{Request, Response};

/// Asks a service provider on a socket of this machine.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Client {
    /// Where it listens.
    pub address: SocketAddr,
    /// The path below which SCIM lives.
    pub base_path: String,
    /// The bearer token that [`ask`](Self::ask) sends.
    pub token: String,
}

impl Client {
    /// A client of the service provider at a base URL like `http://127.0.0.1:8080/scim/v2`.
    pub fn new(base_url: &str, token: &str) -> Self {
        let rest = base_url.strip_prefix("http://").unwrap_or(base_url);
        let (address, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        Self {
            address: address
                .parse()
                .unwrap_or_else(|error| panic!("`{base_url}`: {error}")),
            base_path: path.to_owned(),
            token: token.to_owned(),
        }
    }

    /// Sends a request with the token, and JSON as its body unless that is empty.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> Response {
        let mut headers = vec![("Authorization".to_owned(), format!("Bearer {}", self.token))];
        if !body.is_empty() {
            let json = "application/scim+json".to_owned();
            headers.push(("Content-Type".to_owned(), json));
        }
        self.send(Request {
            method: method.to_owned(),
            path: path.to_owned(),
            headers,
            body: body.as_bytes().to_vec(),
        })
    }

    /// Sends a request as it is.
    pub fn send(&self, request: Request) -> Response {
        self.try_send(&request)
            .unwrap_or_else(|error| panic!("{} {}: {error}", request.method, request.path))
    }

    /// Sends a request as it is, to a service provider that may go away.
    ///
    /// # Errors
    /// What broke the connection, or a response that breaks off.
    pub fn try_send(&self, request: &Request) -> std::io::Result<Response> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let mut head = format!(
            "{} {}{} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
            request.method, self.base_path, request.path, self.address
        );
        for (name, value) in &request.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !request.body.is_empty() || matches!(&*request.method, "POST" | "PUT" | "PATCH") {
            head.push_str(&format!("Content-Length: {}\r\n", request.body.len()));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        // A body that is too long may be answered before it was read to its end.
        let sent = stream.write_all(&request.body);
        let mut answer = Vec::new();
        let received = stream.read_to_end(&mut answer);
        match response(&answer) {
            Some(response) => Ok(response),
            None => Err(sent
                .and(received.map(drop))
                .err()
                .unwrap_or_else(|| std::io::ErrorKind::UnexpectedEof.into())),
        }
    }
}

/// Reads a response; `None` if it breaks off.
fn response(answer: &[u8]) -> Option<Response> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]);
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let body = answer[end + 4..].to_vec();
    let length = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.parse::<usize>().ok());
    let is_whole = length.is_none_or(|length| body.is_empty() || body.len() == length);
    is_whole.then_some(Response {
        status,
        headers,
        body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_taken_apart() {
        let client = Client::new("http://127.0.0.1:8080/scim/v2", "t");
        assert_eq!(client.address.port(), 8080);
        assert_eq!(client.base_path, "/scim/v2");
        assert_eq!(Client::new("http://[::1]:1", "t").base_path, "");
    }

    #[test]
    fn a_response_is_taken_apart() {
        let found =
            response(b"HTTP/1.1 201 Created\r\nETag: W/\"1\"\r\ncontent-length: 2\r\n\r\n{}");
        let found = found.unwrap();
        assert_eq!((found.status, &*found.body), (201, &b"{}"[..]));
        assert_eq!(found.headers[0], ("ETag".to_owned(), "W/\"1\"".to_owned()));
        assert!(response(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n{}").is_none());
        assert!(response(b"HTTP/1.1 200 OK\r\n").is_none());
        assert!(response(b"").is_none());
    }
}
