//! Passwords: argon2id hashes, made where they keep nobody waiting (RFC 7643 §4.1.1, §9.2).

use std::sync::Arc;

use argon2::password_hash::PasswordHasher as _;
use argon2::{Algorithm, Argon2, Params, Version};
use scim_core::{Comparison, ComparisonKey};
use scim_server::StoreError;
use tokio::sync::Semaphore;

use crate::limits;

/// Hashes passwords on threads that may block, a few at once.
#[derive(Clone, Debug)]
pub(crate) struct Hasher(Arc<Semaphore>);

impl Hasher {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(limits::PASSWORDS_AT_ONCE)))
    }

    /// The hash with its salt and parameters, in the PHC string format.
    pub(crate) async fn hash(self, password: String) -> Result<String, StoreError> {
        let place = self.0.acquire_owned().await;
        let work = tokio::task::spawn_blocking(move || {
            let _place = place;
            // What can go wrong says nothing about the password.
            hash(&password).map_err(StoreError::failed)
        });
        work.await.map_err(StoreError::failed)?
    }
}

fn hash(password: &str) -> argon2::password_hash::Result<String> {
    let params = Params::new(
        limits::PASSWORD_MEMORY_KIB,
        limits::PASSWORD_PASSES,
        limits::PASSWORD_LANES,
        None,
    )?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2.hash_password(prepared(password).as_bytes())?;
    Ok(hash.to_string())
}

/// The password as it is compared: its characters normalized, so that two keyboards make one password of it.
fn prepared(password: &str) -> String {
    let key = ComparisonKey::new(&password.into(), Comparison::CaseExact);
    let text = key.as_ref().and_then(ComparisonKey::as_text);
    text.unwrap_or(password).to_owned()
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordVerifier as _;
    use argon2::password_hash::phc::PasswordHash;

    use super::*;

    #[tokio::test]
    async fn a_hash_is_argon2id_salted_and_of_the_prepared_password() {
        let hasher = Hasher::new();
        let one = hasher.clone().hash("p\u{e4}ssword".into()).await.unwrap();
        let two = hasher.hash("p\u{e4}ssword".into()).await.unwrap();
        assert_ne!(one, two, "each has a salt of its own");
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        let parsed = PasswordHash::new(&one).unwrap();
        let verify = |text: &str| {
            let text = prepared(text);
            Argon2::default().verify_password(text.as_bytes(), &parsed)
        };
        assert!(verify("p\u{e4}ssword").is_ok());
        assert!(verify("pa\u{308}ssword").is_ok());
        assert!(verify("P\u{e4}ssword").is_err());
    }
    #[tokio::test]
    async fn a_hash_is_not_made_on_a_thread_of_the_runtime() {
        tokio::select! {
            biased;
            _ = Hasher::new().hash("password".into()) => panic!("it blocked"),
            () = std::future::ready(()) => {}
        }
    }
}
