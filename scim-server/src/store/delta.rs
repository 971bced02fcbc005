//! [`Delta`]: a write that is about some members of a group alone.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use scim_core::{Change, Changes, Comparison, ComparisonKey, Object, Value};

use super::Stored;
use crate::membership::{MEMBERS, member_id};

/// Which members a write is about, and how many its answer needs: see
/// [`Store::apply_delta`](super::Store::apply_delta).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Delta {
    /// The comparison keys of the ids that the write names: the text of the id itself, but for
    /// characters that Unicode normalizes.
    pub ids: HashSet<String>,
    /// Most members that are looked at afterwards; [`usize::MAX`] for all of them.
    pub shown: usize,
}

impl Delta {
    /// A write that is about the members with these ids.
    pub fn new<'i>(ids: impl IntoIterator<Item = &'i str>, shown: usize) -> Self {
        let ids = ids.into_iter().map(exact).collect();
        Self { ids, shown }
    }

    /// Whether the write is about this member.
    pub fn names(&self, member: &Value) -> bool {
        member_id(member).is_some_and(|id| self.ids.contains(&exact(id)))
    }
}

impl Stored {
    /// The same resource with other members, or none.
    #[must_use]
    pub fn with_members(&self, members: Vec<Value>) -> Self {
        let others = self.resource().iter().filter(|(key, _)| **key != *MEMBERS);
        let others = others.map(|(key, value)| (key.clone(), value.clone()));
        let members = (!members.is_empty()).then(|| (MEMBERS.into(), members.into()));
        let resource: Object = others.chain(members).collect();
        let mut changed = self.clone();
        changed.set(
            Arc::new(resource.into()),
            self.last_modified,
            self.version.clone(),
        );
        changed
    }

    /// What of its members a write is about.
    pub(crate) fn narrowed(&self, delta: &Delta) -> Self {
        let members = self.members().filter(|member| delta.names(member));
        self.with_members(members.cloned().collect())
    }

    /// What of its members an answer needs.
    pub(crate) fn shown(&self, delta: &Delta) -> Self {
        match self.members().nth(delta.shown) {
            None => self.clone(),
            Some(_) => self.with_members(self.members().take(delta.shown).cloned().collect()),
        }
    }

    /// Writes changes of members, in place where nobody else holds the resource.
    pub(crate) fn change_members(
        &mut self,
        changes: &Changes,
        last_modified: DateTime<Utc>,
        version: String,
    ) {
        let mut tree = self.take_tree();
        let resource = Arc::make_mut(&mut tree);
        match resource.get_mut(MEMBERS) {
            Some(Value::Array(members)) => change(members, changes),
            _ => {
                let mut members = Vec::new();
                change(&mut members, changes);
                resource.insert(MEMBERS, members);
            }
        }
        if resource
            .get(MEMBERS)
            .is_none_or(|members| !members.is_assigned())
        {
            resource.remove(MEMBERS);
        }
        self.set(tree, last_modified, version);
    }

    fn members(&self) -> impl Iterator<Item = &Value> {
        let members = self.resource().get(MEMBERS).into_iter();
        members.flat_map(Value::elements)
    }
}

/// Elements go or change where they stand, new ones come last (decision P34).
fn change(members: &mut Vec<Value>, changes: &Changes) {
    let mut pending: HashMap<String, Vec<&Change>> = HashMap::new();
    for change in changes {
        if let Some(id) = change.before.as_ref().and_then(member_id) {
            pending.entry(id.to_owned()).or_default().push(change);
        }
    }
    if !pending.is_empty() {
        members.retain_mut(|member| {
            let Some(changes) = member_id(member).and_then(|id| pending.get_mut(id)) else {
                return true;
            };
            let of = |change: &&Change| change.before.as_ref() == Some(&*member);
            let Some(at) = changes.iter().position(of) else {
                return true;
            };
            let after = &changes.swap_remove(at).after;
            if let Some(after) = after {
                *member = after.clone();
            }
            after.is_some()
        });
    }
    let new = changes.iter().filter(|change| change.before.is_none());
    members.extend(new.filter_map(|change| change.after.clone()));
}

/// An id as it is compared: its characters normalized, its case kept.
pub(crate) fn exact(id: &str) -> String {
    let key = ComparisonKey::new(&id.into(), Comparison::CaseExact);
    let text = key.as_ref().and_then(ComparisonKey::as_text);
    text.unwrap_or(id).to_owned()
}
