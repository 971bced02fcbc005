//! What stands between the socket and the service provider: tokens, bodies, the base path.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::State;
use axum::routing::get;
use bytes::{Bytes, BytesMut};
use chrono::Utc;
use http::header::{
    ALLOW, CONTENT_TYPE, EXPECT, HOST, HeaderValue, TRANSFER_ENCODING, WWW_AUTHENTICATE,
};
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, StatusCode, Version};
use http_body_util::BodyExt as _;
use scim_core::{BaseUrl, ScimError, one_line};
use scim_server::{
    Cause, Context, Departures, MemoryStore, ServiceProvider, Store, error_response,
};

use crate::auth::{Credentials, challenge};
use crate::{SqliteStore, limits};

/// A store that can say whether it answers.
pub(crate) trait Ready: Store {
    /// Whether requests can be answered.
    fn is_ready(&self) -> impl Future<Output = bool> + Send;
}

impl Ready for MemoryStore {
    async fn is_ready(&self) -> bool {
        true
    }
}

impl Ready for SqliteStore {
    async fn is_ready(&self) -> bool {
        self.ping().await.is_ok()
    }
}

/// What all requests share.
pub(crate) struct Door<S> {
    pub(crate) provider: ServiceProvider<S>,
    pub(crate) credentials: Credentials,
    pub(crate) base_url: BaseUrl,
    /// Whether ServiceProviderConfig can be read without a token.
    pub(crate) open_config: bool,
}

/// `GET /health` for whoever watches the process, everything else for the service provider.
pub(crate) fn router<S: Ready + 'static>(door: Door<S>) -> Router {
    Router::new()
        .route("/health", get(health::<S>).fallback(health_is_read))
        .fallback(scim::<S>)
        .with_state(Arc::new(door))
}

async fn health<S: Ready + 'static>(
    State(door): State<Arc<Door<S>>>,
    request: Request<Body>,
) -> Response<Body> {
    if let Err(error) = host(request.version(), request.headers()) {
        return error_response(&error, request.headers()).map(Body::from);
    }
    let (status, text) = match door.provider.store().is_ready().await {
        true => (StatusCode::OK, r#"{"status":"ready"}"#),
        false => (
            StatusCode::SERVICE_UNAVAILABLE,
            r#"{"status":"unavailable"}"#,
        ),
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

async fn health_is_read(headers: HeaderMap) -> Response<Body> {
    let error = ScimError::new(
        405,
        "the health of the gateway can be read, with GET or HEAD",
    );
    let mut response = error_response(&error, &headers);
    let allow = HeaderValue::from_static("GET, HEAD");
    response.headers_mut().insert(ALLOW, allow);
    response.map(Body::from)
}

/// RFC 9112 §3.2: a request names its host once.
fn host(version: Version, headers: &HeaderMap) -> Result<(), ScimError> {
    let named = headers.get_all(HOST).iter().count();
    match named == 1 || (named == 0 && version < Version::HTTP_11) {
        true => Ok(()),
        false => Err(ScimError::new(400, "a request has one `Host` header")),
    }
}

/// RFC 9112 §6.1: a body in a transfer coding other than `chunked` cannot be read.
fn transfer_coding(headers: &HeaderMap) -> Result<(), ScimError> {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    match codings.all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"chunked")) {
        true => Ok(()),
        false => Err(ScimError::new(501, "the only transfer coding is `chunked`")),
    }
}

async fn scim<S: Ready + 'static>(
    State(door): State<Arc<Door<S>>>,
    request: Request<Body>,
) -> Response<Body> {
    let begun = Instant::now();
    let method = request.method().clone();
    // Without its query, in which filters name people.
    let path = request.uri().path().to_owned();
    let (head, body) = request.into_parts();
    let context = Context::new(door.base_url.clone(), Utc::now());
    let readable = host(head.version, &head.headers).and_then(|()| transfer_coding(&head.headers));
    let admitted = match readable {
        Ok(()) => door.admit(&head, body, &context).await,
        Err(error) => Err(error),
    };
    let response = match admitted {
        Ok(body) => {
            let request = Request::from_parts(head, body);
            door.provider.handle(request, &context).await
        }
        Err(error) => refuse(&error, &head.headers),
    };
    if let Some(departures) = response.extensions().get::<Departures>() {
        for departure in departures.iter() {
            let departure = one_line(departure);
            tracing::info!(%method, path, departure, "tolerated");
        }
    }
    if let Some(cause) = response.extensions().get::<Cause>() {
        tracing::error!(%method, path, cause = one_line(chain(cause)), "a request failed");
    }
    tracing::info!(
        %method,
        path,
        status = response.status().as_u16(),
        microseconds = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX),
        "answered"
    );
    response.map(Body::from)
}

