//! Passwords: argon2id hashes, made and verified where they keep nobody waiting (RFC 7643 §4.1.1, §9.2).

use std::sync::{Arc, OnceLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use scim_core::{Comparison, ComparisonKey, Policy, ResourceSchema, Value};
use scim_filter::{Checked, Filter};
use scim_server::{Query, Scope, Store, StoreError};
use tokio::sync::Semaphore;

use crate::limits;

/// Hashes and verifies passwords on threads that may block, a few at once: what the gateway keeps passwords with, for
/// hosts that keep them in a store of their own or want to know whether one is right. Cloning shares.
///
/// ```
/// use scim_gateway::Passwords;
/// use scim_gateway::scim_server::{MemoryStore, Scope, ServiceProvider, Tenant};
/// use scim_gateway::scim_server::{scim_core::builtin, scim_schema::Registry};
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let (passwords, hashing) = (Passwords::new(), Passwords::new());
/// let provider = ServiceProvider::builder(Registry::builtin(), MemoryStore::new(), || "1".to_owned())
///     .hash_secrets(move |password| hashing.clone().hash(password))
///     .build()?;
/// let users = Scope::new(Tenant::default(), builtin::user_schema().clone());
/// let who = passwords.verify(provider.store(), &users, "ada", "secret").await?;
/// assert_eq!(who, None);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Passwords {
    places: Arc<Semaphore>,
    /// Stands in for the hash of a user that there is not.
    nobodys: Arc<OnceLock<String>>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

impl Passwords {
    /// No password is hashed yet.
    pub fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(limits::PASSWORDS_AT_ONCE)),
            nobodys: Arc::default(),
        }
    }

    /// The hash with its salt and parameters, in the PHC string format.
    ///
    /// # Errors
    /// [`StoreError::Failed`] if the system has no random bytes.
    pub async fn hash(self, password: String) -> Result<String, StoreError> {
        // What can go wrong says nothing about the password.
        let hash = self.blocking(move || hash(&password)).await?;
        hash.map_err(StoreError::failed)
    }

    /// The id of the user of that name, among those of `users`, if it has that password and is not inactive.
    ///
    /// It takes as long if there is no such user, or if the user has no password. It says nothing of how often somebody
    /// tried: that is for the host to bound.
    ///
    /// # Errors
    /// Those of [`Store::query`].
    pub async fn verify(
        &self,
        store: &impl Store,
        users: &Scope,
        user_name: &str,
        password: &str,
    ) -> Result<Option<String>, StoreError> {
        let mut found = None;
        if let Some(filter) = named(&users.schema, user_name) {
            let mut query = Query::new(vec![users.schema.clone()], 1);
            query.filters = vec![filter];
            found = store.query(&users.tenant, query).await?.resources.pop();
        }
        let text = |name: &str| found.as_ref().and_then(|user| user.resource().get(name));
        let kept = text("password").and_then(Value::as_str).map(str::to_owned);
        let is_active = text("active").and_then(Value::as_bool) != Some(false);
        let (password, nobodys) = (password.to_owned(), self.nobodys.clone());
        let is_right = self.blocking(move || match kept {
            Some(kept) if PasswordHash::new(&kept).is_ok() => is_right(&kept, &password),
            // As much work for nothing.
            _ => {
                let made = || hash("").unwrap_or_default();
                is_right(nobodys.get_or_init(made), &password);
                false
            }
        });
        let is_right = is_right.await? && is_active;
        Ok(found.filter(|_| is_right).map(|user| user.id))
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let place = self.places.clone().acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let _place = place;
            work()
        });
        done.await.map_err(StoreError::failed)
    }
}

/// Who has that name, as a filter; `None` if nobody can.
fn named(schema: &ResourceSchema, user_name: &str) -> Option<Checked> {
    let name = Value::from(user_name).to_json();
    let filter: Filter = format!("userName eq {name}").parse().ok()?;
    filter.check(schema, &Policy::strict()).ok()
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

fn is_right(hash: &str, password: &str) -> bool {
    let verified = PasswordHash::new(hash).map(|hash| {
        // The parameters are those of the hash.
        Argon2::default().verify_password(prepared(password).as_bytes(), &hash)
    });
    matches!(verified, Ok(Ok(())))
}

/// The password as it is compared: its characters normalized, so that two keyboards make one password of it.
fn prepared(password: &str) -> String {
    let key = ComparisonKey::new(&password.into(), Comparison::CaseExact);
    let text = key.as_ref().and_then(ComparisonKey::as_text);
    text.unwrap_or(password).to_owned()
}

#[cfg(test)]
mod tests {
    use scim_core::{Resource, Valid, builtin};
    use scim_server::{MemoryStore, NewResource, Tenant};

    use super::*;

    #[tokio::test]
    async fn a_hash_is_argon2id_salted_and_of_the_prepared_password() {
        let passwords = Passwords::new();
        let one = passwords
            .clone()
            .hash("p\u{e4}ssword".into())
            .await
            .unwrap();
        let two = passwords.hash("p\u{e4}ssword".into()).await.unwrap();
        assert_ne!(one, two, "each has a salt of its own");
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert!(is_right(&one, "p\u{e4}ssword"));
        assert!(is_right(&one, "pa\u{308}ssword"));
        assert!(!is_right(&one, "P\u{e4}ssword"));
    }

    #[tokio::test]
    async fn a_hash_is_not_made_on_a_thread_of_the_runtime() {
        tokio::select! {
            biased;
            _ = Passwords::new().hash("password".into()) => panic!("it blocked"),
            () = std::future::ready(()) => {}
        }
    }

    #[tokio::test]
    async fn a_password_is_verified_and_that_of_nobody_as_well() {
        let (passwords, store) = (Passwords::new(), MemoryStore::new());
        let users = Scope::new(Tenant::default(), builtin::user_schema().clone());
        let kept = passwords.clone().hash("secret".into()).await.unwrap();
        for (id, rest) in [
            ("ada", format!(r#","password":"{kept}""#)),
            ("gone", format!(r#","password":"{kept}","active":false"#)),
            ("set", r#","password":"set""#.to_owned()),
            ("none", String::new()),
        ] {
            let user: Resource = format!(r#"{{"userName":"{id}"{rest}}}"#).parse().unwrap();
            let now = scim_core::chrono::DateTime::UNIX_EPOCH;
            let new = NewResource::new(id.into(), &users.schema, Valid::assume(user), now);
            let created = store.create(&users, move |_| Ok(new.clone()));
            created.await.unwrap();
        }
        for (name, password, expected) in [
            ("ada", "secret", Some("ada")),
            ("ADA", "secret", Some("ada")),
            ("ada", "Secret", None),
            ("ada", "", None),
            ("gone", "secret", None),
            ("set", "set", None),
            ("none", "", None),
            ("nobody", "", None),
            ("\" or userName pr or userName eq \"", "secret", None),
        ] {
            let who = passwords.verify(&store, &users, name, password).await;
            assert_eq!(who.unwrap().as_deref(), expected, "{name} {password}");
        }
        assert!(
            passwords.nobodys.get().is_some(),
            "nobody was looked up for nothing"
        );
    }
}
