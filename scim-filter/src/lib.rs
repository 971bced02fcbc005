#![doc = include_str!("../README.md")]

mod ast;
mod build;
mod check;
mod display;
mod element;
mod error;
mod eval;
mod limits;
mod parse;
mod parsed;
mod parser;
mod serde_impl;
mod sort;
#[cfg(feature = "sql")]
pub mod sql;
mod visit;

pub use ast::{CompValue, CompareOp, Filter, Path};
pub use check::{CheckError, CheckErrorKind, CheckedPath};
pub use element::ElementFilter;
pub use error::{ParseFilterError, ParseFilterErrorKind};
pub use eval::{Checked, Equality};
pub use limits::FilterLimits;
pub use parsed::Parsed;
pub use parser::Parser;
pub use scim_core;
pub use scim_core::SortOrder;
pub use sort::{SortBy, SortError, SortKey, SortKeyError};
pub use visit::Leaves;
