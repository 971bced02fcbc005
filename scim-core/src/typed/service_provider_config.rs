//! [`ServiceProviderConfig`]: what a service provider can do.

use crate::typed::attributes;
use crate::typed::meta::Meta;
use crate::{SchemaUri, builtin};

attributes! {
    /// What a service provider can do (RFC 7643 §5; RFC 9865 §4).
    ///
    /// A service provider fills every field that the RFC requires, as [`ServiceProviderConfig::new`]
    /// does; to a client all of them are optional (decision D09).
    ///
    /// ```
    /// use scim_core::{BulkConfig, ServiceProviderConfig, Supported};
    /// let config = ServiceProviderConfig::new().patch(true).bulk(BulkConfig::new(1_000, 1 << 20));
    /// assert!(config.patch.is_some_and(|patch| patch.is_supported()));
    /// assert!(!config.sort.is_some_and(|sort| sort.is_supported()));
    /// ```
    ServiceProviderConfig {
        /// The schemas in use.
        schemas = "schemas": list<SchemaUri>,
        /// The URI of documentation for people.
        documentation_uri = "documentationUri": text,
        /// Whether PATCH is supported.
        patch = "patch": one<Supported>,
        /// Whether bulk requests are supported, and how large.
        bulk = "bulk": one<BulkConfig>,
        /// Whether filters are supported, and how many results there may be.
        filter = "filter": one<FilterConfig>,
        /// Whether a password can be changed.
        change_password = "changePassword": one<Supported>,
        /// Whether results can be sorted.
        sort = "sort": one<Supported>,
        /// Whether resources have versions.
        etag = "etag": one<Supported>,
        /// How results can be paged (RFC 9865 §4).
        pagination = "pagination": one<Pagination>,
        /// How clients authenticate; written also when there is none, for the RFC requires it.
        authentication_schemes = "authenticationSchemes": required_list<AuthenticationScheme>,
        /// What the service provider says about the resource.
        meta = "meta": one<Meta>,
    }
}

attributes! {
    /// Whether a feature is supported (RFC 7643 §5).
    Supported {
        /// Whether it is.
        supported = "supported": flag,
    }
}

attributes! {
    /// Whether and how far bulk requests are supported (RFC 7643 §5).
    BulkConfig {
        /// Whether they are.
        supported = "supported": flag,
        /// The most operations in one request.
        max_operations = "maxOperations": number,
        /// The longest body in bytes.
        max_payload_size = "maxPayloadSize": number,
    }
}

attributes! {
    /// Whether and how far filters are supported (RFC 7643 §5).
    FilterConfig {
        /// Whether they are.
        supported = "supported": flag,
        /// The most resources in one answer.
        max_results = "maxResults": number,
    }
}

attributes! {
    /// How results can be paged (RFC 9865 §4).
    Pagination {
        /// Whether by cursor.
        cursor = "cursor": flag,
        /// Whether by index.
        index = "index": flag,
        /// `cursor` or `index`: what happens when a client asks for neither.
        default_pagination_method = "defaultPaginationMethod": text,
        /// How many results a page has when a client does not say.
        default_page_size = "defaultPageSize": number,
        /// The most results a page has.
        max_page_size = "maxPageSize": number,
        /// The seconds a cursor stays valid at least.
        cursor_timeout = "cursorTimeout": number,
    }
}

attributes! {
    /// A way for clients to authenticate (RFC 7643 §5).
    AuthenticationScheme {
        /// The sub-attribute `type`: `oauth`, `oauth2`, `oauthbearertoken`, `httpbasic` or
        /// `httpdigest`.
        kind = "type": text,
        /// A name for people.
        name = "name": text,
        /// What it is.
        description = "description": text,
        /// The URI of its specification.
        spec_uri = "specUri": text,
        /// The URI of documentation for people.
        documentation_uri = "documentationUri": text,
        /// Whether this is the preferred one.
        primary = "primary": flag,
    }
}

impl ServiceProviderConfig {
    /// The URI of the schema.
    pub const SCHEMA: &'static str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

    /// A configuration in which nothing is supported yet, every required member present.
    pub fn new() -> Self {
        Self {
            schemas: vec![builtin::service_provider_config().id.clone()],
            ..Self::default()
        }
        .patch(false)
        .bulk(BulkConfig {
            supported: Some(false),
            ..BulkConfig::new(0, 0)
        })
        .filter(FilterConfig {
            supported: Some(false),
            ..FilterConfig::new(0)
        })
        .change_password(false)
        .sort(false)
        .etag(false)
    }
}

impl Supported {
    /// Whether the feature is supported; what is not said is not.
    pub fn is_supported(&self) -> bool {
        self.supported == Some(true)
    }
}

impl From<bool> for Supported {
    fn from(supported: bool) -> Self {
        Self::default().supported(supported)
    }
}

impl BulkConfig {
    /// Bulk requests up to these bounds.
    pub fn new(max_operations: u64, max_payload_size: u64) -> Self {
        Self::default()
            .supported(true)
            .max_operations(max_operations)
            .max_payload_size(max_payload_size)
    }
}

impl FilterConfig {
    /// Filters with at most so many results.
    pub fn new(max_results: u64) -> Self {
        Self::default().supported(true).max_results(max_results)
    }
}

impl Pagination {
    /// Paging by cursor, by index, or both.
    pub fn new(cursor: bool, index: bool) -> Self {
        Self::default().cursor(cursor).index(index)
    }
}

impl AuthenticationScheme {
    /// A scheme with the members that RFC 7643 §5 requires.
    pub fn new(
        kind: impl Into<String>,
        name: impl Into<String>,
        description: impl Into<String>,
    ) -> Self {
        Self::default()
            .kind(kind)
            .name(name)
            .description(description)
    }
}
