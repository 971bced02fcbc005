//! PATCH of a resource (RFC 7644 §3.5.2).

use http::StatusCode;
use scim_core::{
    AttrPath, Attribute, Comparison, PatchOp, Place, ResourceSchema, ScimError, Uniqueness, Valid,
    Value,
};
use scim_filter::Filter;
use scim_patch::Plan;
use scim_schema::Projection;

use crate::authorize::Action;
use crate::call::Call;
use crate::conditional::Precondition;
use crate::context::Context;
use crate::error::Fault;
use crate::links::{add_references, remove_from_changes, remove_references};
use crate::literals;
use crate::membership::{GROUPS, MEMBERS, members_attribute};
use crate::provider::{ServiceProvider, Shared};
use crate::references;
use crate::respond::Answer;
use crate::secrets::Sealed;
use crate::sight::Sight;
use crate::store::{Delta, Scope, Store, StoreError, Stored, Update, View, Write};
use crate::visit::{self, Target};
use crate::write::{Notes, Written, locate, storable};

impl<S: Store> ServiceProvider<S> {
    pub(crate) async fn patch(
        &self,
        call: &Call<'_>,
        schema: &ResourceSchema,
        id: &str,
    ) -> Result<Answer, Fault> {
        let shared = &self.shared;
        if !shared.protocol.patch {
            return Err(Fault::not_supported("PATCH"));
        }
        let sight = shared.sight(call.context, Action::Patch, schema, Some(id))?;
        let patch = PatchOp::from_value(call.body()?)?;
        let expected = call.write_precondition()?;
        let shown = call.shown()?;
        let written = || written(&visit::targets(&sight.seen, &shared.policy, &patch));
        let projection = shown.of_write(&sight, shared, written)?;
        let most = shared.limits.patch_answer_elements;
        let members = match (projection.wants(MEMBERS), shown.is_asked()) {
            (false, _) => 0,
            (true, true) => usize::MAX,
            (true, false) => most.saturating_add(1),
        };
        let written = self.patch_one(call.context, &sight, id, patch, &expected, members);
        let Written { stored, departures } = written.await?;
        // Decision P30.
        let answer = if !shown.is_asked() && longest_list(&stored, &projection) > most {
            locate(Answer::empty(StatusCode::NO_CONTENT), &stored, schema, call)
        } else {
            shared.show(StatusCode::OK, &stored, &sight, &projection, call)
        };
        Ok(answer.report(shown.departures).report(departures))
    }

    /// Applies `patch` to the resource. Of a large group the first `members` are there afterwards.
    pub(crate) async fn patch_one(
        &self,
        context: &Context,
        sight: &Sight,
        id: &str,
        mut patch: PatchOp,
        expected: &Precondition,
        members: usize,
    ) -> Result<Written, Fault> {
        let shared = &self.shared;
        let Sight { schema, seen, .. } = sight;
        let mut departures = Vec::new();
        let (registry, policy, base_url) = (&shared.registry, &shared.policy, &context.base_url);
        references::take_named(seen, &mut patch, registry, base_url, policy)?;
        if shared.stores_references(schema) {
            literals::in_patch(schema, policy, &mut patch, "[", &mut |of, sub, text| {
                Ok(references::compared(of, sub, text, registry, base_url))
            })?;
        }
        visit::patch(seen, &shared.policy, &mut patch, |op, attribute, value| {
            let removes = op.eq_ignore_ascii_case("remove");
            references::take_stored(attribute, value, registry, base_url, !removes)?;
            // What is to be removed is compared with what is shown (decision P06).
            if removes {
                return Ok(());
            }
            references::take_references(
                attribute,
                value,
                registry,
                base_url,
                policy,
                &mut departures,
            )
        })?;
        // The request is judged before the resource is looked for: 400 comes before 404.
        let plan = Plan::new(&patch, seen, &shared.policy).map_err(ScimError::from)?;
        let targets = visit::targets(seen, policy, &patch);
        // What a member is that a path puts together is known when all is done.
        let joins = members_attribute(seen).is_some() && joins(&targets);
        let selects_reference = selects_reference(&targets);
        // Of members that are not seen as a whole, more than what is written may have to be put back.
        let delta = delta(&plan, seen, members)
            .filter(|_| sight.is_whole(MEMBERS) && shared.rules(schema).is_none() && !joins);
        drop(plan);
        let sealed = Sealed::patch(schema, &shared.policy, &mut patch, &*shared.hash).await?;
        let notes = Notes::default();
        let change = {
            let (shared, sight, notes) = (shared.clone(), sight.clone(), notes.clone());
            let (now, base_url) = (context.now, context.base_url.clone());
            move |current: &Stored, view: &dyn View| -> Result<Update, StoreError> {
                let Sight { schema, seen, .. } = &sight;
                let mut found = Vec::new();
                let mut patch = patch.clone();
                shared.settle_patch(seen, &mut patch, current, view, &mut found)?;
                let plan = Plan::new(&patch, seen, &shared.policy).map_err(ScimError::from)?;
                // The plan reaches what the client sees, and leaves the rest alone.
                let mut resource = current.complete(schema);
                if selects_reference {
                    add_references(&mut resource, schema, &shared.registry, &base_url);
                }
                let mut applied = plan.apply(&mut resource).map_err(ScimError::from)?;
                if selects_reference {
                    remove_references(&mut resource, schema, &shared.registry);
                    remove_from_changes(&mut applied.changes, schema, &shared.registry);
                }
                found.extend(applied.departures);
                let mut resource = storable(schema, resource);
                let mut changes = applied.changes;
                if !changes.is_empty() {
                    let before = current.resource();
                    if joins {
                        let id = Some(&*current.id);
                        shared.settle(seen, &mut resource, id, Some(before), view, &mut found)?;
                    }
                    let restored = sight.restore(&mut resource, before)?;
                    if joins || restored {
                        changes = scim_schema::changes(schema, before, &resource);
                    }
                }
                notes.set(found, shared.told(&changes));
                if changes.is_empty() {
                    return Ok(Update::Keep);
                }
                sealed.check(schema, &mut resource, current.resource())?;
                shared.judge(schema, &resource)?;
                let resource = Valid::assume(resource);
                let write = Write::new(current, schema, resource, changes, now);
                Ok(Update::Write(write))
            }
        };
        let scope = Scope::new(context.tenant.clone(), schema.clone());
        let store = &self.store;
        let stored = match &delta {
            Some(delta) => {
                store
                    .apply_delta(&scope, id, expected, delta, change)
                    .await?
            }
            None => store.update(&scope, id, expected, change).await?,
        };
        let found = notes.take();
        if !found.changes.is_empty() {
            shared.wrote(context, Action::Patch, schema, id, &found.changes);
        }
        departures.extend(found.departures);
        Ok(Written { stored, departures })
    }
}

