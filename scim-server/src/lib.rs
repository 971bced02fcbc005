//! A SCIM service provider (RFC 7644) without I/O or runtime: requests in, responses out, over a
//! [`Store`] of the host's own.

mod conditional;
pub mod contract;
mod membership;
mod memory;
mod render;
mod store;
mod unique;

pub use chrono;
pub use conditional::Precondition;
pub use http;
pub use membership::{groups_attribute, member_ids, members_attribute};
pub use memory::MemoryStore;
pub use scim_core;
pub use scim_filter;
pub use scim_schema;
pub use store::{
    Membership, NewResource, Page, Query, Scope, Store, StoreError, Stored, Tenant, UniqueValue,
    Update, View, Wants, Write, later, whole_milliseconds,
};
pub use unique::unique_values;
