//! Carrying out the actions of a plan, one after the other, each on the result of the last.

mod elements;
mod lists;
mod write;

use scim_core::{
    Attribute, Departure, Mutability, Policy, Resource, ResourceSchema, Schema, ScimType, Value,
};
use scim_schema::ValidationLimits;

use crate::action::{Action, SchemasAction, Step, Target};
use crate::equal::expect;
use crate::journal::{Editor, Slot};
use crate::lookup::Lookups;
use crate::{PatchError, Plan};

/// The state of a PATCH under way.
pub(crate) struct Run<'r, 's, 'p> {
    pub(crate) editor: Editor<'r, 's>,
    schema: &'s ResourceSchema,
    policy: &'p Policy,
    limits: ValidationLimits,
    lookups: Lookups<'p, 's>,
    budget: Budget,
    /// Extensions that an operation removed as a whole, and which (P21).
    pub(crate) removed: Vec<(&'s Schema, usize)>,
    pub(crate) departures: Vec<Departure>,
    operation: usize,
}

type Done = Result<(), PatchError>;

/// Comparisons with elements: counted, since they grow with the elements, so that no request holds the
/// store for long.
struct Budget {
    spent: usize,
    limit: usize,
}

impl Budget {
    fn spend(&mut self, comparisons: usize) -> Done {
        self.spent = self.spent.saturating_add(comparisons);
        if self.spent <= self.limit {
            return Ok(());
        }
        let detail = format!(
            "the operations would take more than {} comparisons with elements",
            self.limit
        );
        Err(PatchError::new(ScimType::InvalidValue, detail))
    }
}

impl<'r, 's, 'p> Run<'r, 's, 'p> {
    pub(crate) fn new(resource: &'r mut Resource, plan: &'p Plan<'s>) -> Self {
        Self {
            editor: Editor::new(resource, plan.steps.len()),
            schema: plan.schema,
            policy: &plan.policy,
            limits: plan.limits.values,
            lookups: Lookups::new(plan),
            budget: Budget {
                spent: 0,
                limit: plan.limits.comparisons,
            },
            removed: Vec::new(),
            departures: Vec::new(),
            operation: 0,
        }
    }

    pub(crate) fn step(&mut self, step: &Step<'s>) -> Done {
        self.operation = step.operation;
        self.editor.begin(step.operation);
        self.act(&step.action)
            .map_err(|error| error.in_operation(step.operation))
    }

    fn act(&mut self, action: &Action<'s>) -> Done {
        match action {
            Action::Set {
                target,
                value,
                verb,
            } => self.set(target, value, *verb),
            Action::Merge {
                target,
                fields,
                verb,
            } => self.merge(target, fields, *verb),
            Action::Add { list, elements } => self.add(*list, elements),
            Action::Replace { list, elements } => self.replace(*list, elements),
            Action::Remove { target } => self.remove(target),
            Action::RemoveListed { list, listed } => self.remove_listed(*list, listed),
            Action::RemoveExtension(extension) => {
                self.remove_extension(extension);
                Ok(())
            }
            Action::ClearExtension { extension, keep } => {
                for attribute in writable(extension) {
                    if !keep.iter().any(|kept| std::ptr::eq(*kept, attribute)) {
                        self.unassign(Slot::attribute(Some(extension), attribute));
                    }
                }
                Ok(())
            }
            Action::Expect { slot, value } => match slot.sub.or(slot.attribute) {
                Some(attribute) => expect(self.editor.get(*slot), value, attribute),
                None => Ok(()),
            },
            Action::Schemas(action) => self.schemas(action),
        }
    }

    fn remove(&mut self, target: &Target<'s>) -> Done {
        let multi_valued = target.slot.attribute.is_some_and(|a| a.multi_valued);
        if !multi_valued {
            match target.sub {
                Some(sub) => self.write_field(target.slot, target.slot.sub(sub), Value::Null),
                None => self.unassign(target.slot),
            }
            return Ok(());
        }
        if target.filter.is_none() && target.sub.is_none() {
            self.unassign(target.slot);
            return Ok(());
        }
        let positions = self.select(target)?;
        for position in positions {
            match target.sub {
                None => self.take(target.slot, position),
                Some(sub) => self.edit_element(target.slot, position, |run| {
                    let element = target.slot.element(position);
                    run.write_field(element, element.sub(sub), Value::Null);
                }),
            }
        }
        Ok(())
    }

    fn remove_extension(&mut self, extension: &'s Schema) {
        for attribute in writable(extension) {
            self.unassign(Slot::attribute(Some(extension), attribute));
        }
        self.removed.push((extension, self.operation));
    }

    /// What is readOnly goes with an extension that was removed, unless a later operation brought it
    /// back (P20).
    pub(crate) fn settle_removed(&mut self) {
        for (extension, operation) in std::mem::take(&mut self.removed) {
            let held = |attribute: &Attribute| {
                let slot = Slot::attribute(Some(extension), attribute);
                self.editor.get(slot).is_some_and(Value::has_content)
            };
            if !writable(extension).any(held) {
                self.editor.begin(operation);
                for attribute in &extension.attributes {
                    self.unassign(Slot::attribute(Some(extension), attribute));
                }
            }
            self.removed.push((extension, operation));
        }
    }

    /// Unassigns a whole attribute: its sub-attributes one by one, its list at once.
    fn unassign(&mut self, slot: Slot<'s>) {
        let Some(attribute) = slot.attribute else {
            return;
        };
        if attribute.multi_valued {
            if self.editor.elements(slot).iter().any(Value::is_assigned) {
                self.lookups.forget(slot);
                self.editor.set(slot, Value::Array(Vec::new()));
            }
        } else if attribute.is_complex() {
            for sub in &attribute.sub_attributes {
                self.editor.unset(slot.sub(sub));
            }
        } else {
            self.editor.unset(slot);
        }
    }

    fn schemas(&mut self, action: &SchemasAction) -> Done {
        let base = self.schema.base().id.as_str();
        let goes = |uri: &str| match action {
            SchemasAction::Remove(None) => true,
            SchemasAction::Remove(Some(filter)) => filter.matches(&uri.into()),
            SchemasAction::Keep(kept) => !kept.iter().any(|kept| kept.eq_ignore_ascii_case(uri)),
            SchemasAction::RemoveListed(gone) => {
                gone.iter().any(|gone| gone.eq_ignore_ascii_case(uri))
            }
        };
        if goes(base) {
            return Err(PatchError::new(
                ScimType::Mutability,
                "the URI of the base schema cannot leave `schemas`",
            ));
        }
        for extension in self.schema.extensions() {
            if !goes(extension.schema.id.as_str()) {
                continue;
            }
            if extension.required {
                return Err(PatchError::new(
                    ScimType::Mutability,
                    format!("the extension `{}` is required", extension.schema.id),
                ));
            }
            self.remove_extension(&extension.schema);
        }
        Ok(())
    }
}

fn writable(extension: &Schema) -> impl Iterator<Item = &Attribute> {
    let attributes = extension.attributes.iter();
    attributes.filter(|attribute| attribute.mutability != Mutability::ReadOnly)
}
