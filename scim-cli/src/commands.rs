//! One module for each command.

pub(crate) mod diff;
pub(crate) mod filter;
pub(crate) mod patch;
pub(crate) mod project;
pub(crate) mod serve;
pub(crate) mod validate;
