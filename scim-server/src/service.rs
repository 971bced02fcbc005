//! [`ScimService`]: the service provider as a `tower::Service`.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll};

use bytes::Bytes;
use http::{Method, Request, Response};
use tower_service::Service;

use crate::context::Context;
use crate::error::Fault;
use crate::negotiate::MediaType;
use crate::provider::ServiceProvider;
use crate::respond::failed;
use crate::store::Store;

/// A [`ServiceProvider`] as a `tower::Service`, for stacks that are built of such; needs the feature
/// `tower`. Cloning shares.
///
/// A layer above it reads the body and puts the [`Context`] of the request among its extensions;
/// without one the answer is 500, with a [`Cause`](crate::Cause) for the host's log.
///
/// ```
/// use scim_server::{Context, MemoryStore, ScimService, ServiceProvider, contract::block_on};
/// use scim_server::{bytes::Bytes, http::Request, scim_schema::Registry};
/// use tower::ServiceExt as _;
///
/// # let new_id = || "1".to_owned();
/// let provider = ServiceProvider::builder(Registry::builtin(), MemoryStore::new(), new_id).build()?;
/// let base_url: scim_server::scim_core::BaseUrl = "https://example.com/scim/v2".parse()?;
/// let service = ScimService::new(provider).map_request(move |mut request: Request<Bytes>| {
///     // Your clock, your authentication.
///     let now = "2026-01-02T03:04:05Z".parse().unwrap_or_default();
///     request.extensions_mut().insert(Context::new(base_url.clone(), now));
///     request
/// });
/// let request = Request::get("/scim/v2/Users").body(Bytes::new())?;
/// let response = block_on(service.oneshot(request))?;
/// assert_eq!(response.status(), 200);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ScimService<S>(Arc<ServiceProvider<S>>);

impl<S> ScimService<S> {
    /// The service of a provider, alone or shared.
    pub fn new(provider: impl Into<Arc<ServiceProvider<S>>>) -> Self {
        Self(provider.into())
    }
}

impl<S> Clone for ScimService<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: Store + 'static> Service<Request<Bytes>> for ScimService<S> {
    type Response = Response<Bytes>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Task<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Bytes>) -> Self::Future {
        let provider = self.0.clone();
        Box::pin(async move {
            let Some(context) = request.extensions_mut().remove::<Context>() else {
                let head = request.method() == Method::HEAD;
                let media_type = MediaType::accepted(request.headers());
                let fault = Fault::failed("no layer gave the request a context");
                return Ok(failed(fault, media_type, head));
            };
            Ok(provider.handle(request, &context).await)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::block_on;
    use crate::memory::MemoryStore;
    use crate::respond::error_response;
    use scim_core::ScimError;

    #[test]
    fn a_request_without_context_is_the_failure_of_the_host() {
        let ids = || "1".to_owned();
        let registry = scim_schema::Registry::builtin();
        let provider = ServiceProvider::builder(registry, MemoryStore::new(), ids)
            .build()
            .unwrap();
        let mut service = ScimService::new(provider).clone();
        let request = Request::get("/Users").body(Bytes::new()).unwrap();
        let response = block_on(service.call(request)).unwrap();
        assert_eq!(response.status(), 500);
        assert!(response.extensions().get::<crate::Cause>().is_some());
        let other = error_response(&ScimError::new(500, ""), response.headers());
        assert_eq!(response.headers(), other.headers());
    }
}
