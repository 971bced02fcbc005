//! The table `credential`: tokens by their hash.

use chrono::Utc;
use rusqlite::params;
use scim_server::StoreError;

use super::{SqliteStore, failure};
use crate::auth::TokenHash;

impl SqliteStore {
    /// The hashes of all tokens that are accepted.
    pub(crate) async fn token_hashes(&self) -> Result<Vec<TokenHash>, StoreError> {
        self.0
            .readers
            .read(|connection| {
                let mut statement = connection
                    .prepare("SELECT hash FROM credential ORDER BY name")
                    .map_err(failure)?;
                let rows = statement
                    .query_map([], |row| Ok(TokenHash::from_bytes(row.get(0)?)))
                    .map_err(failure)?;
                rows.collect::<Result<_, _>>().map_err(failure)
            })
            .await
    }

    /// Keeps the hash of a token under `name`, in place of the one that stood there.
    pub(crate) async fn set_token(&self, name: &str, hash: TokenHash) -> Result<(), StoreError> {
        let name = name.to_owned();
        self.0.writer
            .write(move |connection| {
                connection
                    .execute(
                        "INSERT INTO credential (name, hash, created) VALUES (?1, ?2, ?3)
                         ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, created = excluded.created",
                        params![name, hash.as_bytes(), Utc::now().timestamp_millis()],
                    )
                    .map_err(failure)?;
                Ok(())
            })
            .await
    }
}
