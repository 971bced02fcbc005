//! What `tests/it/sql` asks of SQLite, asked of PostgreSQL. `cargo xtask postgres` starts a server and runs it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests fail by panicking; clippy's exemption ends at helper functions"
)]

mod database;
mod plans;

#[path = "../../../it/agree.rs"]
mod agree;
#[path = "../../../it/generate.rs"]
#[expect(dead_code, reason = "the tests without a database use the rest")]
mod generate;
#[path = "../../../it/types.rs"]
#[expect(dead_code, reason = "the tests without a database use the rest")]
mod types;

#[path = "../../../it/sql"]
mod sql {
    mod bounds;
    mod laws;
    mod numbers;
    mod odd_layouts;
    mod odd_texts;
    mod store;

    use crate::database::Database;
}
