//! What the checks have in common: a store, resources to put in, and how to wait.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use scim_core::{Object, Policy, Resource, ResourceSchema, SortOrder, Valid, Value, builtin};
use scim_filter::{Parser, SortBy};

use super::Job;
use crate::conditional::Precondition;
use crate::membership::member_id;
use crate::store::{
    Delta, NewResource, NotCreated, Page, Query, Scope, Store, StoreError, Stored, Tenant, Update,
    View, Wants, Write,
};

/// A store under test.
pub(super) struct Bench<'b, S> {
    store: &'b S,
    wait: &'b (dyn Fn(Job<'_>) + Sync),
    ticks: AtomicU64,
}

impl<'b, S: Store> Bench<'b, S> {
    pub(super) fn new(store: &'b S, wait: &'b (dyn Fn(Job<'_>) + Sync)) -> Self {
        Self {
            store,
            wait,
            ticks: AtomicU64::new(0),
        }
    }

    /// The outcome of a future.
    fn wait<T: Send, E: From<StoreError> + Send>(
        &self,
        future: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, E> {
        let outcome = Mutex::new(None);
        (self.wait)(Box::pin(async {
            let done = future.await;
            if let Ok(mut outcome) = outcome.lock() {
                *outcome = Some(done);
            }
        }));
        let outcome = outcome.into_inner().ok().flatten();
        let undone = || StoreError::failed("the future was not driven to its end").into();
        outcome.unwrap_or_else(|| Err(undone()))
    }

    /// A new number at each call.
    fn tick(&self) -> u64 {
        self.ticks.fetch_add(1, Ordering::Relaxed)
    }

    /// A later time at each call.
    pub(super) fn now(&self) -> DateTime<Utc> {
        let seconds = i64::try_from(self.tick()).unwrap_or(i64::MAX);
        DateTime::UNIX_EPOCH + TimeDelta::try_seconds(seconds).unwrap_or_default()
    }

    pub(super) fn create_with(
        &self,
        scope: &Scope,
        build: impl FnMut(&dyn View) -> Result<NewResource, StoreError> + Send + 'static,
    ) -> Result<Stored, StoreError> {
        self.wait(self.store.create(scope, build))
    }

    pub(super) fn create_in(&self, scope: &Scope, text: &str) -> Result<Stored, StoreError> {
        let id = format!("id-{}", self.tick());
        let resource = Valid::assume(text.parse::<Resource>().map_err(StoreError::failed)?);
        let new = NewResource::new(id, &scope.schema, resource, self.now());
        self.create_with(scope, move |_| Ok(new.clone()))
    }

    pub(super) fn create_all(
        &self,
        scopes: &[Scope],
        build: impl FnMut(usize, &dyn View) -> Result<NewResource, StoreError> + Send + 'static,
    ) -> Result<Vec<Stored>, NotCreated> {
        let schemas: Vec<_> = scopes.iter().map(|scope| scope.schema.clone()).collect();
        let tenant = Tenant::default();
        self.wait(self.store.create_all(&tenant, &schemas, build))
    }

    /// A user with a `userName`, and more attributes as JSON members.
    pub(super) fn user(&self, name: &str) -> Result<Stored, StoreError> {
        self.create_in(&users(), &format!(r#"{{"userName":"{name}"}}"#))
    }

    /// A group with these members.
    pub(super) fn group(&self, name: &str, members: &[&Stored]) -> Result<Stored, StoreError> {
        let elements: Vec<_> = members
            .iter()
            .map(|member| {
                format!(
                    r#"{{"value":"{}","type":"{}"}}"#,
                    member.id, member.resource_type
                )
            })
            .collect();
        let members = match elements.is_empty() {
            true => String::new(),
            false => format!(r#","members":[{}]"#, elements.join(",")),
        };
        self.create_in(
            &groups(),
            &format!(r#"{{"displayName":"{name}"{members}}}"#),
        )
    }

    pub(super) fn get(&self, scope: &Scope, id: &str) -> Result<Stored, StoreError> {
        self.wait(self.store.get(scope, id, &Wants::everything()))
    }

    pub(super) fn get_wanting(
        &self,
        scope: &Scope,
        id: &str,
        wants: &Wants,
    ) -> Result<Stored, StoreError> {
        self.wait(self.store.get(scope, id, wants))
    }

    pub(super) fn update(
        &self,
        scope: &Scope,
        id: &str,
        expected: &Precondition,
        change: impl FnMut(&Stored, &dyn View) -> Result<Update, StoreError> + Send + 'static,
    ) -> Result<Stored, StoreError> {
        self.wait(self.store.update(scope, id, expected, change))
    }

    pub(super) fn apply_delta(
        &self,
        id: &str,
        expected: &Precondition,
        delta: &Delta,
        change: impl FnMut(&Stored, &dyn View) -> Result<Update, StoreError> + Send + 'static,
    ) -> Result<Stored, StoreError> {
        let scope = groups();
        self.wait(self.store.apply_delta(&scope, id, expected, delta, change))
    }

    /// Does something to some members of a group.
    fn change_members(
        &self,
        id: &str,
        delta: &Delta,
        change: impl Fn(&mut Vec<Value>) + Send + 'static,
    ) -> Result<Stored, StoreError> {
        let now = self.now();
        self.apply_delta(id, &Precondition::none(), delta, move |current, _| {
            let members = current.resource().get("members");
            let mut members: Vec<_> = members
                .into_iter()
                .flat_map(Value::elements)
                .cloned()
                .collect();
            change(&mut members);
            let resource = current.with_members(members).into_resource();
            let write = write(current, &groups().schema, resource, now);
            Ok(match write.changes.is_empty() {
                true => Update::Keep,
                false => Update::Write(write),
            })
        })
    }

    /// Does something to the members with these ids.
    pub(super) fn delta_with(
        &self,
        id: &str,
        ids: &[&str],
        change: impl Fn(&mut Vec<Value>) + Send + 'static,
    ) -> Result<Stored, StoreError> {
        let delta = Delta::new(ids.iter().copied(), usize::MAX);
        self.change_members(id, &delta, change)
    }

    /// Adds members that are not there yet.
    pub(super) fn adding(
        &self,
        id: &str,
        delta: &Delta,
        add: &[&str],
    ) -> Result<Stored, StoreError> {
        let add: Vec<String> = add.iter().map(|&id| id.to_owned()).collect();
        self.change_members(id, delta, move |members| append(members, &add))
    }

    /// Adds members that are not there yet, and removes others.
    pub(super) fn delta(
        &self,
        id: &str,
        add: &[&str],
        remove: &[&str],
    ) -> Result<Stored, StoreError> {
        let own = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
        let (added, removed) = (own(add), own(remove));
        self.delta_with(id, &[add, remove].concat(), move |members| {
            members.retain(|member| !removed.iter().any(|id| member_id(member) == Some(id)));
            append(members, &added);
        })
    }

    /// Sets one top-level attribute, or takes it away.
    pub(super) fn set(
        &self,
        scope: &Scope,
        id: &str,
        name: &'static str,
        value: Option<Value>,
    ) -> Result<Stored, StoreError> {
        let now = self.now();
        let schema = scope.schema.clone();
        self.update(scope, id, &Precondition::none(), move |current, _| {
            let mut resource = current.resource().clone();
            match &value {
                Some(value) => drop(resource.insert(name, value.clone())),
                None => drop(resource.remove(name)),
            }
            Ok(Update::Write(write(current, &schema, resource, now)))
        })
    }

    pub(super) fn delete(&self, scope: &Scope, id: &str) -> Result<(), StoreError> {
        self.delete_if(scope, id, &Precondition::none())
    }

    pub(super) fn delete_if(
        &self,
        scope: &Scope,
        id: &str,
        expected: &Precondition,
    ) -> Result<(), StoreError> {
        self.wait(self.store.delete(scope, id, expected, self.now()))
    }

    pub(super) fn query(&self, query: Query) -> Result<Page, StoreError> {
        self.query_in(&Tenant::default(), query)
    }

    pub(super) fn query_in(&self, tenant: &Tenant, query: Query) -> Result<Page, StoreError> {
        self.wait(self.store.query(tenant, query))
    }

    /// A query over the resources of a type that a filter selects.
    pub(super) fn filtered(&self, scope: &Scope, filter: &str) -> Result<Query, String> {
        let mut query = Query::new(vec![scope.schema.clone()], 1000);
        let parsed = Parser::new().parse(filter).map_err(|e| e.to_string())?;
        let checked = parsed.check(&scope.schema, &Policy::strict());
        query.filters = vec![checked.map_err(|e| e.to_string())?];
        Ok(query)
    }

    /// The ids of what a filter finds among the resources of a type, with the total.
    pub(super) fn find(&self, scope: &Scope, filter: &str) -> Result<(u64, Vec<String>), String> {
        let page = self.query(self.filtered(scope, filter)?);
        let page = page.map_err(|e| e.to_string())?;
        let total = page.total.ok_or("a page by index without a total")?;
        Ok((total, ids(&page)))
    }

    /// The ids of the resources of a type in an order.
    pub(super) fn sorted(
        &self,
        scope: &Scope,
        by: &str,
        order: SortOrder,
    ) -> Result<Vec<String>, String> {
        let query = self.ordered(scope, by, order)?;
        let page = self.query(query).map_err(|e| e.to_string())?;
        Ok(ids(&page))
    }

    /// A query over the resources of a type in an order.
    pub(super) fn ordered(
        &self,
        scope: &Scope,
        by: &str,
        order: SortOrder,
    ) -> Result<Query, String> {
        let mut query = Query::new(vec![scope.schema.clone()], 1000);
        let sort = SortBy::check(by, order, &scope.schema, &Policy::strict());
        query.sorts = vec![sort.map_err(|e| e.to_string())?];
        Ok(query)
    }
}

fn append(members: &mut Vec<Value>, ids: &[String]) {
    for id in ids {
        if !members.iter().any(|member| member_id(member) == Some(id)) {
            let mut member = Object::new();
            member.insert("value", id.as_str());
            members.push(member.into());
        }
    }
}

/// A write of the whole resource. What changed is named where the store may rely on it: members.
pub(super) fn write(
    current: &Stored,
    schema: &ResourceSchema,
    resource: Resource,
    now: DateTime<Utc>,
) -> Write {
    let changes = scim_schema::changes(schema, current.resource(), &resource);
    Write::new(current, schema, Valid::assume(resource), changes, now)
}

/// The users of the default tenant.
pub(super) fn users() -> Scope {
    Scope::new(Tenant::default(), builtin::user_schema().clone())
}

/// The groups of the default tenant.
pub(super) fn groups() -> Scope {
    Scope::new(Tenant::default(), builtin::group_schema().clone())
}

pub(super) fn ids(page: &Page) -> Vec<String> {
    page.resources.iter().map(|r| r.id.clone()).collect()
}

/// The attribute of a stored resource, as a text.
pub(super) fn text<'r>(stored: &'r Stored, name: &str) -> Option<&'r str> {
    stored.resource().get(name).and_then(Value::as_str)
}
