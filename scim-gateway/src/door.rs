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
use http::header::{CONTENT_TYPE, EXPECT, HeaderValue, WWW_AUTHENTICATE};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use scim_core::{BaseUrl, ScimError};
use scim_server::{
    Cause, Context, Departures, MemoryStore, ServiceProvider, Store, error_response,
};

use crate::auth::Credentials;
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
}

/// `GET /health` for whoever watches the process, everything else for the service provider.
pub(crate) fn router<S: Ready + 'static>(door: Door<S>) -> Router {
    Router::new()
        .route("/health", get(health::<S>))
        .fallback(scim::<S>)
        .with_state(Arc::new(door))
}

async fn health<S: Ready + 'static>(State(door): State<Arc<Door<S>>>) -> Response<Body> {
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

async fn scim<S: Ready + 'static>(
    State(door): State<Arc<Door<S>>>,
    request: Request<Body>,
) -> Response<Body> {
    let begun = Instant::now();
    let method = request.method().clone();
    // Without its query, in which filters name people.
    let path = request.uri().path().to_owned();
    let (head, body) = request.into_parts();
    let response = match door.admit(&head.headers, body).await {
        Ok(body) => {
            let context = Context::new(door.base_url.clone(), Utc::now());
            let request = Request::from_parts(head, body);
            door.provider.handle(request, &context).await
        }
        Err(error) => refuse(&error, &head.headers),
    };
    if let Some(departures) = response.extensions().get::<Departures>() {
        for departure in departures.iter() {
            tracing::info!(%method, path, %departure, "tolerated");
        }
    }
    if let Some(cause) = response.extensions().get::<Cause>() {
        tracing::error!(%method, path, cause = %chain(cause), "a request failed");
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
    async fn admit(&self, headers: &HeaderMap, body: Body) -> Result<Bytes, ScimError> {
        let limit = self.provider.limits().body_bytes;
        let is_known = self.credentials.admit(headers);
        // Who waits for `100 Continue` is refused before the body is sent.
        let waits = headers.contains_key(EXPECT);
        let is_announced_too_long = body.size_hint().lower() > limit as u64;
        let body = match waits && (!is_known || is_announced_too_long) {
            true => Read::TooLong,
            false => read(body, if is_known { limit } else { 0 }, limit).await,
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
        let challenge = HeaderValue::from_static("Bearer realm=\"scim\"");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}
