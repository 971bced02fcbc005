//! The service provider under axum, in front of a table of the host's own (`table.rs`):
//! `cargo run -p scim-server --example axum`, then
//! `curl -H 'Authorization: Bearer change-me' http://127.0.0.1:8080/scim/v2/Users`.

mod table;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use axum::http::{Request as HttpRequest, Response};
use scim_core::{AuthenticationScheme, BaseUrl, Policy, ScimError};
use scim_server::{Context, ProtocolPolicy, ServiceProvider, error_response};
use table::{People, registry};

/// What every request needs.
struct Host {
    provider: ServiceProvider<People>,
    base_url: BaseUrl,
}

/// The routes: whatever arrives is the service provider's.
pub(crate) fn app(base_url: BaseUrl) -> Result<Router, Box<dyn std::error::Error>> {
    let new_id = || uuid::Uuid::new_v4().to_string();
    let bearer = AuthenticationScheme::new("oauthbearertoken", "Bearer token", "RFC 6750");
    let provider = ServiceProvider::builder(registry()?, People::default(), new_id)
        .policy(Policy::lenient())
        .protocol(ProtocolPolicy::lenient())
        .authentication_schemes(vec![bearer])
        .build()?;
    let host = Arc::new(Host { provider, base_url });
    Ok(Router::new().fallback(scim).with_state(host))
}

/// Authenticates, reads the body up to the limit, and hands the request over.
async fn scim(State(host): State<Arc<Host>>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let token = head.headers.get(AUTHORIZATION);
    if token.is_none_or(|token| token != "Bearer change-me") {
        let mut response = error_response(&ScimError::new(401, "no valid token"), &head.headers);
        let challenge = HeaderValue::from_static("Bearer");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        return response.map(Body::from);
    }
    let limit = host.provider.limits().body_bytes;
    let Ok(body) = to_bytes(body, limit).await else {
        let error = ScimError::new(413, format!("the body is longer than {limit} bytes"));
        return error_response(&error, &head.headers).map(Body::from);
    };
    let context = Context::new(host.base_url.clone(), chrono::Utc::now());
    let request = HttpRequest::from_parts(head, body);
    let response = host.provider.handle(request, &context).await;
    response.map(Body::from)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = app("http://127.0.0.1:8080/scim/v2".parse()?)?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    Ok(axum::serve(listener, app).await?)
}
