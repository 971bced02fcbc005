#![doc = include_str!("../README.md")]

mod attr_path;
mod attributes;
mod base_url;
mod binary;
mod bridge;
pub mod builtin;
mod changes;
mod compare;
mod date_time;
mod document;
mod error;
mod identity;
mod instant;
mod json;
mod limits;
mod message;
mod name;
mod number;
mod object;
mod percent;
mod policy;
mod quoted;
mod resource;
mod resource_schema;
mod resource_type;
mod scalar;
mod schema;
mod serde_impl;
mod tolerant;
mod typed;
mod valid;
mod value;
mod version;

pub use attr_path::{AttrPath, AttrPathError, AttrPathErrorKind};
pub use attributes::Attributes;
pub use base_url::{BaseUrl, BaseUrlError, Target};
pub use binary::{decode_base64, is_base64};
pub use bridge::ConvertError;
pub use changes::{Change, Changes};
pub use chrono;
pub use compare::{Comparand, Comparison, ComparisonKey, fold};
pub use date_time::DateTime;
pub use document::Document;
pub use error::{ScimError, ScimType, UnknownScimType};
pub use identity::{ElementIndex, same_element};
pub use instant::{Instant, InstantError};
pub use json::{
    JsonArray, JsonKind, JsonObject, JsonReader, RawValue, ReadError, ReadErrorKind,
    compact_elements, compact_members, plain_run, unescape, write_json_string,
};
pub use limits::ReadLimits;
pub use message::bulk_request::{BulkOperation, BulkRequest};
pub use message::bulk_response::{BulkOperationResponse, BulkResponse};
pub use message::list_response::ListResponse;
pub use message::patch_op::{PatchOp, PatchOperation};
pub use message::search_request::{SearchRequest, SortOrder};
pub use message::{MessageError, MessageErrorKind};
pub use name::{AttrName, Key, NameError, NameOrder, SchemaUri, is_attr_name};
pub use number::{Number, NumberError};
pub use object::Object;
pub use percent::percent_decode;
pub use policy::{
    Departure, Integrity, Policy, ReplaceComplex, Tolerance, Unknown, UnknownPolicy, Unmatched,
};
pub use quoted::{one_line, quoted, shown};
pub use resource::Resource;
pub use resource_schema::{
    ExtensionSchema, Place, ResolveError, ResolveErrorKind, Resolved, ResourceSchema,
};
pub use resource_type::{ResourceType, SchemaExtension};
pub use scalar::Scalar;
pub use schema::{AttrType, Attribute, Mutability, Returned, Schema, Uniqueness};
pub use serde;
pub use serde_json;
pub use typed::enterprise_user::{EnterpriseUser, Manager};
pub use typed::extension::Extension;
pub use typed::group::{Group, Member};
pub use typed::meta::Meta;
pub use typed::multi_valued::{
    Address, Email, Entitlement, GroupMembership, Im, PhoneNumber, Photo, Role, X509Certificate,
};
pub use typed::password::Password;
pub use typed::service_provider_config::{
    AuthenticationScheme, BulkConfig, FilterConfig, Pagination, ServiceProviderConfig, Supported,
};
pub use typed::user::{Name, User};
pub use valid::Valid;
pub use value::Value;
pub use version::{Version, VersionError, VersionMatch};
