//! A PATCH carried out the plain way: on a copy, whole values at a time, without plan, index or log,
//! by the sentences of RFC 7644 §3.5.2 and of the decisions P01 to P34.
//!
//! Whether a value fits its attribute is asked of scim-schema, whether a filter selects an element of
//! scim-filter; both have tests of their own.

mod judge;
mod listed;
mod lists;
mod values;

use std::collections::HashSet;

use scim_core::{
    Attribute, Mutability, Object, PatchOp, Place, Policy, ReplaceComplex, ResolveErrorKind,
    Resolved, Resource, ResourceSchema, Schema, ScimType, Unknown, Value,
};
use scim_filter::{ElementFilter, Parser, Path};

pub(crate) type Outcome<T = ()> = Result<T, ScimType>;

/// The resource after the PATCH, or the keyword of the first thing that is wrong.
pub(crate) fn apply(
    before: &Resource,
    patch: &PatchOp,
    schema: &ResourceSchema,
    policy: &Policy,
) -> Outcome<Resource> {
    let mut naive = Naive {
        schema,
        policy,
        now: judge::tagged(before),
        removed: HashSet::new(),
    };
    if patch.operations.is_empty() {
        return Err(ScimType::InvalidSyntax);
    }
    for operation in &patch.operations {
        let verb = naive.verb(&operation.op)?;
        match &operation.path {
            None => naive.pathless(verb, operation.value.clone())?,
            Some(path) => {
                let path = Parser::new().policy(policy).parse_path(path);
                let path = path.map_err(|error| error.scim_type())?.into_inner();
                naive.at(verb, &path, operation.value.clone())?;
            }
        }
        naive.tidy();
    }
    naive.finish(before)
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Verb {
    Add,
    Remove,
    Replace,
}

struct Naive<'a> {
    schema: &'a ResourceSchema,
    policy: &'a Policy,
    now: Resource,
    /// Extensions that were removed as a whole (P21).
    removed: HashSet<String>,
}

/// An attribute, which of its elements, and which sub-attribute.
struct Target<'t, 'a> {
    extension: Option<&'a Schema>,
    attribute: &'a Attribute,
    filter: Option<&'t ElementFilter>,
    sub: Option<&'a Attribute>,
}

impl<'a> Naive<'a> {
    fn verb(&self, op: &str) -> Outcome<Verb> {
        let folded = match self.policy.op_case_insensitive {
            true => op.to_ascii_lowercase(),
            false => op.to_owned(),
        };
        match folded.as_str() {
            "add" => Ok(Verb::Add),
            "remove" => Ok(Verb::Remove),
            "replace" => Ok(Verb::Replace),
            _ => Err(ScimType::InvalidValue),
        }
    }

    /// P33.
    fn unknown(&self, how: Unknown, keyword: ScimType) -> Outcome {
        match (how, self.policy.unknown_in_patch_is_syntax) {
            (Unknown::Drop, _) => Ok(()),
            (_, true) => Err(ScimType::InvalidSyntax),
            (_, false) => Err(keyword),
        }
    }

    fn unresolved(&self, kind: ResolveErrorKind, keyword: ScimType) -> Outcome {
        let how = match kind {
            ResolveErrorKind::UnknownSchema => self.policy.unknown_schema_uris,
            _ => self.policy.unknown_attributes,
        };
        self.unknown(how, keyword)
    }

    fn at(&mut self, verb: Verb, path: &Path, value: Option<Value>) -> Outcome {
        let plain = path.filter.is_none() && path.sub.is_none();
        match self.schema.resolve(&path.attr, self.policy) {
            Err(error) => self.unresolved(error.kind(), ScimType::InvalidPath),
            Ok(Resolved::Attribute(found)) => {
                if is_read_only(&found) {
                    return Err(ScimType::Mutability);
                }
                self.write_at(verb, &found, path, value)
            }
            Ok(_) if !plain => Err(ScimType::InvalidPath),
            Ok(Resolved::Resource) => self.pathless(verb, value),
            Ok(Resolved::Extension(extension)) => self.extension(verb, extension, value),
        }
    }

