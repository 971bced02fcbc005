//! From the operations of a message to the steps of a plan.

mod pathless;
mod schemas;

use scim_core::{
    Attribute, Departure, Mutability, PatchOperation, Place, Policy, ReplaceComplex,
    ResolveErrorKind, Resolved, ResourceSchema, Schema, ScimType, Tolerance, Unknown, Value,
    quoted,
};
use scim_filter::{Parsed, Parser, Path};
use scim_schema::{Site, ValidationLimits};

use crate::PatchError;
use crate::action::{Action, Step, Target, Verb};
use crate::given::Given;
use crate::journal::Slot;

/// `add`, `remove` or `replace`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Op {
    Add,
    Remove,
    Replace,
}

/// Turns operations into steps.
pub(crate) struct Planner<'s, 'p> {
    pub(crate) schema: &'s ResourceSchema,
    pub(crate) policy: &'p Policy,
    pub(crate) limits: ValidationLimits,
    operation: usize,
    pub(crate) steps: Vec<Step<'s>>,
    pub(crate) departures: Vec<Departure>,
}

type Done = Result<(), PatchError>;

impl<'s, 'p> Planner<'s, 'p> {
    pub(crate) fn new(
        schema: &'s ResourceSchema,
        policy: &'p Policy,
        limits: ValidationLimits,
    ) -> Self {
        Self {
            schema,
            policy,
            limits,
            operation: 0,
            steps: Vec::new(),
            departures: Vec::new(),
        }
    }

    /// Adds the steps of one operation.
    pub(crate) fn plan(&mut self, index: usize, operation: &PatchOperation) -> Done {
        self.operation = index;
        let operations = Site::at("/Operations", None);
        let site = operations.index(index);
        let op = self.op(&operation.op, &site.name("op"))?;
        let value = operation.value.as_ref();
        let Some(path) = operation.path.as_deref() else {
            return self.pathless(op, value, None, &site.name("value"));
        };
        let path = Parser::new().policy(self.policy).parse_path(path)?;
        self.tolerated_in_path(path.departures(), &site.name("path"));
        self.at_path(op, &path, value, &site)
    }