/// An error and what it came from.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

impl<S: Store> Door<S> {
    /// The whole body, or why the request is refused. Nothing is kept of a body whose sender has no token.
    async fn admit(&self, head: &Parts, body: Body, context: &Context) -> Result<Bytes, ScimError> {
        let (limit, headers) = (self.provider.limits().body_bytes, &head.headers);
        let is_read = matches!(head.method, Method::GET | Method::HEAD);
        let is_open =
            self.open_config && is_read && self.provider.is_config(head.uri.path(), context);
        let is_known = is_open || self.credentials.admit(headers);
        // Who waits for `100 Continue` is refused before the body is sent.
        let waits = headers.contains_key(EXPECT);
        let is_announced_too_long = body.size_hint().lower() > limit as u64;
        let body = match (waits, is_announced_too_long) {
            (true, long) if long || !is_known => Read::TooLong,
            (_, true) => {
                // The answer need not wait for the end of the body, but a client may not look at it before.
                tokio::spawn(read(body, 0, limit));
                Read::TooLong
            }
            _ => read(body, if is_known { limit } else { 0 }, limit).await,
        };
        if !is_known {
            return Err(ScimError::new(401, "a valid bearer token is required"));
        }
        match body {
            Read::Whole(bytes) => Ok(bytes),
            Read::TooLong => {
                let detail = format!("the body is longer than the {limit} bytes allowed");
                Err(ScimError::new(413, detail))
            }
            Read::Broken => Err(ScimError::new(400, "the body breaks off")),
            Read::Slow => Err(ScimError::new(408, "the body came too slowly")),
        }
    }
}

enum Read {
    Whole(Bytes),
    TooLong,
    Broken,
    Slow,
}

/// Reads a body and keeps it up to a number of bytes. Some more is read and dropped: a client that cannot send its body
/// to the end may never look at the answer.
async fn read(mut body: Body, keep: usize, limit: usize) -> Read {
    let most = limit.saturating_mul(limits::DRAINED_BODIES);
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut kept = BytesMut::with_capacity(announced.min(keep));
    let mut length: usize = 0;
    let read = async {
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                return Read::Broken;
            };
            let Some(data) = frame.data_ref() else {
                continue;
            };
            length = length.saturating_add(data.len());
            if length <= keep {
                kept.extend_from_slice(data);
            } else {
                kept = BytesMut::new();
            }
            if length > most {
                break;
            }
        }
        match length <= keep {
            true => Read::Whole(kept.freeze()),
            false => Read::TooLong,
        }
    };
    let read = tokio::time::timeout(limits::BODY_TIMEOUT, read).await;
    read.unwrap_or(Read::Slow)
}

/// The answer to a request that was not let in (decision E14).
fn refuse(error: &ScimError, headers: &HeaderMap) -> Response<Bytes> {
    let mut response = error_response(error, headers);
    if response.status() == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static(challenge(headers));
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_one_host() {
        for (version, count, good) in [
            (Version::HTTP_11, 1, true),
            (Version::HTTP_11, 0, false),
            (Version::HTTP_11, 2, false),
            (Version::HTTP_10, 0, true),
            (Version::HTTP_10, 2, false),
        ] {
            let mut headers = HeaderMap::new();
            for _ in 0..count {
                headers.append(HOST, HeaderValue::from_static("h"));
            }
            assert_eq!(host(version, &headers).is_ok(), good, "{version:?} {count}");
        }
    }
}