    /// P05, P09.
    fn pathless(&mut self, verb: Verb, value: Option<Value>) -> Outcome {
        if !self.policy.pathless_patch {
            return Err(ScimType::InvalidSyntax);
        }
        if verb == Verb::Remove {
            return Err(ScimType::NoTarget);
        }
        let object = match value {
            Some(Value::Object(object)) => object,
            Some(Value::Null) if verb == Verb::Add => return Ok(()),
            _ => return Err(ScimType::InvalidValue),
        };
        for (key, value) in object {
            let Ok(path) = Parser::new().policy(self.policy).parse_path(key.as_str()) else {
                self.unknown(self.policy.unknown_attributes, ScimType::InvalidValue)?;
                continue;
            };
            let path = path.into_inner();
            if path.filter.is_some() && !self.policy.filter_in_value_key {
                return Err(ScimType::InvalidValue);
            }
            match self.schema.resolve(&path.attr, self.policy) {
                Err(error) => self.unresolved(error.kind(), ScimType::InvalidValue)?,
                Ok(Resolved::Resource) => self.pathless(verb, Some(value))?,
                Ok(Resolved::Extension(extension)) => {
                    self.extension(verb, extension, Some(value))?;
                }
                Ok(Resolved::Attribute(found)) => {
                    let name = &found.attribute.name;
                    let computed = *name == *"schemas" || *name == *"meta";
                    if found.extension.is_none() && computed {
                        continue;
                    }
                    self.key(verb, &found, &path, value)?;
                }
            }
        }
        Ok(())
    }

    /// P23.
    fn extension(&mut self, verb: Verb, extension: &'a Schema, value: Option<Value>) -> Outcome {
        let object = match (verb, value) {
            (Verb::Remove, None | Some(Value::Null)) | (Verb::Replace, Some(Value::Null)) => {
                self.remove(extension);
                return Ok(());
            }
            (Verb::Add, Some(Value::Null)) => return Ok(()),
            (Verb::Add | Verb::Replace, Some(Value::Object(object))) => object,
            _ => return Err(ScimType::InvalidValue),
        };
        if verb == Verb::Replace && self.policy.replace_complex == ReplaceComplex::Whole {
            if !Value::from(object.clone()).has_content() {
                self.remove(extension);
            }
            for attribute in &extension.attributes {
                let named = object.get(attribute.name.as_str()).is_some();
                if !named && attribute.mutability != Mutability::ReadOnly {
                    self.take(Some(extension), attribute);
                }
            }
        }
        for (key, value) in object {
            let (name, below) = match key.as_str().split_once('.') {
                Some((name, below)) if self.policy.pathless_patch => (name, Some(below)),
                _ => (key.as_str(), None),
            };
            let attribute = extension.attribute(name);
            let sub = attribute
                .zip(below)
                .map(|(a, below)| a.sub_attribute(below));
            match (attribute, sub) {
                (None, _) | (_, Some(None)) => {
                    self.unknown(self.policy.unknown_attributes, ScimType::InvalidValue)?;
                }
                (Some(attribute), sub) => {
                    let found = Place::new(Some(extension), attribute, sub.flatten());
                    let path = Path::from(found.path());
                    self.key(verb, &found, &path, value)?;
                }
            }
        }
        Ok(())
    }

    /// A key inside a value: as its path would be, but for readOnly ones (P20).
    fn key(&mut self, verb: Verb, found: &Place<'a>, path: &Path, value: Value) -> Outcome {
        if !is_read_only(found) {
            return self.write_at(verb, found, path, Some(value));
        }
        if self.policy.ignore_readonly_in_patch_value {
            return Ok(());
        }
        let current = self.container(found.extension);
        let current = current.and_then(|object| object.get(found.attribute.name.as_str()));
        let current = match found.sub_attribute {
            None => current,
            Some(sub) => current
                .and_then(Value::as_object)
                .and_then(|object| object.get(sub.name.as_str())),
        };
        let current = current.map(|value| match value {
            Value::Array(elements) => elements
                .iter()
                .map(judge::untagged)
                .collect::<Vec<_>>()
                .into(),
            value => value.clone(),
        });
        values::expect(found.definition(), current.as_ref(), &value)
    }

    fn write_at(
        &mut self,
        verb: Verb,
        found: &Place<'a>,
        path: &Path,
        value: Option<Value>,
    ) -> Outcome {
        let attribute = found.attribute;
        let mut sub = found.sub_attribute;
        let mut checked = None;
        if let Some(filter) = &path.filter {
            let selectable =
                attribute.multi_valued && sub.is_none() && !(path.short && attribute.is_complex());
            if !selectable {
                return Err(ScimType::InvalidPath);
            }
            let filter = ElementFilter::check(filter, attribute, self.policy);
            checked = Some(filter.map_err(|error| error.scim_type())?);
            if let Some(name) = &path.sub {
                sub = attribute.sub_attribute(name.as_str());
                if sub.is_none() {
                    return self.unknown(self.policy.unknown_attributes, ScimType::InvalidPath);
                }
            }
        }
        if sub.is_some_and(|sub| sub.mutability == Mutability::ReadOnly) {
            return Err(ScimType::Mutability);
        }
        let target = Target {
            extension: found.extension,
            attribute,
            filter: checked.as_ref(),
            sub,
        };
        if found.extension.is_none() && attribute.name == *"schemas" {
            return self.schemas(verb, &target, value);
        }
        let listed = match (verb, value) {
            (Verb::Remove, None | Some(Value::Null)) => None,
            (Verb::Remove, Some(value)) => {
                let plain = target.filter.is_none() && sub.is_none() && attribute.multi_valued;
                if !(plain && self.policy.remove_with_value) {
                    return Err(ScimType::InvalidValue);
                }
                Some(value)
            }
            (_, None) => return Err(ScimType::InvalidValue),
            (_, value) => value,
        };
        let slot = self.take(target.extension, attribute);
        let written = match attribute.multi_valued {
            true => self.write_list(verb, &target, slot, listed)?,
            false => self.write_singular(verb, &target, slot, listed)?,
        };
        if let Some(written) = written {
            let name = attribute.name.as_str();
            self.container_mut(target.extension).insert(name, written);
        }
        Ok(())
    }

