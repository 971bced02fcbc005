//! A host that has switched on serde_json's `arbitrary_precision`: see `tests/`.
#![forbid(unsafe_code)]
