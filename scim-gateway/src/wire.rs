//! The bytes of a connection, with a body for the answers that the HTTP layer gives by itself.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::StatusCode;
use hyper::rt::{Read, ReadBufCursor, Write};
use scim_core::ScimError;

/// A stream on which no refusal goes out without the body of RFC 7644 §3.12.
///
/// A request that cannot be read as HTTP never becomes one: hyper answers 400, 414 or 431 with nothing below the head
/// and closes the connection. Such a head is sent on with a SCIM error in place of the empty body (decision E14).
#[derive(Debug)]
pub(crate) struct Wire<S> {
    inner: S,
    /// What is sent in place of a head, and how much of it has been.
    instead: Option<(Vec<u8>, usize)>,
}

impl<S> Wire<S> {
    pub(crate) fn new(inner: S) -> Self {
        Self {
            inner,
            instead: None,
        }
    }
}

impl<S: Read + Unpin> Read for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: Write + Unpin> Write for Wire<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.instead.is_none() {
            this.instead = with_body(bytes).map(|answer| (answer, 0));
        }
        let Some((answer, sent)) = &mut this.instead else {
            return Pin::new(&mut this.inner).poll_write(context, bytes);
        };
        while let Some(rest) = answer.get(*sent..).filter(|rest| !rest.is_empty()) {
            match ready!(Pin::new(&mut this.inner).poll_write(context, rest)) {
                Ok(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Ok(more) => *sent += more,
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        this.instead = None;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut filled = buffers.iter().filter(|buffer| !buffer.is_empty());
        match (filled.next(), filled.next()) {
            // A head alone.
            (Some(only), None) => self.poll_write(context, only),
            _ => Pin::new(&mut self.inner).poll_write_vectored(context, buffers),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

/// The answer to send if `bytes` are the head of a refusal without body. Ours have a content type.
fn with_body(bytes: &[u8]) -> Option<Vec<u8>> {
    const EMPTY: &str = "content-length: 0\r\n";
    let status = bytes.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
    let detail = match status {
        b"400" => "the request is not well-formed HTTP",
        b"414" => "the URI of the request is too long",
        b"431" => "the headers of the request are too long",
        _ => return None,
    };
    let head = std::str::from_utf8(bytes).ok()?;
    let (before, after) = head.split_once(EMPTY)?;
    if !after.ends_with("\r\n") || head.contains("content-type:") {
        return None;
    }
    let status = StatusCode::from_bytes(status).ok()?;
    let body = scim_core::serde_json::to_string(&ScimError::new(status.as_u16(), detail)).ok()?;
    let length = body.len();
    let answer = format!(
        "{before}content-type: application/scim+json\r\ncontent-length: {length}\r\n{after}{body}"
    );
    Some(answer.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_empty_refusal_gets_a_body() {
        let refusal =
            b"HTTP/1.1 414 URI Too Long\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        let answer = String::from_utf8(with_body(refusal).unwrap()).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 414 URI Too Long\r\nconnection: close\r\n"));
        assert!(
            head.contains(&format!("content-length: {}", body.len())),
            "{head}"
        );
        assert!(body.contains(r#""status":"414""#), "{body}");
        for untouched in [
            &b"HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n"[..],
            b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/scim+json\r\ncontent-length: 9\r\n\r\n",
            b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\ncontent-type: x\r\n\r\n",
            b"HTTP/1.1 400 B",
            b"{}",
            b"",
        ] {
            assert_eq!(with_body(untouched), None);
        }
    }
}
