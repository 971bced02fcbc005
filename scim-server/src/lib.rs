//! A SCIM service provider (RFC 7644) without I/O or runtime: requests in, responses out, over a
//! [`Store`] of the host's own.

mod conditional;
mod store;
mod unique;

pub use chrono;
pub use conditional::Precondition;
pub use http;
pub use scim_core;
pub use store::{
    Membership, NewResource, Page, Query, Scope, Store, StoreError, Stored, Tenant, UniqueValue,
    Update, View, Wants, Write, later, whole_milliseconds,
};
pub use unique::unique_values;
