//! A stored resource as a client sees it: `schemas`, `meta`, `groups` and references filled in.

use chrono::{DateTime, SecondsFormat, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use scim_core::{BaseUrl, Object, Resource, ResourceSchema, Value};

use crate::membership::{GROUPS, groups_attribute, groups_value};
use crate::store::Stored;

/// What stands for itself in a segment of a path (RFC 3986 §2.3, unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Stored {
    /// The whole resource as a filter or a sort sees it: the stored attributes with `schemas`, `id`,
    /// `groups` and `meta`, which are not stored; locations are relative to the base URL.
    ///
    /// [`Stored::groups`] has to be filled before, where the type has them.
    pub fn complete(&self, schema: &ResourceSchema) -> Resource {
        complete(self, schema, None)
    }
}

/// Where the resource is: absolute, or relative to the base URL where none is given.
pub(crate) fn location(base_url: Option<&BaseUrl>, schema: &ResourceSchema, id: &str) -> String {
    let endpoint = &schema.resource_type().endpoint;
    match base_url {
        Some(base_url) => base_url.location(endpoint, id),
        None => format!("{endpoint}/{}", utf8_percent_encode(id, SEGMENT)),
    }
}

/// The version as it stands in `meta.version` and in the `ETag` header (decisions V02, V09).
pub(crate) fn tag(version: &str) -> String {
    ["W/\"", version, "\""].concat()
}

/// A time as it stands in `meta` (decision V11).
pub(crate) fn timestamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The `meta` of a resource.
pub(crate) fn meta(
    stored: &Stored,
    schema: &ResourceSchema,
    base_url: Option<&BaseUrl>,
) -> [(&'static str, String); 5] {
    [
        ("resourceType", stored.resource_type.to_string()),
        ("created", timestamp(stored.created)),
        ("lastModified", timestamp(stored.last_modified)),
        ("location", location(base_url, schema, &stored.id)),
        ("version", tag(&stored.version)),
    ]
}

pub(crate) fn complete(
    stored: &Stored,
    schema: &ResourceSchema,
    base_url: Option<&BaseUrl>,
) -> Resource {
    let resource = stored.resource();
    let meta = meta(stored, schema, base_url).into_iter();
    let meta: Object = meta.map(|(name, text)| (name, Value::from(text))).collect();
    let groups = groups_attribute(schema).and_then(|_| groups_value(&stored.groups));
    let ahead = [
        ("schemas", scim_schema::effective_schemas(schema, resource)),
        ("id", stored.id.as_str().into()),
    ];
    let ahead = ahead.into_iter().map(|(name, value)| (name.into(), value));
    let attributes = resource
        .iter()
        .map(|(key, value)| (key.clone(), value.clone()));
    let computed = groups.map(|groups| (GROUPS.into(), groups));
    ahead
        .chain(attributes)
        .chain(computed)
        .chain([("meta".into(), meta.into())])
        .collect::<Object>()
        .into()
}
