//! The resources of one tenant and their indexes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use scim_core::{ComparisonKey, Resource, ResourceSchema, Value};
use scim_filter::Checked;

use super::deleted::Deleted;
use super::index::{TypeIndex, touches};
use crate::membership::{
    GROUPS, MEMBERS, groups_attribute, member_id, member_ids, members_attribute,
};
use crate::store::{
    Delta, Membership, NewResource, Page, Position, Query, Scope, StoreError, StoreOptions, Stored,
    UniqueValue, Wants, Write, exact, later,
};

/// The resources of one tenant.
///
/// INVARIANT: every index holds exactly what the rows say. `insert`, `replace`, `change_members` and
/// `remove` alone change either.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// By their place in creation order.
    rows: BTreeMap<u64, Row>,
    next: u64,
    /// Counts the writes: the version of a resource is the number of its last one.
    writes: u64,
    by_id: HashMap<String, u64>,
    by_type: HashMap<Arc<str>, TypeIndex>,
    unique: HashMap<UniqueValue, u64>,
    /// The places of groups by the id of a member.
    groups_of: HashMap<String, BTreeSet<u64>>,
    options: StoreOptions,
    /// Empty unless the options want it.
    deleted: Deleted,
}

#[derive(Debug)]
pub(super) struct Row {
    pub(super) stored: Stored,
    schema: ResourceSchema,
    unique: Vec<UniqueValue>,
}

