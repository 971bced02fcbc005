//! [`MemoryStore`]: the reference of the [`Store`] contract, with indexes.

mod deleted;
mod index;
mod rows;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use chrono::{DateTime, Utc};
use scim_core::ResourceSchema;

use crate::conditional::Precondition;
use crate::store::{
    Delta, NewResource, NotCreated, Page, Query, Scope, Store, StoreError, StoreOptions, Stored,
    Tenant, Update, View, Wants,
};
use rows::Rows;

/// A store that keeps everything in memory and forgets it when it is dropped: for tests, for trying,
/// and as the reference of the contract.
///
/// Look-ups by `id`, by a unique attribute, by `externalId`, `displayName` or `emails.value`, and by
/// `members.value` are answered from indexes; other filters read every resource of the type. One
/// lock guards everything, so that a write excludes all else while it runs.
///
/// ```
/// use scim_server::{MemoryStore, Query, Store, Tenant, contract};
/// let store = MemoryStore::new();
/// let page = contract::block_on(store.query(&Tenant::default(), Query::new(Vec::new(), 10)));
/// assert!(page.is_ok_and(|page| page.total == Some(0)));
/// ```
#[derive(Debug, Default)]
pub struct MemoryStore {
    tenants: RwLock<HashMap<Tenant, Rows>>,
    options: StoreOptions,
}

impl MemoryStore {
    /// A store without resources.
    pub fn new() -> Self {
        Self::default()
    }

    /// A store without resources, with these options.
    pub fn with(options: StoreOptions) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }

    /// A panic inside a closure leaves the rows as they were: they are changed only after it has
    /// answered. So a poisoned lock is as good as another.
    fn read(&self) -> RwLockReadGuard<'_, HashMap<Tenant, Rows>> {
        self.tenants.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<Tenant, Rows>> {
        self.tenants.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows of a tenant, made when it is first written to.
    fn rows<'t>(&self, tenants: &'t mut HashMap<Tenant, Rows>, tenant: &Tenant) -> &'t mut Rows {
        tenants
            .entry(tenant.clone())
            .or_insert_with(|| Rows::new(self.options))
    }
}

impl Store for MemoryStore {
    async fn get(&self, scope: &Scope, id: &str, wants: &Wants) -> Result<Stored, StoreError> {
        let tenants = self.read();
        let rows = tenants.get(&scope.tenant).ok_or(StoreError::NotFound)?;
        let row = rows.find(scope, id)?;
        Ok(rows.show(row, wants))
    }

    async fn query(&self, tenant: &Tenant, query: Query) -> Result<Page, StoreError> {
        let tenants = self.read();
        match tenants.get(tenant) {
            Some(rows) => rows.query(&query),
            None => Rows::default().query(&query),
        }
    }

    async fn create<F>(&self, scope: &Scope, mut build: F) -> Result<Stored, StoreError>
    where
        F: FnMut(&dyn View) -> Result<NewResource, StoreError> + Send + 'static,
    {
        let mut tenants = self.write();
        let rows = self.rows(&mut tenants, &scope.tenant);
        let new = build(rows)?;
        rows.create(scope, new)
    }

    async fn create_all<F>(
        &self,
        tenant: &Tenant,
        schemas: &[ResourceSchema],
        mut build: F,
    ) -> Result<Vec<Stored>, NotCreated>
    where
        F: FnMut(usize, &dyn View) -> Result<NewResource, StoreError> + Send + 'static,
    {
        let mut tenants = self.write();
        let rows = self.rows(&mut tenants, tenant);
        let at = |index| move |error| NotCreated::new(Some(index), error);
        let new = (0..schemas.len()).map(|index| build(index, rows).map_err(at(index)));
        let new = new.collect::<Result<Vec<_>, NotCreated>>()?;
        let mut ids: Vec<String> = Vec::with_capacity(new.len());
        let mut scopes = Vec::with_capacity(new.len());
        for (index, (schema, new)) in schemas.iter().zip(new).enumerate() {
            let (scope, id) = (Scope::new(tenant.clone(), schema.clone()), new.id.clone());
            if let Err(error) = rows.insert(&scope, new) {
                ids.iter().for_each(|id| rows.undo(id));
                return Err(at(index)(error));
            }
            ids.push(id);
            scopes.push(scope);
        }
        // Only now are the groups known that the resources made of each other.
        let shown = ids
            .iter()
            .zip(&scopes)
            .enumerate()
            .map(|(index, (id, scope))| {
                let row = rows.find(scope, id).map_err(at(index))?;
                Ok(rows.show(row, &Wants::everything()))
            });
        shown.collect()
    }

    async fn update<F>(
        &self,
        scope: &Scope,
        id: &str,
        expected: &Precondition,
        mut change: F,
    ) -> Result<Stored, StoreError>
    where
        F: FnMut(&Stored, &dyn View) -> Result<Update, StoreError> + Send + 'static,
    {
        let mut tenants = self.write();
        let rows = tenants.get_mut(&scope.tenant).ok_or(StoreError::NotFound)?;
        let row = rows.find(scope, id)?;
        expected.check(&row.stored.version)?;
        if let Update::Write(write) = change(&row.stored, rows)? {
            rows.replace(id, write)?;
        }
        let row = rows.find(scope, id)?;
        Ok(rows.show(row, &Wants::everything()))
    }

    async fn apply_delta<F>(
        &self,
        scope: &Scope,
        id: &str,
        expected: &Precondition,
        delta: &Delta,
        mut change: F,
    ) -> Result<Stored, StoreError>
    where
        F: FnMut(&Stored, &dyn View) -> Result<Update, StoreError> + Send + 'static,
    {
        let mut tenants = self.write();
        let rows = tenants.get_mut(&scope.tenant).ok_or(StoreError::NotFound)?;
        let row = rows.find(scope, id)?;
        expected.check(&row.stored.version)?;
        if let Update::Write(write) = change(&rows.narrowed(row, delta), rows)? {
            rows.change_members(id, delta, &write);
        }
        let row = rows.find(scope, id)?;
        Ok(rows.show(row, &Wants::everything()).shown(delta))
    }

    async fn delete(
        &self,
        scope: &Scope,
        id: &str,
        expected: &Precondition,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tenants = self.write();
        let rows = tenants.get_mut(&scope.tenant).ok_or(StoreError::NotFound)?;
        expected.check(&rows.find(scope, id)?.stored.version)?;
        rows.remove(id, now);
        Ok(())
    }
}

impl View for Rows {
    fn resource_types(&self, ids: &[&str]) -> Result<Vec<Option<Arc<str>>>, StoreError> {
        Ok(ids.iter().map(|id| self.resource_type(id)).collect())
    }
}
