//! What the gateway keeps for itself: tokens by their hash, and the secret of cursors.

use std::time::Duration;

use chrono::Utc;
use rusqlite::params;
use scim_server::StoreError;

use super::{SqliteStore, failure};
use crate::auth::TokenHash;

impl SqliteStore {
    /// The hashes of all tokens that are no older than that.
    pub(crate) async fn token_hashes(
        &self,
        lifetime: Option<Duration>,
    ) -> Result<Vec<TokenHash>, StoreError> {
        let lifetime = lifetime.map_or(i64::MAX, |lifetime| {
            i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX)
        });
        let oldest = Utc::now().timestamp_millis().saturating_sub(lifetime);
        self.0
            .readers
            .read(move |connection| {
                let mut statement = connection
                    .prepare("SELECT hash FROM credential WHERE created > ?1 ORDER BY name")
                    .map_err(failure)?;
                let rows = statement
                    .query_map([oldest], |row| Ok(TokenHash::from_bytes(row.get(0)?)))
                    .map_err(failure)?;
                rows.collect::<Result<_, _>>().map_err(failure)
            })
            .await
    }

    /// Lets tokens that were made in the future, by a clock that was wrong, grow old from now on.
    pub(crate) async fn age_tokens_from_now(&self) -> Result<(), StoreError> {
        self.0
            .writer
            .write(move |connection| {
                let now = Utc::now().timestamp_millis();
                connection
                    .execute(
                        "UPDATE credential SET created = ?1 WHERE created > ?1",
                        [now],
                    )
                    .map_err(failure)?;
                Ok(())
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

    /// The secret that cursors are sealed with: `new` at the first start, and the same ever after.
    pub(crate) async fn cursor_secret(&self, new: String) -> Result<String, StoreError> {
        self.0
            .writer
            .write(move |connection| {
                connection
                    .execute(
                        "INSERT INTO setting (name, value) VALUES ('cursors', ?1) ON CONFLICT (name) DO NOTHING",
                        [new],
                    )
                    .map_err(failure)?;
                connection
                    .query_row("SELECT value FROM setting WHERE name = 'cursors'", [], |row| row.get(0))
                    .map_err(failure)
            })
            .await
    }
}