    /// P22.
    fn schemas(&mut self, verb: Verb, target: &Target<'_, 'a>, value: Option<Value>) -> Outcome {
        let value = value.filter(|value| *value != Value::Null || verb != Verb::Remove);
        let mut uris = Vec::new();
        match (&value, verb) {
            (None, Verb::Remove) => {}
            (None, _) => return Err(ScimType::InvalidValue),
            (Some(_), Verb::Remove)
                if !self.policy.remove_with_value || target.filter.is_some() =>
            {
                return Err(ScimType::InvalidValue);
            }
            (Some(value), _) => {
                let is_list = matches!(value, Value::Array(_) | Value::Null);
                if self.policy.multi_value_needs_array && target.filter.is_none() && !is_list {
                    return Err(ScimType::InvalidValue);
                }
                for element in value.elements() {
                    let uri = element.as_str().ok_or(ScimType::InvalidValue)?;
                    let known = self.schema.has_schema(uri);
                    if !known && self.policy.unknown_schema_uris == Unknown::Reject {
                        return Err(ScimType::InvalidValue);
                    }
                    uris.push(uri.to_ascii_lowercase());
                }
            }
        }
        let goes = |uri: &str| {
            let listed = uris.contains(&uri.to_ascii_lowercase());
            match (verb, target.filter) {
                (Verb::Add, _) => false,
                (_, Some(filter)) => filter.matches(&uri.into()),
                (Verb::Remove, None) if value.is_some() => listed,
                (Verb::Remove, None) => true,
                (Verb::Replace, None) => !listed,
            }
        };
        if goes(self.schema.base().id.as_str()) {
            return Err(ScimType::Mutability);
        }
        for extension in self.schema.extensions() {
            if !goes(extension.schema.id.as_str()) {
                continue;
            }
            if extension.required {
                return Err(ScimType::Mutability);
            }
            self.extension(Verb::Remove, &extension.schema, None)?;
        }
        Ok(())
    }

    fn container(&self, extension: Option<&Schema>) -> Option<&Object> {
        match extension {
            None => Some(&self.now),
            Some(schema) => self.now.get(schema.id.as_str())?.as_object(),
        }
    }

    fn container_mut(&mut self, extension: Option<&Schema>) -> &mut Object {
        let Some(schema) = extension else {
            return &mut self.now;
        };
        let uri = schema.id.as_str();
        if self.now.get(uri).is_none() {
            self.now.insert(uri, Object::new());
        }
        self.now.get_mut(uri).unwrap().as_object_mut().unwrap()
    }

    /// Takes the value of an attribute out.
    fn take(&mut self, extension: Option<&Schema>, attribute: &Attribute) -> Option<Value> {
        self.container(extension)?;
        self.container_mut(extension)
            .remove(attribute.name.as_str())
    }

    /// What is readOnly waits for the end (P20).
    fn remove(&mut self, extension: &'a Schema) {
        for attribute in &extension.attributes {
            if attribute.mutability != Mutability::ReadOnly {
                self.take(Some(extension), attribute);
            }
        }
        self.removed.insert(extension.id.to_string());
    }

    /// What holds nothing is unassigned (RFC 7643 §2.5, P24, P26).
    fn tidy(&mut self) {
        fn tidy(object: &mut Object) {
            object.retain(|_, value| {
                match value {
                    Value::Array(elements) => elements.retain_mut(|element| {
                        element.as_object_mut().is_none_or(|object| {
                            tidy(object);
                            object.iter().any(|(name, _)| *name.as_str() != *judge::TAG)
                        })
                    }),
                    Value::Object(object) => tidy(object),
                    _ => {}
                }
                value.has_content()
            });
        }
        tidy(&mut self.now);
    }
}

fn is_read_only(found: &Place<'_>) -> bool {
    found.attribute.mutability == Mutability::ReadOnly
        || found.definition().mutability == Mutability::ReadOnly
}
