//! [`ProtocolPolicy`]: the tolerances that speak of HTTP, and the switches of the protocol.

/// The rows of the policy table that speak of HTTP (`docs/decisions.md`, table Z), with the same
/// presets as [`Policy`](scim_core::Policy), and what a host may switch on or off.
///
/// ```
/// use scim_server::ProtocolPolicy;
/// let mut protocol = ProtocolPolicy::lenient();
/// protocol.require_precondition = true;
/// assert!(protocol.service_provider_configs_alias);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProtocolPolicy {
    /// Which content types a body may have (E08).
    pub content_type: ContentTypes,
    /// Honour `If-Match` and `If-None-Match`; otherwise they are not there (V07).
    pub conditional_headers: bool,
    /// Ignore `sortBy` when sorting is switched off, instead of answering 501 (Q17).
    pub ignore_disabled_sort: bool,
    /// Page by cursor when a request has `startIndex` as well, instead of refusing it (C01).
    pub cursor_and_start_index: bool,
    /// Serve `/ServiceProviderConfigs` as well (D01).
    pub service_provider_configs_alias: bool,
    /// Answer 428 to a PUT, PATCH or DELETE without precondition (V07).
    pub require_precondition: bool,
    /// List the schemas of ServiceProviderConfig, ResourceType and Schema at `/Schemas` (D05).
    pub list_configuration_schemas: bool,
    /// Support bulk requests (RFC 7644 §3.7).
    pub bulk: bool,
    /// Read a `failOnErrors` below 1 as 1, instead of refusing the request (B04).
    pub bad_fail_on_errors: bool,
    /// Accept a POST without `bulkId` in a bulk request (B10).
    pub missing_bulk_id: bool,
    /// Support PATCH (RFC 7644 §3.5.2).
    pub patch: bool,
    /// Support filters (RFC 7644 §3.4.2.2).
    pub filter: bool,
    /// Support sorting (RFC 7644 §3.4.2.3).
    pub sort: bool,
    /// Announce that a password can be changed (RFC 7643 §5), if the host keeps passwords at all: see
    /// [`Builder::hash_secrets`](crate::Builder::hash_secrets).
    pub change_password: bool,
}

/// Which content types a request body may have (decision E08).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContentTypes {
    /// `application/scim+json` and `application/json`.
    ScimOrJson,
    /// `application/scim+json` alone.
    ScimOnly,
}

impl ProtocolPolicy {
    /// The letter of the RFCs.
    pub fn strict() -> Self {
        Self {
            content_type: ContentTypes::ScimOrJson,
            conditional_headers: true,
            ignore_disabled_sort: false,
            cursor_and_start_index: false,
            service_provider_configs_alias: false,
            require_precondition: false,
            list_configuration_schemas: true,
            bulk: true,
            bad_fail_on_errors: false,
            missing_bulk_id: false,
            patch: true,
            filter: true,
            sort: true,
            change_password: true,
        }
    }

    /// Strict, and every deviation that has exactly one sensible meaning.
    pub fn lenient() -> Self {
        Self {
            ignore_disabled_sort: true,
            cursor_and_start_index: true,
            service_provider_configs_alias: true,
            bad_fail_on_errors: true,
            missing_bulk_id: true,
            ..Self::strict()
        }
    }

    /// Strict, narrowed to the interoperability profile draft.
    pub fn interop() -> Self {
        Self {
            content_type: ContentTypes::ScimOnly,
            conditional_headers: false,
            ..Self::strict()
        }
    }
}

impl Default for ProtocolPolicy {
    fn default() -> Self {
        Self::strict()
    }
}
