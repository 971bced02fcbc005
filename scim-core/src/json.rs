//! JSON text in and out.

mod raw;
mod read;
mod scan;
pub(crate) mod walk;
mod write;

pub use raw::RawValue;
pub use read::{ReadError, ReadErrorKind, unescape};
pub use scan::JsonMembers;
pub use write::write_json_string;
