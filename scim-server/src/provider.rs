//! [`ServiceProvider`]: a request in, a response out.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response};
use scim_core::{AuthenticationScheme, Policy, ResourceSchema, ScimError};
use scim_schema::{Defaults, HostRules, Registry};

use crate::authorize::Authorize;
use crate::builder::Builder;
use crate::call::Call;
use crate::context::Context;
use crate::cursor::Cursors;
use crate::error::Fault;
use crate::form::Form;
use crate::limits::Limits;
use crate::me::Subjects;
use crate::negotiate::MediaType;
use crate::observe::Observe;
use crate::protocol::ProtocolPolicy;
use crate::respond::{Answer, failed};
use crate::route::Route;
use crate::secrets::Hash;
use crate::store::Store;

/// A SCIM service provider over a [`Store`]: the whole protocol of RFC 7644, without I/O, clock,
/// randomness or runtime.
///
/// Made by [`ServiceProvider::builder`]; the crate's front page shows one at work.
pub struct ServiceProvider<S> {
    pub(crate) store: S,
    pub(crate) shared: Arc<Shared>,
}

/// All but the store: what the closures handed to the store own a share of.
pub(crate) struct Shared {
    pub(crate) registry: Registry,
    pub(crate) policy: Policy,
    pub(crate) protocol: ProtocolPolicy,
    pub(crate) limits: Limits,
    pub(crate) base_path: Option<String>,
    pub(crate) ids: Box<dyn Fn() -> String + Send + Sync>,
    pub(crate) defaults: Defaults,
    /// At most one for each type.
    pub(crate) rules: Vec<HostRules>,
    pub(crate) hash: Box<Hash>,
    /// Whether the hash is one of the host's, so that a password set can be verified.
    pub(crate) keeps_secrets: bool,
    /// Who the client is among the resources, see [`Builder::subjects`].
    pub(crate) subjects: Option<Box<Subjects>>,
    /// The type that a POST to `/Me` creates.
    pub(crate) me_creates: Option<String>,
    /// What clients may do; without it, everything.
    pub(crate) authorize: Option<Box<dyn Authorize>>,
    /// Who is told of writes.
    pub(crate) observer: Option<Box<dyn Observe>>,
    /// Attributes that no GET may filter by.
    pub(crate) sensitive: Vec<String>,
    /// Pages by cursor, if the host gave a key.
    pub(crate) cursors: Option<Cursors>,
    pub(crate) authentication_schemes: Vec<AuthenticationScheme>,
    pub(crate) documentation_uri: Option<String>,
    pub(crate) forms: Vec<Form>,
}

impl<S: Store> ServiceProvider<S> {
    /// Begins a service provider for the resource types of `registry`, kept in `store`.
    ///
    /// `ids` makes the id of each new resource: never the same twice, 1 to 256 unreserved characters
    /// of a URL, without `bulkId` (decision W16). A random UUID is a good one.
    pub fn builder(
        registry: Registry,
        store: S,
        ids: impl Fn() -> String + Send + Sync + 'static,
    ) -> Builder<S> {
        Builder::new(registry, store, Box::new(ids))
    }

    /// Answers a request. Whatever it holds, the answer is one of the protocol: errors have the form
    /// of RFC 7644 §3.12.
    ///
    /// The host has authenticated the client before, and has read the body up to
    /// [`Limits::body_bytes`] and a byte more. Beside what goes over the wire, the response may carry
    /// [`Departures`](crate::Departures) and [`Cause`](crate::Cause) among its extensions.
    ///
    /// # Complexity
    /// Linear in the body, and what the store needs.
    pub async fn handle(&self, request: Request<Bytes>, context: &Context) -> Response<Bytes> {
        let media_type = MediaType::accepted(request.headers());
        let head = request.method() == Method::HEAD;
        let call = Call::new(&request, context, &self.shared);
        match self.dispatch(&call).await {
            Ok(answer) => answer.into_response(media_type, head),
            Err(fault) => failed(fault, media_type, head),
        }
    }

