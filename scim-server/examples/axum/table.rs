//! A host's own table of people as a [`Store`]: each row is shown as a User, and a User that is
//! written becomes a row.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use scim_core::{Email, Resource, ResourceSchema, User, builtin};
use scim_schema::{DefinitionError, Registry};
use scim_server::{
    NewResource, NotCreated, Page, Precondition, Query, Scope, Store, StoreError, Stored, Tenant,
    UniqueValue, Update, View, Wants,
};

/// The columns, as attributes of a User.
const COLUMNS: [&str; 3] = ["userName", "emails", "active"];

/// A row.
#[derive(Clone, Default)]
struct Person {
    number: u64,
    id: String,
    login: String,
    /// The login as it is compared: a unique index.
    login_key: Vec<UniqueValue>,
    mail: Option<String>,
    active: bool,
    created: DateTime<Utc>,
    changed: DateTime<Utc>,
}

/// The table. A database would have a transaction where this has a lock.
#[derive(Default)]
pub(crate) struct People(Mutex<Vec<Person>>);

/// Users with the attributes that the table has columns for: what clients send beyond is unknown.
pub(crate) fn registry() -> Result<Registry, DefinitionError> {
    let (mut base, mut of) = {
        let user = builtin::user_schema();
        (user.base().clone(), user.resource_type().clone())
    };
    base.attributes
        .retain(|attribute| COLUMNS.iter().any(|name| attribute.name == **name));
    of.schema_extensions.clear();
    let mut registry = Registry::new();
    registry.add_schema(base)?;
    registry.add_resource_type(of)?;
    Ok(registry)
}

impl Person {
    /// The row with what a client wrote.
    fn with(mut self, user: &Resource, login_key: Vec<UniqueValue>) -> Result<Self, StoreError> {
        let user: User = user.to().map_err(StoreError::failed)?;
        self.login = user.user_name;
        self.login_key = login_key;
        self.mail = user.emails.into_iter().find_map(|email| email.value);
        self.active = user.active.unwrap_or(true);
        Ok(self)
    }

    /// The row as the service provider reads it. Its time of change is its version.
    fn show(&self) -> Result<Stored, StoreError> {
        let mut user = User::new(&self.login).active(self.active);
        if let Some(mail) = &self.mail {
            user = user.emails([Email::new(mail).kind("work").primary(true)]);
        }
        let mut user = Resource::from_typed(&user).map_err(StoreError::failed)?;
        user.remove("schemas");
        let version = self.changed.timestamp_millis().to_string();
        let mut stored = Stored::new(self.id.clone(), "User", user, self.created, version.clone());
        stored.set(stored.shared_resource(), self.changed, version);
        Ok(stored)
    }
}

impl People {
    fn rows(&self) -> MutexGuard<'_, Vec<Person>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The row of that id: there is one type and one tenant.
fn find<'r>(rows: &'r mut [Person], id: &str) -> Result<&'r mut Person, StoreError> {
    rows.iter_mut()
        .find(|row| row.id == id)
        .ok_or(StoreError::NotFound)
}

/// What the unique index would say.
fn check_unique(rows: &[Person], id: &str, keys: &[UniqueValue]) -> Result<(), StoreError> {
    let taken = rows.iter().any(|row| row.id != id && row.login_key == keys);
    match keys.first().filter(|_| taken) {
        Some(key) => Err(StoreError::Conflict {
            attribute: key.attribute.clone(),
        }),
        None => Ok(()),
    }
}

/// The ids that exist, for whoever refers to them.
struct Ids<'r>(&'r [Person]);

impl View for Ids<'_> {
    fn resource_types(&self, ids: &[&str]) -> Result<Vec<Option<std::sync::Arc<str>>>, StoreError> {
        let exists = |id: &&str| self.0.iter().any(|row| row.id == **id);
        Ok(ids
            .iter()
            .map(|id| exists(id).then(|| "User".into()))
            .collect())
    }
}

impl Store for People {
    async fn get(&self, _: &Scope, id: &str, _: &Wants) -> Result<Stored, StoreError> {
        find(&mut self.rows(), id)?.show()
    }

    async fn query(&self, _: &Tenant, query: Query) -> Result<Page, StoreError> {
        let rows = self.rows();
        let shown = rows.iter().map(|row| Ok((row.number, row.show()?)));
        query.page(shown.collect::<Result<Vec<_>, StoreError>>()?)
    }

    async fn create<F>(&self, _: &Scope, mut build: F) -> Result<Stored, StoreError>
    where
        F: FnMut(&dyn View) -> Result<NewResource, StoreError> + Send + 'static,
    {
        let mut rows = self.rows();
        let new = build(&Ids(&rows))?;
        check_unique(&rows, &new.id, &new.unique)?;
        let row = Person {
            number: rows.last().map_or(1, |last| last.number + 1),
            id: new.id,
            created: new.created,
            changed: new.created,
            ..Person::default()
        };
        rows.push(row.with(&new.resource, new.unique)?);
        rows.last().ok_or(StoreError::NotFound)?.show()
    }

    /// Resources that refer to each other: users alone never do.
    async fn create_all<F>(
        &self,
        _: &Tenant,
        _: &[ResourceSchema],
        _: F,
    ) -> Result<Vec<Stored>, NotCreated>
    where
        F: FnMut(usize, &dyn View) -> Result<NewResource, StoreError> + Send + 'static,
    {
        Err(StoreError::failed("no column refers to another row").into())
    }

    async fn update<F>(
        &self,
        _: &Scope,
        id: &str,
        expected: &Precondition,
        mut change: F,
    ) -> Result<Stored, StoreError>
    where
        F: FnMut(&Stored, &dyn View) -> Result<Update, StoreError> + Send + 'static,
    {
        let mut rows = self.rows();
        let current = find(&mut rows, id)?.show()?;
        expected.check(&current.version)?;
        if let Update::Write(write) = change(&current, &Ids(&rows))? {
            check_unique(&rows, id, &write.unique)?;
            let row = find(&mut rows, id)?;
            *row = row.clone().with(&write.resource, write.unique)?;
            row.changed = write.last_modified;
        }
        find(&mut rows, id)?.show()
    }

    async fn delete(
        &self,
        _: &Scope,
        id: &str,
        expected: &Precondition,
        _: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut rows = self.rows();
        expected.check(&find(&mut rows, id)?.show()?.version)?;
        rows.retain(|row| row.id != id);
        Ok(())
    }
}