    /// E05.
    fn op(&mut self, text: &str, site: &Site<'_>) -> Result<Op, PatchError> {
        let known = [
            ("add", Op::Add),
            ("remove", Op::Remove),
            ("replace", Op::Replace),
        ];
        if let Some((_, op)) = known.into_iter().find(|(name, _)| *name == text) {
            return Ok(op);
        }
        let folded = known
            .into_iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(text));
        match folded.filter(|_| self.policy.op_case_insensitive) {
            Some((name, op)) => {
                let detail = format!("{} read as `{name}`", quoted(text));
                self.depart(Tolerance::OpCaseInsensitive, site, detail);
                Ok(op)
            }
            None => Err(PatchError::new(
                ScimType::InvalidValue,
                format!(
                    "{} is not one of `add`, `remove` and `replace`",
                    quoted(text)
                ),
            )),
        }
    }

    /// P33: the keyword for something unknown.
    pub(crate) fn unknown_keyword(&self, usual: ScimType) -> ScimType {
        match self.policy.unknown_in_patch_is_syntax {
            true => ScimType::InvalidSyntax,
            false => usual,
        }
    }

    /// `site` is that of the operation.
    fn at_path(
        &mut self,
        op: Op,
        path: &Parsed<Path>,
        value: Option<&Value>,
        site: &Site<'_>,
    ) -> Done {
        let (in_path, in_value) = (site.name("path"), site.name("value"));
        let found = match self.schema.resolve(&path.attr, self.policy) {
            Ok(found) => found,
            Err(error) => {
                let unknown = match error.kind() {
                    ResolveErrorKind::UnknownSchema => self.policy.unknown_schema_uris,
                    _ => self.policy.unknown_attributes,
                };
                if unknown == Unknown::Reject {
                    let keyword = self.unknown_keyword(ScimType::InvalidPath);
                    let error = PatchError::new(keyword, error.to_string());
                    return Err(error.in_path(Some(path.attr_span())));
                }
                let detail = format!("operation left out: {error}");
                self.depart(Tolerance::UnknownAttributes, &in_path, detail);
                return Ok(());
            }
        };
        match found {
            Resolved::Attribute(found) => {
                self.tolerated(&found, &in_path);
                if is_read_only(&found) {
                    let detail = format!("`{}` is readOnly", found.path());
                    let error = PatchError::new(ScimType::Mutability, detail);
                    return Err(error.in_path(Some(path.attr_span())));
                }
                let Some(target) = self.target(&found, Some(path), &in_path)? else {
                    return Ok(());
                };
                self.write_or_remove(op, &found, target, value, &in_value)
            }
            _ if path.filter.is_some() || path.sub.is_some() => {
                let detail = format!("`{}` is a schema and has no elements", path.attr);
                let error = PatchError::new(ScimType::InvalidPath, detail);
                Err(error.in_path(Some(path.attr_span())))
            }
            Resolved::Resource => self.pathless(op, value, None, &in_value),
            Resolved::Extension(extension) if op == Op::Remove => {
                self.no_value_beside_remove(value)?;
                self.remove_extension(Some(extension))
            }
            Resolved::Extension(extension) => self.pathless(op, value, Some(extension), &in_value),
        }
    }

    /// An operation on an attribute whose name is known and which may be written.
    fn write_or_remove(
        &mut self,
        op: Op,
        found: &Place<'s>,
        target: Target<'s>,
        value: Option<&Value>,
        site: &Site<'_>,
    ) -> Done {
        let is_schemas = found.extension.is_none() && found.attribute.name == *"schemas";
        if op == Op::Remove {
            return match is_schemas {
                true => self.remove_schemas(target, value, site),
                false => self.remove(target, value, site),
            };
        }
        let Some(value) = value else {
            return fail(ScimType::InvalidValue, "`add` and `replace` need a `value`");
        };
        if is_schemas {
            return self.write_schemas(op, target, value, site);
        }
        let interop_refuses =
            target.filter.is_some() && target.sub.is_none() && !self.policy.value_path_without_sub;
        if interop_refuses {
            return fail(
                ScimType::InvalidPath,
                "the path needs a sub-attribute after its filter",
            );
        }
        let verb = match op {
            Op::Add => Verb::Add,
            _ => Verb::Replace {
                whole: self.policy.replace_complex == ReplaceComplex::Whole
                    && target.filter.is_none(),
            },
        };
        let given = Given::read(self, &target, value.clone(), verb, site)?;
        let action = match given {
            Given::Unassigned if op == Op::Add => return Ok(()),
            Given::Unassigned | Given::Removed => Action::Remove { target },
            Given::Value(value) => Action::Set {
                target,
                value,
                verb,
            },
            Given::Fields(fields) => Action::Merge {
                target,
                fields,
                verb,
            },
            Given::Elements(elements) if op == Op::Add => Action::Add {
                list: target.slot,
                elements,
            },
            Given::Elements(elements) => Action::Replace {
                list: target.slot,
                elements,
            },
        };
        self.push(action);
        Ok(())
    }

    /// The attribute, its filter checked, its sub-attribute found; `None` if the policy leaves out an
    /// operation on an unknown one (P33).
    fn target(
        &mut self,
        found: &Place<'s>,
        path: Option<&Parsed<Path>>,
        site: &Site<'_>,
    ) -> Result<Option<Target<'s>>, PatchError> {
        let slot = Slot::attribute(found.extension, found.attribute);
        let Some((path, filter)) = path.and_then(|path| Some((path, path.filter.as_ref()?))) else {
            return Ok(Some(Target {
                slot,
                filter: None,
                terms: 1,
                sub: found.sub_attribute,
            }));
        };
        let selectable = found.attribute.multi_valued
            && found.sub_attribute.is_none()
            && !(path.short && found.attribute.is_complex());
        if !selectable {
            let detail = format!("`{}` has no elements to select", found.path());
            let error = PatchError::new(ScimType::InvalidPath, detail);
            return Err(error.in_path(Some(path.attr_span())));
        }
        let checked = path.check_filter(found.attribute, self.policy)?;
        if let Some(checked) = &checked {
            self.tolerated_in_path(checked.departures(), site);
        }
        let sub = match &path.sub {
            None => None,
            Some(name) => match found.attribute.sub_attribute(name.as_str()) {
                Some(sub) if sub.mutability == Mutability::ReadOnly => {
                    let detail = format!("`{}.{}` is readOnly", found.attribute.name, sub.name);
                    let error = PatchError::new(ScimType::Mutability, detail);
                    return Err(error.in_path(Some(path.sub_span())));
                }
                Some(sub) => Some(sub),
                None => {
                    let unknown =
                        format!("unknown sub-attribute `{}.{name}`", found.attribute.name);
                    if self.policy.unknown_attributes == Unknown::Reject {
                        let keyword = self.unknown_keyword(ScimType::InvalidPath);
                        let error = PatchError::new(keyword, unknown);
                        return Err(error.in_path(Some(path.sub_span())));
                    }
                    let detail = format!("operation left out: {unknown}");
                    self.depart(Tolerance::UnknownAttributes, site, detail);
                    return Ok(None);
                }
            },
        };
        Ok(Some(Target {
            slot,
            filter: checked,
            terms: filter.leaves().count(),
            sub,
        }))
    }

    fn remove(&mut self, target: Target<'s>, value: Option<&Value>, site: &Site<'_>) -> Done {
        let Some(value) = value.filter(|value| **value != Value::Null) else {
            self.push(Action::Remove { target });
            return Ok(());
        };
        let attribute = self.listable(&target)?;
        let listed = Given::listed(self, target.slot, attribute, value.clone(), site)?;
        let detail = "removed the listed values alone";
        self.depart(Tolerance::RemoveWithValue, site, detail);
        self.push(Action::RemoveListed {
            list: target.slot,
            listed,
        });
        Ok(())
    }

    /// P06: `remove` with a value is for an unfiltered multi-valued attribute, if the policy allows.
    fn listable(&self, target: &Target<'s>) -> Result<&'s Attribute, PatchError> {
        if self.policy.remove_with_value
            && target.filter.is_none()
            && target.sub.is_none()
            && let Some(attribute) = target.slot.attribute.filter(|a| a.multi_valued)
        {
            return Ok(attribute);
        }
        Err(PatchError::new(
            ScimType::InvalidValue,
            "`remove` takes no `value`",
        ))
    }

    fn no_value_beside_remove(&self, value: Option<&Value>) -> Done {
        match value {
            None | Some(Value::Null) => Ok(()),
            Some(_) => fail(ScimType::InvalidValue, "`remove` takes no `value`"),
        }
    }

    fn remove_extension(&mut self, extension: Option<&'s Schema>) -> Done {
        if let Some(extension) = extension {
            self.push(Action::RemoveExtension(extension));
        }
        Ok(())
    }

    fn push(&mut self, action: Action<'s>) {
        self.steps.push(Step {
            operation: self.operation,
            action,
        });
    }

    fn tolerated(&mut self, found: &Place<'s>, site: &Site<'_>) {
        if let Some(tolerance) = found.tolerance {
            let detail = format!("read as `{}`", found.path());
            self.depart(tolerance, site, detail);
        }
    }

    fn tolerated_in_path(&mut self, departures: &[Departure], site: &Site<'_>) {
        for departure in departures {
            self.depart(departure.tolerance, site, departure.detail.clone());
        }
    }

    pub(crate) fn depart(
        &mut self,
        tolerance: Tolerance,
        site: &Site<'_>,
        detail: impl Into<String>,
    ) {
        self.departures
            .push(Departure::new(tolerance, site.pointer(), detail));
    }
}

fn is_read_only(found: &Place<'_>) -> bool {
    found.attribute.mutability == Mutability::ReadOnly
        || found.definition().mutability == Mutability::ReadOnly
}

fn fail<T>(scim_type: ScimType, detail: impl Into<String>) -> Result<T, PatchError> {
    Err(PatchError::new(scim_type, detail))
}
