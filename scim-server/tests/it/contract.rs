//! The memory store keeps the contract, and the contract notices a store that does not.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use scim_server::scim_core::ResourceSchema;
use scim_server::{
    MemoryStore, NewResource, NotCreated, Page, Precondition, Query, Scope, Start, Store,
    StoreError, StoreOptions, Stored, Tenant, Update, View, Wants, chrono, contract,
};

#[test]
fn the_memory_store_keeps_the_contract() {
    match contract::run(MemoryStore::new) {
        Ok(checks) => assert!(checks >= 75, "only {checks} checks ran"),
        Err(failures) => panic!("{failures}"),
    }
}

#[test]
fn g04_g06_the_memory_store_keeps_the_contract_with_every_option() {
    for (revive_deleted, indirect_groups) in [(true, false), (false, true), (true, true)] {
        let options = StoreOptions {
            revive_deleted,
            indirect_groups,
        };
        if let Err(failures) = contract::run(|| MemoryStore::with(options)) {
            panic!("{options:?}: {failures}");
        }
    }
}

/// A memory store with one fault.
#[derive(Default)]
pub(crate) struct Faulty {
    inner: MemoryStore,
    fault: Fault,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Fault {
    #[default]
    None,
    /// None at all: a store may do so in pages by cursor (decision C09).
    LeavesTotalsOut,
    ForgetsPreconditions,
    WritesWhatIsKept,
    LosesTheOrder,
    MixesTenants,
    CountsThePage,
    CreatesOneByOne,
    CountsFromTheStart,
}

impl Store for Faulty {
    async fn get(&self, scope: &Scope, id: &str, wants: &Wants) -> Result<Stored, StoreError> {
        self.inner.get(&self.scope(scope), id, wants).await
    }

    async fn query(&self, tenant: &Tenant, query: Query) -> Result<Page, StoreError> {
        let tenant = match self.fault {
            Fault::MixesTenants => Tenant::default(),
            _ => tenant.clone(),
        };
        if self.fault == Fault::CountsFromTheStart {
            return self.page_by_number(&tenant, query).await;
        }
        let by_cursor = matches!(query.start, Start::After(_));
        let mut page = self.inner.query(&tenant, query).await?;
        match self.fault {
            Fault::LeavesTotalsOut if by_cursor => page.total = None,
            Fault::LosesTheOrder => page.resources.reverse(),
            Fault::CountsThePage => page.total = Some(page.resources.len() as u64),
            _ => {}
        }
        Ok(page)
    }

    async fn create<F>(&self, scope: &Scope, build: F) -> Result<Stored, StoreError>
    where
        F: FnMut(&dyn View) -> Result<NewResource, StoreError> + Send + 'static,
    {
        self.inner.create(&self.scope(scope), build).await
    }

    async fn create_all<F>(
        &self,
        tenant: &Tenant,
        schemas: &[ResourceSchema],
        build: F,
    ) -> Result<Vec<Stored>, NotCreated>
    where
        F: FnMut(usize, &dyn View) -> Result<NewResource, StoreError> + Send + 'static,
    {
        if self.fault != Fault::CreatesOneByOne {
            return self.inner.create_all(tenant, schemas, build).await;
        }
        let build = Arc::new(Mutex::new(build));
        let mut all = Vec::new();
        for (index, schema) in schemas.iter().enumerate() {
            let scope = Scope::new(tenant.clone(), schema.clone());
            let build = build.clone();
            let one = self
                .inner
                .create(&scope, move |view| (*build.lock().unwrap())(index, view));
            all.push(
                one.await
                    .map_err(|error| NotCreated::new(Some(index), error))?,
            );
        }
        Ok(all)
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
        let fault = self.fault;
        let expected = match fault {
            Fault::ForgetsPreconditions => Precondition::none(),
            _ => expected.clone(),
        };
        let schema = scope.schema.clone();
        let change = move |current: &Stored, view: &dyn View| match change(current, view)? {
            Update::Keep if fault == Fault::WritesWhatIsKept => {
                let resource = scim_server::scim_core::Valid::assume(current.resource().clone());
                let time = current.last_modified;
                let write = scim_server::Write::new(current, &schema, resource, Vec::new(), time);
                Ok(Update::Write(write))
            }
            other => Ok(other),
        };
        let scope = self.scope(scope);
        self.inner.update(&scope, id, &expected, change).await
    }

    async fn delete(
        &self,
        scope: &Scope,
        id: &str,
        expected: &Precondition,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.inner
            .delete(&self.scope(scope), id, expected, now)
            .await
    }
}

impl Faulty {
    pub(crate) fn with(fault: Fault) -> Self {
        Self {
            fault,
            ..Self::default()
        }
    }

    /// Takes the number of a resource for its place in the order.
    async fn page_by_number(&self, tenant: &Tenant, mut query: Query) -> Result<Page, StoreError> {
        let Start::After(after) = &query.start else {
            return self.inner.query(tenant, query).await;
        };
        let done: usize = match after {
            Some(after) => after.parse().map_err(|_| StoreError::Place)?,
            None => 0,
        };
        let count = query.count;
        query.start = Start::Index(done as u64 + 1);
        let mut page = self.inner.query(tenant, query).await?;
        let more = page.total > Some((done + count) as u64);
        page.next = (more && count > 0).then(|| (done + count).to_string());
        Ok(page)
    }

    fn scope(&self, scope: &Scope) -> Scope {
        match self.fault {
            Fault::MixesTenants => Scope::new(Tenant::default(), scope.schema.clone()),
            _ => scope.clone(),
        }
    }
}

#[test]
fn a_store_without_the_optional_doors_keeps_the_contract() {
    for fault in [Fault::None, Fault::LeavesTotalsOut] {
        let outcome = contract::run(|| Faulty::with(fault));
        if let Err(failures) = outcome {
            panic!("{fault:?}: {failures}");
        }
    }
}

#[test]
fn a_faulty_store_is_noticed() {
    for fault in [
        Fault::ForgetsPreconditions,
        Fault::WritesWhatIsKept,
        Fault::LosesTheOrder,
        Fault::MixesTenants,
        Fault::CountsThePage,
        Fault::CreatesOneByOne,
        Fault::CountsFromTheStart,
    ] {
        let outcome = contract::run(|| Faulty::with(fault));
        let failures = outcome.expect_err("the fault was not noticed");
        assert!(failures.iter().count() > 0, "{fault:?}");
    }
}