    /// Whether a path is that of ServiceProviderConfig, in any spelling that [`handle`](Self::handle) takes: a host may let
    /// it be read by clients that have yet to learn how to authenticate (RFC 7643 §5, decision D10).
    ///
    /// ```
    /// use scim_server::{Context, MemoryStore, ServiceProvider, chrono::Utc, scim_schema::Registry};
    /// # let new_id = || "1".to_owned();
    /// let provider = ServiceProvider::builder(Registry::builtin(), MemoryStore::new(), new_id).build()?;
    /// let context = Context::new("https://id.example.com/scim".parse()?, Utc::now());
    /// assert!(provider.is_config("/scim/v2/ServiceProviderConfig/", &context));
    /// assert!(!provider.is_config("/scim/v2/Users", &context));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_config(&self, path: &str, context: &Context) -> bool {
        let route = self.shared.route(path, self.shared.base_path(context));
        matches!(route, Ok(Route::ServiceProviderConfig))
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The resource types and schemas.
    pub fn registry(&self) -> &Registry {
        &self.shared.registry
    }

    /// The bounds on a request.
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    async fn dispatch(&self, call: &Call<'_>) -> Result<Answer, Fault> {
        let shared = &self.shared;
        let route = shared.route(call.path(), shared.base_path(call.context))?;
        match route {
            Route::Me if shared.subjects.is_none() => return Err(Fault::not_supported("`/Me`")),
            Route::Bulk if !shared.protocol.bulk => return Err(Fault::not_supported("`/Bulk`")),
            _ => {}
        }
        let method = call.method();
        if !route.methods().contains(method) {
            return Err(Fault::NotAllowed(shared.allowed(&route)));
        }
        if *method == Method::OPTIONS {
            return Ok(Answer::allow(&shared.allowed(&route)));
        }
        call.check_size(matches!(route, Route::Bulk))?;
        match route {
            Route::Bulk => self.bulk(call).await,
            Route::Root => self.query(call, shared.registry.resource_schemas()).await,
            Route::Search(None) => self.search(call, shared.registry.resource_schemas()).await,
            Route::Search(Some(schema)) => self.search(call, &[schema]).await,
            Route::Collection(schema) if *method == Method::POST => {
                self.create(call, &schema).await
            }
            Route::Collection(schema) => self.query(call, &[schema]).await,
            Route::Item(schema, id) => self.item(call, &schema, &id).await,
            Route::Me if *method == Method::POST => {
                let schema = shared.created_by_me()?;
                self.create(call, schema).await
            }
            Route::Me => {
                let (schema, id) = shared.subject(call.context)?;
                self.item(call, schema, &id).await
            }
            Route::ServiceProviderConfig => self.service_provider_config(call),
            Route::ResourceTypes => self.resource_types(call),
            Route::ResourceType(name) => self.resource_type(call, &name),
            Route::Schemas => self.schemas(call),
            Route::Schema(uri) => self.schema(call, &uri),
        }
    }

    /// What the method asks of one resource.
    async fn item(
        &self,
        call: &Call<'_>,
        schema: &ResourceSchema,
        id: &str,
    ) -> Result<Answer, Fault> {
        match *call.method() {
            Method::PUT => self.replace(call, schema, id).await,
            Method::PATCH => self.patch(call, schema, id).await,
            Method::DELETE => self.delete(call, schema, id).await,
            _ => self.read(call, schema, id).await,
        }
    }
}

impl Shared {
    /// The path below which requests of this host lie.
    pub(crate) fn base_path<'s>(&'s self, context: &'s Context) -> &'s str {
        self.base_path.as_deref().unwrap_or(context.base_path())
    }

    /// What a path names.
    pub(crate) fn route(&self, path: &str, base_path: &str) -> Result<Route, ScimError> {
        let alias = self.protocol.service_provider_configs_alias;
        let endpoint = |name: &str| self.registry.by_endpoint(name).cloned();
        Route::find(path, base_path, alias, endpoint)
    }

    /// The methods of a place that are switched on (decision E16).
    fn allowed(&self, route: &Route) -> Vec<Method> {
        let is_on = |method: &&Method| match (*method, route) {
            (&Method::PATCH, _) => self.protocol.patch,
            (&Method::POST, Route::Me) => self.me_creates.is_some(),
            _ => true,
        };
        route.methods().iter().filter(is_on).cloned().collect()
    }
}

impl<S: std::fmt::Debug> std::fmt::Debug for ServiceProvider<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServiceProvider")
            .field("store", &self.store)
            .field("policy", &self.shared.policy)
            .field("protocol", &self.shared.protocol)
            .finish_non_exhaustive()
    }
}