impl Shared {
    /// Completes and judges the members that a PATCH writes.
    fn settle_patch(
        &self,
        schema: &ResourceSchema,
        patch: &mut PatchOp,
        current: &Stored,
        view: &dyn View,
        departures: &mut Vec<scim_core::Departure>,
    ) -> Result<(), StoreError> {
        if members_attribute(schema).is_none() {
            return Ok(());
        }
        let (id, stored) = (Some(&*current.id), Some(current.resource()));
        visit::patch(schema, &self.policy, patch, |op, attribute, value| {
            if attribute.name != *MEMBERS || op.eq_ignore_ascii_case("remove") {
                return Ok(());
            }
            references::settle_members(schema, value, id, stored, view, &self.policy, departures)
        })
    }
}

/// The members that a PATCH is about, if it is about nothing else.
fn delta(plan: &Plan<'_>, schema: &ResourceSchema, shown: usize) -> Option<Delta> {
    let delta = plan.value_delta()?;
    let members =
        members_attribute(schema).filter(|members| members.name == delta.attribute().name)?;
    // The changes of a write tell neither what no answer may show nor what has to be unique.
    let is_plain = |a: &Attribute| !a.is_hidden() && a.uniqueness == Uniqueness::None;
    let is_plain = is_plain(members) && members.sub_attributes.iter().all(is_plain);
    if !is_plain || delta.comparison() != Comparison::CaseExact {
        return None;
    }
    let ids = delta.values().iter().map(Value::as_str);
    Some(Delta::new(ids.collect::<Option<Vec<_>>>()?, shown))
}

/// Whether a PATCH writes to a part of the members: it may make one without showing it as a whole.
fn joins(targets: &[Target<'_, '_>]) -> bool {
    targets.iter().any(|target| {
        let Target { place, filter, .. } = target;
        let is_part = filter.is_some() || place.sub_attribute.is_some();
        is_part && place.attribute.name == *MEMBERS && !target.removes()
    })
}

/// Whether elements are selected by a `$ref`, which is computed and not stored (decision S06): in the value
/// filter of a path, or in the list beside a `remove` (decision P06).
fn selects_reference(targets: &[Target<'_, '_>]) -> bool {
    targets.iter().any(|target| {
        let mut compared = target.filter.iter().flat_map(Filter::attributes);
        compared.any(|path| path.attr().eq_ignore_ascii_case("$ref"))
            || target.removes() && target.value.is_some_and(holds_reference)
    })
}

fn holds_reference(value: &Value) -> bool {
    match value {
        Value::Object(object) => object
            .iter()
            .any(|(name, value)| *name == *"$ref" || holds_reference(value)),
        Value::Array(elements) => elements.iter().any(holds_reference),
        _ => false,
    }
}

/// The attributes that a PATCH names, in its paths and in the keys of its values.
fn written(targets: &[Target<'_, '_>]) -> Vec<AttrPath> {
    let mut paths = Vec::new();
    for Target { place, value, .. } in targets {
        paths.push(place.path());
        let subs = place.attribute.sub_attributes.iter();
        for sub in subs.filter(|_| place.sub_attribute.is_none()) {
            let names = |element: &Value| {
                let object = element.as_object();
                object.is_some_and(|object| object.get(sub.name.as_str()).is_some())
            };
            if value.is_some_and(|value| value.elements().any(names)) {
                paths.push(Place::new(place.extension, place.attribute, Some(sub)).path());
            }
        }
    }
    paths
}

/// The length of the longest list that an answer would carry.
fn longest_list(stored: &Stored, projection: &Projection) -> usize {
    let shown = |name: &str| projection.wants(name);
    let groups = match shown(GROUPS) {
        true => stored.groups.len(),
        false => 0,
    };
    let attributes = stored.resource().iter();
    let lists = attributes
        .filter(|(key, _)| shown(key.as_str()))
        .map(|(_, value)| match value {
            Value::Array(elements) => elements.len(),
            Value::Object(inner) => {
                let inside = inner.iter().filter_map(|(_, value)| value.as_array());
                inside.map(<[Value]>::len).max().unwrap_or_default()
            }
            _ => 0,
        });
    lists.max().unwrap_or_default().max(groups)
}
