//! A host around the service provider: it has the clock, the ids, and the tokens.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use scim_server::bytes::Bytes;
use scim_server::chrono::DateTime;
use scim_server::contract::block_on;
use scim_server::http::{HeaderMap, HeaderValue, Request, Response, header::AUTHORIZATION};
use scim_server::scim_core::{
    AuthenticationScheme, Policy, Resource, ResourceSchema, ScimError, Valid, Value, builtin,
};
use scim_server::scim_schema::Registry;
use scim_server::{
    Builder, Context, MemoryStore, Precondition, ProtocolPolicy, Scope, ServiceProvider, Store,
    Tenant, Update, Wants, Write, active_by_default, error_response,
};

pub(crate) const BASE: &str = "https://scim.example.com/scim/v2";
pub(crate) const TOKEN: &str = "the-token-of-the-test";

pub(crate) struct Host {
    pub(crate) provider: ServiceProvider<MemoryStore>,
    clock: AtomicI64,
}

/// 2026-01-01T00:00:00Z in milliseconds.
const START: i64 = 1_767_225_600_000;

/// An answer, its body read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// The value at a path of names and indexes, as text.
    pub(crate) fn text(&self, path: &[&str]) -> Option<&str> {
        let mut value = &self.body;
        for step in path {
            value = match value {
                Value::Array(elements) => elements.get(step.parse::<usize>().ok()?)?,
                other => other.as_object()?.get(step)?,
            };
        }
        value.as_str()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn scim_type(&self) -> Option<&str> {
        self.text(&["scimType"])
    }
}

impl Host {
    /// As the gateway runs: lenient, users active by default.
    pub(crate) fn lenient() -> Self {
        Self::tolerating(Policy::lenient())
    }

    /// As the gateway runs, but for the policy.
    pub(crate) fn tolerating(policy: Policy) -> Self {
        Self::loaded(&[], policy)
    }

    /// As the gateway runs, but for the policy, with resource types of `testdata` beside the built-in ones.
    pub(crate) fn loaded(resource_types: &[String], policy: Policy) -> Self {
        let mut registry = Registry::builtin();
        for stem in resource_types {
            for schema in scim_testdata::schema_texts_of(stem) {
                registry.load_schema(&schema).unwrap();
            }
            let text = scim_testdata::resource_type_text(stem);
            registry.load_resource_type(&text).unwrap();
        }
        Self::with(registry, |builder| {
            builder
                .policy(policy)
                .protocol(ProtocolPolicy::lenient())
                .defaults(active_by_default)
                .authentication_schemes(vec![AuthenticationScheme::new(
                    "oauthbearertoken",
                    "Bearer token",
                    "A token in the Authorization header",
                )])
        })
    }

    pub(crate) fn strict() -> Self {
        Self::new(|builder| builder)
    }

    pub(crate) fn new(settings: impl FnOnce(Builder<MemoryStore>) -> Builder<MemoryStore>) -> Self {
        Self::with(Registry::builtin(), settings)
    }

    pub(crate) fn with(
        registry: Registry,
        settings: impl FnOnce(Builder<MemoryStore>) -> Builder<MemoryStore>,
    ) -> Self {
        Self::over(MemoryStore::new(), registry, settings)
    }

    /// A host with that store.
    pub(crate) fn over(
        store: MemoryStore,
        registry: Registry,
        settings: impl FnOnce(Builder<MemoryStore>) -> Builder<MemoryStore>,
    ) -> Self {
        let next = AtomicU64::new(1);
        let ids = move || {
            let n = next.fetch_add(1, Ordering::Relaxed);
            format!("00000000-0000-7000-8000-{n:012x}")
        };
        let builder = ServiceProvider::builder(registry, store, ids);
        Self {
            provider: settings(builder).build().unwrap(),
            clock: AtomicI64::new(START),
        }
    }

    pub(crate) fn context(&self) -> Context {
        let now = self.clock.fetch_add(1_000, Ordering::Relaxed);
        let now = DateTime::from_timestamp_millis(now).unwrap();
        Context::new(BASE.parse().unwrap(), now)
    }

    pub(crate) fn respond(&self, request: Request<Bytes>) -> Response<Bytes> {
        block_on(self.provider.handle(request, &self.context()))
    }

    /// The same behind a check of the token.
    pub(crate) fn authenticated(&self, request: Request<Bytes>) -> Response<Bytes> {
        let expected = format!("Bearer {TOKEN}");
        let token = request.headers().get(AUTHORIZATION);
        if token.is_some_and(|token| *token == *expected) {
            return self.respond(request);
        }
        let error = ScimError::new(401, "a valid bearer token is needed");
        let mut response = error_response(&error, request.headers());
        let challenge = HeaderValue::from_static("Bearer realm=\"scim\"");
        response.headers_mut().insert("www-authenticate", challenge);
        response
    }

    /// Sends `GET /Users` and the like, the path below the base path.
    pub(crate) fn send(&self, line: &str, body: &str) -> Answer {
        self.send_with(line, &[], body)
    }

    pub(crate) fn send_with(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let (method, path) = line.split_once(' ').unwrap();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/scim/v2{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Bytes::from(body.to_owned())).unwrap();
        read(self.respond(request))
    }

    /// Turns the clock back to where it began.
    pub(crate) fn turn_back(&self) {
        self.clock.store(START, Ordering::Relaxed);
    }

    /// A user as the store keeps it.
    pub(crate) fn stored(&self, id: &str) -> Resource {
        self.stored_as(builtin::user_schema(), id)
    }

    /// A group as the store keeps it.
    pub(crate) fn stored_group(&self, id: &str) -> Resource {
        self.stored_as(builtin::group_schema(), id)
    }

    pub(crate) fn stored_as(&self, schema: &ResourceSchema, id: &str) -> Resource {
        let scope = Scope::new(Tenant::default(), schema.clone());
        let everything = Wants::everything();
        let stored = self.provider.store().get(&scope, id, &everything);
        block_on(stored).unwrap().into_resource()
    }

    /// Puts a user into the store as it is, past all rules.
    pub(crate) fn keep(&self, id: &str, body: &str) {
        self.keep_as(builtin::user_schema(), id, body);
    }

    /// The same with a resource of that type.
    pub(crate) fn keep_as(&self, schema: &ResourceSchema, id: &str, body: &str) {
        let (schema, body) = (schema.clone(), body.parse::<Resource>().unwrap());
        let scope = Scope::new(Tenant::default(), schema.clone());
        let (now, any) = (self.context().now, Precondition::none());
        let kept = self
            .provider
            .store()
            .update(&scope, id, &any, move |current, _| {
                let body = Valid::assume(body.clone());
                let write = Write::new(current, &schema, body, Vec::new(), now);
                Ok(Update::Write(write))
            });
        block_on(kept).unwrap();
    }

    /// Creates a resource and returns its id.
    pub(crate) fn create(&self, endpoint: &str, body: &str) -> String {
        let answer = self.send(&format!("POST /{endpoint}"), body);
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.text(&["id"]).unwrap().to_owned()
    }

    pub(crate) fn user(&self, name: &str) -> String {
        self.create("Users", &user(name))
    }
}

pub(crate) fn user(name: &str) -> String {
    format!(r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{name}"}}"#)
}

pub(crate) fn patch(operations: &str) -> String {
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{operations}]}}"#
    )
}

pub(crate) fn read(response: Response<Bytes>) -> Answer {
    let (head, body) = response.into_parts();
    Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        body: match body.is_empty() {
            true => Value::Null,
            false => Value::from_json(&body).unwrap(),
        },
    }
}
