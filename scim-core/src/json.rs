//! JSON text in and out.

mod read;
pub(crate) mod walk;
mod write;

pub use read::{ReadError, ReadErrorKind, unescape};
pub use write::write_json_string;
