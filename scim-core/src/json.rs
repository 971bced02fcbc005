//! JSON text in and out.

mod error;
mod escape;
mod names;
mod raw;
mod read;
mod reader;
pub(crate) mod walk;
mod write;

pub use error::{ReadError, ReadErrorKind};
pub use escape::unescape;
pub use raw::RawValue;
pub use reader::{JsonArray, JsonKind, JsonObject, JsonReader};
pub use walk::{compact_elements, compact_members, plain_run};
pub use write::write_json_string;