impl Rows {
    pub(super) fn new(options: StoreOptions) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }

    /// Inserts a resource as one that was deleted, if it is one that may come back.
    pub(super) fn create(&mut self, scope: &Scope, new: NewResource) -> Result<Stored, StoreError> {
        self.check_unique(&new.unique, None)?;
        let Some(gone) = self.deleted.take(scope.resource_type(), &new.unique) else {
            return self.insert(scope, new);
        };
        let changed = later(gone.last_modified, new.created);
        let (id, created) = (gone.id, gone.created);
        let mut stored = self.insert(scope, NewResource { id, created, ..new })?;
        stored.last_modified = changed;
        let row = self
            .place(&stored.id)
            .and_then(|place| self.rows.get_mut(&place));
        if let Some(row) = row {
            row.stored.last_modified = changed;
        }
        Ok(stored)
    }

    pub(super) fn insert(&mut self, scope: &Scope, new: NewResource) -> Result<Stored, StoreError> {
        self.check_unique(&new.unique, None)?;
        if self.by_id.contains_key(&new.id) {
            return Err(StoreError::failed(format!("the id `{}` is taken", new.id)));
        }
        let resource_type = match self.by_type.get_key_value(scope.resource_type()) {
            Some((known, _)) => known.clone(),
            None => scope.resource_type().into(),
        };
        let version = self.next_version();
        let row = Row {
            stored: Stored::new(new.id, resource_type, new.resource, new.created, version),
            schema: scope.schema.clone(),
            unique: new.unique,
        };
        let place = self.next;
        self.next += 1;
        self.by_id.insert(row.stored.id.clone(), place);
        let shown = self.show(&row, &Wants::everything());
        self.put(place, row);
        Ok(shown)
    }

    pub(super) fn replace(&mut self, id: &str, write: Write) -> Result<(), StoreError> {
        let place = self.place(id).ok_or(StoreError::NotFound)?;
        self.check_unique(&write.unique, Some(place))?;
        let mut row = self.take(place).ok_or(StoreError::NotFound)?;
        let version = self.next_version();
        row.stored.set(write.resource, write.last_modified, version);
        self.deleted.forget(&row.unique);
        row.unique = write.unique;
        self.put(place, row);
        Ok(())
    }

    /// The group with the members that a write is about; their index tells when there are none.
    pub(super) fn narrowed(&self, row: &Row, delta: &Delta) -> Stored {
        let place = self.place(&row.stored.id);
        let holds = |id: &String| {
            let groups = self.groups_of.get(id);
            groups.is_some_and(|groups| place.is_some_and(|place| groups.contains(&place)))
        };
        match delta.ids.iter().any(holds) {
            true => row.stored.narrowed(delta),
            false => row.stored.with_members(Vec::new()),
        }
    }

    /// Writes changes of members.
    pub(super) fn change_members(&mut self, id: &str, delta: &Delta, write: &Write) {
        let version = self.next_version();
        let Some(place) = self.place(id) else { return };
        let Some(row) = self.rows.get_mut(&place) else {
            return;
        };
        let changes = &write.changes;
        row.stored
            .change_members(changes, write.last_modified, version);
        let ids = |elements: Vec<&Value>| -> HashSet<String> {
            let ids = elements.into_iter().filter_map(member_id);
            ids.map(exact).collect()
        };
        let new = ids(changes.iter().filter_map(|c| c.after.as_ref()).collect());
        let mut gone = ids(changes.iter().filter_map(|c| c.before.as_ref()).collect());
        if !gone.is_empty() {
            // Another element may have the id of one that is gone.
            let left = row.stored.narrowed(delta);
            let left: HashSet<String> = member_ids(left.resource()).map(exact).collect();
            gone.retain(|id| !left.contains(id));
        }
        for id in new {
            self.groups_of.entry(id).or_default().insert(place);
        }
        for id in gone {
            self.leave(&id, place);
        }
    }

    /// Takes back an [`insert`](Self::insert).
    pub(super) fn undo(&mut self, id: &str) {
        if let Some(place) = self.by_id.remove(id) {
            self.take(place);
        }
    }

    /// Removes a resource, and its memberships with it (decision G05).
    pub(super) fn remove(&mut self, id: &str, now: DateTime<Utc>) {
        let Some(place) = self.by_id.remove(id) else {
            return;
        };
        if let Some(row) = self.take(place).filter(|_| self.options.revive_deleted) {
            self.deleted.keep(&row.stored, row.unique);
        }
        for group in self.groups_of.remove(&exact(id)).unwrap_or_default() {
            let Some(mut row) = self.take(group) else {
                continue;
            };
            let mut resource = row.stored.resource().clone();
            leave(&mut resource, id);
            let time = later(row.stored.last_modified, now);
            let version = self.next_version();
            row.stored.set(Arc::new(resource), time, version);
            self.put(group, row);
        }
    }

    /// Puts a row in its place and into the indexes.
    fn put(&mut self, place: u64, row: Row) {
        let index = self
            .by_type
            .entry(row.stored.resource_type.clone())
            .or_insert_with(|| TypeIndex::new(&row.schema));
        index.places.insert(place);
        index.add(place, &row.schema, row.stored.resource());
        for value in &row.unique {
            self.unique.insert(value.clone(), place);
        }
        if members_attribute(&row.schema).is_some() {
            for member in member_ids(row.stored.resource()) {
                let groups = self.groups_of.entry(exact(member)).or_default();
                groups.insert(place);
            }
        }
        self.rows.insert(place, row);
    }

    /// Takes a row out of its place and out of the indexes; its id stays.
    fn take(&mut self, place: u64) -> Option<Row> {
        let row = self.rows.remove(&place)?;
        if let Some(index) = self.by_type.get_mut(&row.stored.resource_type) {
            index.places.remove(&place);
            index.remove(place, &row.schema, row.stored.resource());
        }
        for value in &row.unique {
            self.unique.remove(value);
        }
        if members_attribute(&row.schema).is_some() {
            for member in member_ids(row.stored.resource()) {
                self.leave(&exact(member), place);
            }
        }
        Some(row)
    }

    /// Notes that a group does not list a member any more.
    fn leave(&mut self, member: &str, place: u64) {
        let Some(groups) = self.groups_of.get_mut(member) else {
            return;
        };
        groups.remove(&place);
        if groups.is_empty() {
            self.groups_of.remove(member);
        }
    }

    fn check_unique(&self, values: &[UniqueValue], own: Option<u64>) -> Result<(), StoreError> {
        let taken = |value: &&UniqueValue| {
            let place = self.unique.get(value);
            place.is_some_and(|place| Some(*place) != own)
        };
        match values.iter().find(taken) {
            None => Ok(()),
            Some(value) => Err(StoreError::Conflict {
                attribute: value.attribute.clone(),
            }),
        }
    }

    fn next_version(&mut self) -> String {
        self.writes += 1;
        self.writes.to_string()
    }

    fn place(&self, id: &str) -> Option<u64> {
        self.by_id.get(id).copied()
    }

    pub(super) fn find(&self, scope: &Scope, id: &str) -> Result<&Row, StoreError> {
        let row = self.place(id).and_then(|place| self.rows.get(&place));
        row.filter(|row| *row.stored.resource_type == *scope.resource_type())
            .ok_or(StoreError::NotFound)
    }

    pub(super) fn resource_type(&self, id: &str) -> Option<Arc<str>> {
        let row = self.rows.get(&self.place(id)?)?;
        Some(row.stored.resource_type.clone())
    }

    /// The resource with its groups, where they are wanted.
    pub(super) fn show(&self, row: &Row, wants: &Wants) -> Stored {
        let mut stored = row.stored.clone();
        if wants.wants(GROUPS) && groups_attribute(&row.schema).is_some() {
            stored.groups = self.groups(&stored.id);
        }
        stored
    }

    fn groups(&self, id: &str) -> Vec<Membership> {
        let listing = |id: &str| self.groups_of.get(&exact(id)).cloned().unwrap_or_default();
        let direct = listing(id);
        let mut indirect = BTreeSet::new();
        if self.options.indirect_groups {
            let own = self.place(id);
            let mut waiting: Vec<u64> = direct.iter().copied().collect();
            while let Some(group) = waiting.pop().and_then(|place| self.rows.get(&place)) {
                let new = listing(&group.stored.id).into_iter().filter(|holder| {
                    !direct.contains(holder) && Some(*holder) != own && indirect.insert(*holder)
                });
                waiting.extend(new);
            }
        }
        let shown = |places: BTreeSet<u64>, made: fn(String, Option<String>) -> Membership| {
            let groups = places.into_iter().filter_map(|place| self.rows.get(&place));
            groups.map(move |group| {
                let display = group.stored.resource().get("displayName");
                let display = display.and_then(Value::as_str).map(str::to_owned);
                made(group.stored.id.clone(), display)
            })
        };
        let direct = shown(direct, Membership::direct);
        direct
            .chain(shown(indirect, Membership::indirect))
            .collect()
    }

    /// The resource as filter and order of a query see it.
    fn complete(&self, row: &Row, query: &Query, groups: bool) -> Resource {
        if groups {
            query.complete(&self.show(row, &Wants::everything()), &row.schema)
        } else {
            query.complete(&row.stored, &row.schema)
        }
    }

    pub(super) fn query(&self, query: &Query) -> Result<Page, StoreError> {
        let mut found = Vec::new();
        for (schema, filter, sort) in query.parts() {
            let Some(index) = self.by_type.get(&*schema.resource_type().name) else {
                continue;
            };
            let selected = self.select(index, filter, query);
            found.extend(selected.into_iter().filter_map(|place| {
                let row = self.rows.get(&place)?;
                let key = sort.map(|sort| sort.key(&self.complete(row, query, true)));
                Some((Position::new(key, place), row))
            }));
        }
        let cut = query.cut(found)?;
        let shown = cut.resources.iter().map(|row| self.show(row, &query.wants));
        Ok(Page::new(cut.total, shown.collect()).followed_by(cut.next))
    }

    /// The places of the resources of a type that a filter selects.
    fn select(&self, index: &TypeIndex, filter: Option<&Checked>, query: &Query) -> Vec<u64> {
        let Some(filter) = filter else {
            return index.places.iter().copied().collect();
        };
        let groups = touches(filter, GROUPS);
        let matches = |place: &&u64| {
            let row = self.rows.get(place);
            row.is_some_and(|row| filter.matches(&self.complete(row, query, groups)))
        };
        match self.candidates(index, filter) {
            Some(few) => few
                .intersection(&index.places)
                .filter(matches)
                .copied()
                .collect(),
            None => index.places.iter().filter(matches).copied().collect(),
        }
    }

    /// What may match, by the narrowest index that speaks of a term that has to hold; `None` if
    /// none does.
    fn candidates(&self, index: &TypeIndex, filter: &Checked) -> Option<BTreeSet<u64>> {
        let mut found: Vec<BTreeSet<u64>> = Vec::new();
        for equality in &filter.equalities() {
            let texts = equality.keys().iter().filter_map(ComparisonKey::as_text);
            match equality.path().as_str() {
                "id" => found.push(texts.filter_map(|id| self.place(id)).collect()),
                "members" | "members.value" => {
                    let groups = texts.filter_map(|id| self.groups_of.get(id));
                    found.push(groups.flatten().copied().collect());
                }
                path => found.extend(index.find(path, equality.keys())),
            }
        }
        found.into_iter().min_by_key(BTreeSet::len)
    }
}

/// Takes a member out of a group.
fn leave(group: &mut Resource, member: &str) {
    let Some(Value::Array(members)) = group.get_mut(MEMBERS) else {
        return;
    };
    members.retain(|element| {
        let value = element.as_object().and_then(|object| object.get("value"));
        value.and_then(Value::as_str) != Some(member)
    });
    if members.is_empty() {
        group.remove(MEMBERS);
    }
}
