//! JSON text in and out.

mod error;
mod escape;
mod raw;
mod read;
mod scan;
pub(crate) mod walk;
mod write;

pub use error::{ReadError, ReadErrorKind};
pub use escape::unescape;
pub use raw::RawValue;
pub use scan::JsonMembers;
pub use write::write_json_string;
