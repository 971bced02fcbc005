#![doc = include_str!("../README.md")]

mod authorize;
mod builder;
mod bulk;
mod call;
mod conditional;
mod context;
pub mod contract;
mod create;
mod cursor;
mod delete;
mod discovery;
mod error;
mod form;
mod indexed;
mod limits;
mod links;
mod literals;
mod me;
mod membership;
mod memory;
mod negotiate;
mod observe;
mod patch;
mod protocol;
mod provider;
mod query;
mod read;
mod references;
mod render;
mod replace;
mod respond;
mod route;
mod rules;
mod secrets;
#[cfg(feature = "tower")]
mod service;
mod settings;
mod sight;
mod store;
mod text;
mod visit;
mod write;

pub use authorize::{Access, Action, Authorize};
pub use builder::{Builder, active_by_default};
pub use bytes;
pub use chrono;
pub use conditional::Precondition;
pub use context::Context;
pub use error::Cause;
pub use http;
pub use indexed::{Indexed, unique_values};
pub use limits::Limits;
pub use me::Subject;
pub use membership::{groups_attribute, member_ids, members_attribute};
pub use memory::MemoryStore;
pub use observe::{Event, Observe};
pub use protocol::{ContentTypes, ProtocolPolicy};
pub use provider::ServiceProvider;
pub use respond::{Departures, error_response};
pub use scim_core;
pub use scim_filter;
pub use scim_patch;
pub use scim_schema;
#[cfg(feature = "tower")]
pub use service::ScimService;
pub use settings::BuildError;
pub use store::{
    Cut, Delta, Membership, NewResource, NotCreated, Page, Position, Query, Scope, Start, Store,
    StoreError, StoreOptions, Stored, Tenant, UniqueValue, Update, View, Wants, Write, later,
    whole_milliseconds,
};
