//! What the service provider says of itself: ServiceProviderConfig, ResourceTypes, Schemas
//! (RFC 7644 §4).

use http::StatusCode;
use percent_encoding::percent_decode_str;
use scim_core::{
    BulkConfig, FilterConfig, Meta, Pagination, Resource, ScimError, ServiceProviderConfig, Value,
    builtin,
};
use scim_schema::resource_type_resource;

use crate::call::Call;
use crate::error::Fault;
use crate::provider::{ServiceProvider, Shared};
use crate::query::{Counters, list};
use crate::respond::Answer;
use crate::store::Store;

impl<S: Store> ServiceProvider<S> {
    pub(crate) fn service_provider_config(&self, call: &Call<'_>) -> Result<Answer, Fault> {
        self.refuse_filter(call)?;
        let config = Resource::from_typed(&self.shared.config());
        let mut config = config.map_err(|error| Fault::Failed(std::sync::Arc::new(error)))?;
        let meta = config.get_mut("meta").and_then(Value::as_object_mut);
        if let Some(meta) = meta {
            meta.insert("location", "/ServiceProviderConfig");
        }
        Ok(one(call, config))
    }

    pub(crate) fn resource_types(&self, call: &Call<'_>) -> Result<Answer, Fault> {
        self.refuse_filter(call)?;
        let types = self.shared.registry.resource_schemas().iter();
        let resources = types.map(|schema| resource_type_resource(schema.resource_type()));
        Ok(all(call, resources))
    }

    pub(crate) fn resource_type(&self, call: &Call<'_>, name: &str) -> Result<Answer, Fault> {
        self.refuse_filter(call)?;
        let schema = self.shared.registry.resource_schema(name);
        let schema = schema.ok_or_else(|| ScimError::new(404, "there is no such resource type"))?;
        Ok(one(call, resource_type_resource(schema.resource_type())))
    }

    pub(crate) fn schemas(&self, call: &Call<'_>) -> Result<Answer, Fault> {
        self.refuse_filter(call)?;
        let configuration = [
            &builtin::service_provider_config().id,
            &builtin::resource_type().id,
            &builtin::schema().id,
        ];
        let registry = &self.shared.registry;
        let schemas = registry.schemas().iter().filter(|schema| {
            self.shared.protocol.list_configuration_schemas || !configuration.contains(&&schema.id)
        });
        let resources = schemas.map(|schema| registry.schema_resource(schema));
        Ok(all(call, resources))
    }

    pub(crate) fn schema(&self, call: &Call<'_>, uri: &str) -> Result<Answer, Fault> {
        self.refuse_filter(call)?;
        let registry = &self.shared.registry;
        let schema = registry.schema(uri);
        let schema = schema.ok_or_else(|| ScimError::new(404, "there is no such schema"))?;
        Ok(one(call, registry.schema_resource(schema)))
    }

    /// A filter is forbidden here; other parameters of a query are ignored (decision D02).
    fn refuse_filter(&self, call: &Call<'_>) -> Result<(), ScimError> {
        let fold = self.shared.policy.query_case_insensitive;
        let is_filter = |pair: &str| {
            let name = pair.split('=').next().unwrap_or_default();
            let name = percent_decode_str(name).decode_utf8_lossy();
            name == "filter" || (fold && name.eq_ignore_ascii_case("filter"))
        };
        match call.query_part().split('&').any(is_filter) {
            true => Err(ScimError::new(403, "this endpoint cannot be filtered")),
            false => Ok(()),
        }
    }
}

impl Shared {
    /// The truth about what is supported (decisions D09, Q17).
    fn config(&self) -> ServiceProviderConfig {
        let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let (protocol, limits) = (&self.protocol, &self.limits);
        let filter = FilterConfig::new(number(limits.max_results)).supported(protocol.filter);
        let mut pagination = Pagination::new(self.cursors.is_some(), true)
            .default_pagination_method("index")
            .default_page_size(number(limits.default_results))
            .max_page_size(number(limits.max_results));
        if let Some(cursors) = &self.cursors {
            pagination = pagination.cursor_timeout(cursors.timeout());
        }
        let mut config = ServiceProviderConfig::new()
            .patch(protocol.patch)
            .filter(filter)
            .sort(protocol.sort)
            .etag(protocol.conditional_headers)
            .change_password(protocol.change_password && self.keeps_secrets)
            .pagination(pagination);
        if protocol.bulk {
            let (operations, payload) = (limits.bulk_operations, limits.bulk_payload());
            config = config.bulk(BulkConfig::new(number(operations), number(payload)));
        }
        config.authentication_schemes = self.authentication_schemes.clone();
        config.documentation_uri = self.documentation_uri.clone();
        config.meta = Some(Meta::default().resource_type("ServiceProviderConfig"));
        config
    }
}

/// One discovery resource, at its place.
fn one(call: &Call<'_>, mut resource: Resource) -> Answer {
    match locate(call, &mut resource) {
        Some(location) => Answer::resource(StatusCode::OK, resource).at(&location),
        None => Answer::resource(StatusCode::OK, resource),
    }
}

/// All of them on one page (decision D03).
fn all(call: &Call<'_>, resources: impl Iterator<Item = Resource>) -> Answer {
    let located = resources.map(|mut resource| {
        locate(call, &mut resource);
        resource.to_json()
    });
    let resources: Vec<_> = located.collect();
    let total = u64::try_from(resources.len()).unwrap_or(u64::MAX);
    let counters = Counters {
        total: Some(total),
        start_index: Some(1),
        next_cursor: None,
    };
    Answer::json(StatusCode::OK, list(counters, &resources))
}

/// Makes `meta.location` absolute, and returns it (decision E12).
fn locate(call: &Call<'_>, resource: &mut Resource) -> Option<String> {
    let meta = resource.get_mut("meta")?.as_object_mut()?;
    let relative = meta.get("location")?.as_str()?;
    let location = format!("{}{relative}", call.context.base_url.as_str());
    meta.insert("location", location.as_str());
    Some(location)
}
