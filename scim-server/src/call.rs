//! [`Call`]: one request with what every operation needs of it.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request};
use scim_core::{
    AttrPath, Departure, ReadLimits, Resource, ResourceSchema, ScimError, SearchRequest, Value,
};
use scim_schema::Projection;

use crate::conditional::Precondition;
use crate::context::Context;
use crate::error::Fault;
use crate::form::Form;
use crate::negotiate::MediaType;
use crate::provider::Shared;
use crate::sight::Sight;
use crate::store::Scope;

/// One request.
pub(crate) struct Call<'r> {
    request: &'r Request<Bytes>,
    pub(crate) context: &'r Context,
    shared: &'r Shared,
}

/// The parameters that ask for a projection (RFC 7644 §3.9).
#[derive(Debug)]
pub(crate) struct Shown {
    attributes: Vec<String>,
    excluded: Vec<String>,
    pub(crate) departures: Vec<Departure>,
}

impl<'r> Call<'r> {
    pub(crate) fn new(
        request: &'r Request<Bytes>,
        context: &'r Context,
        shared: &'r Shared,
    ) -> Self {
        Self {
            request,
            context,
            shared,
        }
    }

    pub(crate) fn method(&self) -> &Method {
        self.request.method()
    }

    pub(crate) fn path(&self) -> &str {
        self.request.uri().path()
    }

    pub(crate) fn query_part(&self) -> &str {
        self.request.uri().query().unwrap_or_default()
    }

    /// The resources of a type in the tenant of the request.
    pub(crate) fn scope(&self, schema: &ResourceSchema) -> Scope {
        Scope::new(self.context.tenant.clone(), schema.clone())
    }

    /// Judges the size of the request (decision E18).
    pub(crate) fn check_size(&self, bulk: bool) -> Result<(), ScimError> {
        let limits = &self.shared.limits;
        let (limit, name) = match bulk {
            true => (limits.bulk_payload(), " (maxPayloadSize)"),
            false => (limits.body_bytes, ""),
        };
        if self.request.body().len() > limit {
            let detail = format!("the body is longer than the {limit} bytes allowed{name}");
            return Err(ScimError::new(413, detail));
        }
        if self.query_part().len() > limits.query_bytes {
            let limit = limits.query_bytes;
            let detail = format!("the query is longer than the {limit} bytes allowed");
            return Err(ScimError::new(414, detail));
        }
        Ok(())
    }

    /// What the headers demand of the current version, if they count (decision V07).
    pub(crate) fn precondition(&self) -> Precondition {
        match self.shared.protocol.conditional_headers {
            true => Precondition::of(self.request.headers()),
            false => Precondition::none(),
        }
    }

    /// The same for a write, where the host may require one.
    pub(crate) fn write_precondition(&self) -> Result<Precondition, ScimError> {
        let precondition = self.precondition();
        if self.shared.protocol.require_precondition && precondition.is_none() {
            return Err(ScimError::new(428, "the request needs `If-Match`"));
        }
        Ok(precondition)
    }

    /// The body as JSON.
    pub(crate) fn body(&self) -> Result<Value, Fault> {
        MediaType::check_body(self.request.headers(), self.shared.protocol.content_type)?;
        let limits = ReadLimits {
            bytes: self.shared.limits.body_bytes,
            ..ReadLimits::default()
        };
        Ok(Value::from_json_with(self.request.body(), limits)?)
    }

    /// The body as a resource.
    pub(crate) fn resource(&self) -> Result<Resource, Fault> {
        MediaType::check_body(self.request.headers(), self.shared.protocol.content_type)?;
        let limits = ReadLimits {
            bytes: self.shared.limits.body_bytes,
            ..ReadLimits::default()
        };
        Ok(Resource::from_json_with(self.request.body(), limits)?)
    }

    /// The parameters of a query (RFC 7644 §3.4.2).
    pub(crate) fn search(&self) -> Result<(SearchRequest, Vec<Departure>), Fault> {
        let read = SearchRequest::from_query(self.query_part(), &self.shared.policy);
        Ok(read?)
    }

    /// The parameters that ask for a projection; the others have no meaning where a request is about
    /// one resource (decisions F40, J10).
    pub(crate) fn shown(&self) -> Result<Shown, Fault> {
        let names_attributes = |pair: &&str| {
            let name = pair.split('=').next().unwrap_or_default();
            let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
            name.eq_ignore_ascii_case("attributes")
                || name.eq_ignore_ascii_case("excludedAttributes")
        };
        let pairs: Vec<_> = self
            .query_part()
            .split('&')
            .filter(names_attributes)
            .collect();
        let (search, departures) =
            SearchRequest::from_query(&pairs.join("&"), &self.shared.policy)?;
        Ok(Shown {
            attributes: search.attributes,
            excluded: search.excluded_attributes,
            departures,
        })
    }
}

impl Shown {
    pub(crate) fn of(search: &SearchRequest) -> Self {
        Self {
            attributes: search.attributes.clone(),
            excluded: search.excluded_attributes.clone(),
            departures: Vec::new(),
        }
    }

    /// Whether the client asked for a projection at all.
    pub(crate) fn is_asked(&self) -> bool {
        !self.attributes.is_empty() || !self.excluded.is_empty()
    }

    /// What the answer to a read shows of a resource of this type.
    pub(crate) fn projection(
        &self,
        sight: &Sight,
        shared: &Shared,
    ) -> Result<Arc<Projection>, ScimError> {
        if let Some(form) = self.form(sight, shared) {
            return Ok(form.projection.clone());
        }
        let (attributes, excluded) = (&self.attributes, &self.excluded);
        Projection::new(&sight.seen, attributes, excluded, &shared.policy).map(Arc::new)
    }

    /// What the answer to a write shows, `written` telling what the client wrote (decision J09).
    pub(crate) fn of_write(
        &self,
        sight: &Sight,
        shared: &Shared,
        written: impl FnOnce() -> Vec<AttrPath>,
    ) -> Result<Arc<Projection>, ScimError> {
        if let Some(form) = self.form(sight, shared)
            && !form.returns_on_request
        {
            return Ok(form.projection.clone());
        }
        let (attributes, excluded, policy) = (&self.attributes, &self.excluded, &shared.policy);
        Projection::of_write(&sight.seen, attributes, excluded, &written(), policy).map(Arc::new)
    }

    /// What is known of the type before the request, if that is all that is asked and seen.
    fn form<'s>(&self, sight: &Sight, shared: &'s Shared) -> Option<&'s Form> {
        match self.is_asked() || sight.is_limited {
            true => None,
            false => shared.form(&sight.schema.resource_type().name),
        }
    }
}
