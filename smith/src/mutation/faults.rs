//! Every way in which one rule can be broken in a valid resource.

use scim_core::{
    AttrType, Attribute, Mutability, Object, Resource, ResourceSchema, Value, same_element,
};
use scim_schema::{Operation, Rule};

use super::{Fault, Mutation};
use crate::Source;
use crate::resource::{beside_value, leads_to_resources, whole};

/// A step on the way to a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Name(String),
    Index(usize),
}

/// The faults that are known so far.
pub(super) struct Faults<'a> {
    schema: &'a ResourceSchema,
    resource: &'a Resource,
    faults: Vec<Fault>,
}

/// An object, and where it is.
struct At<'a> {
    path: Vec<Step>,
    object: &'a Object,
    /// The complex attribute whose value it is.
    parent: Option<&'a Attribute>,
}

impl At<'_> {
    fn path(&self, name: impl ToString) -> Vec<Step> {
        below(&self.path, Step::Name(name.to_string()))
    }
}

fn below(path: &[Step], step: Step) -> Vec<Step> {
    path.iter().cloned().chain([step]).collect()
}

impl<'a> Faults<'a> {
    pub(super) fn new(schema: &'a ResourceSchema, resource: &'a Resource) -> Self {
        Self {
            schema,
            resource,
            faults: Vec::new(),
        }
    }

    /// One of the faults, made in the resource.
    pub(super) fn pick(
        mut self,
        source: &mut Source<'_>,
        operation: Operation,
        current: Option<Resource>,
    ) -> Option<Mutation> {
        // Some rules can be broken in many places, some in few: the rule is chosen first.
        let mut rules: Vec<Rule> = self.faults.iter().map(|fault| fault.rule).collect();
        rules.sort_by_key(|rule| rule.as_str());
        rules.dedup();
        if rules.is_empty() {
            return None;
        }
        let rule = *source.pick(&rules);
        self.faults.retain(|fault| fault.rule == rule);
        let fault = self.faults.swap_remove(source.below(self.faults.len()));
        Some(Mutation {
            operation,
            current,
            rule: fault.rule,
            pointer: fault.pointer.clone(),
            body: fault.apply(self.resource),
        })
    }

    /// Faults of `schemas` in a body.
    pub(super) fn of_schemas(&mut self) {
        let schemas = vec![Step::Name("schemas".into())];
        let count = self.resource.schemas().count();
        let behind = below(&schemas, Step::Index(count));
        self.set(
            Rule::Schemas,
            behind.clone(),
            Value::from("urn:example:unknown"),
        );
        self.set(Rule::Type, behind, Value::from(7));
        let base = self.schema.base().id.as_str();
        self.set(Rule::Multiplicity, schemas.clone(), Value::from(base));
        if let Some(at) = self.resource.schemas().position(|uri| uri == base) {
            let at = below(&schemas, Step::Index(at));
            self.push(Rule::Schemas, "/schemas".into(), vec![(at, None)]);
        }
        self.push(Rule::Schemas, "/schemas".into(), vec![(schemas, None)]);
    }

    /// Faults of what a client writes.
    pub(super) fn of_values(&mut self) {
        let top = At {
            path: Vec::new(),
            object: self.resource,
            parent: None,
        };
        let definitions: Vec<_> = self.schema.attributes().iter().collect();
        self.object(&top, &definitions, false);
        for name in ["userName", "externalId"] {
            let is_text = |a: &&Attribute| a.attr_type == AttrType::String && !a.multi_valued;
            let definition = self.schema.attribute(name).filter(is_text);
            if definition.is_some() && self.resource.get(name).is_some() {
                self.set(Rule::Required, top.path(name), Value::from(""));
            }
        }
        for extension in self.schema.extensions() {
            let uri = extension.schema.id.as_str();
            let Some(value) = self.resource.get(uri) else {
                continue;
            };
            self.set(Rule::Type, top.path(uri), Value::from(true));
            if let Some(object) = value.as_object() {
                let at = At {
                    path: top.path(uri),
                    object,
                    parent: None,
                };
                let definitions: Vec<_> = extension.schema.attributes.iter().collect();
                self.object(&at, &definitions, !extension.required);
            }
        }
    }

    /// Faults of what cannot be changed: simple attributes with that mutability, and another value.
    pub(super) fn fixed(&mut self, mutability: Mutability) {
        let mut objects: Vec<(Vec<Step>, &Object, Vec<&Attribute>)> = vec![(
            Vec::new(),
            self.resource,
            self.schema.attributes().iter().collect(),
        )];
        for extension in self.schema.extensions() {
            let uri = extension.schema.id.as_str();
            if let Some(object) = self.resource.get(uri).and_then(Value::as_object) {
                let attributes = extension.schema.attributes.iter().collect();
                objects.push((vec![Step::Name(uri.into())], object, attributes));
            }
        }
        for (path, object, definitions) in objects {
            let fixed = definitions.into_iter().filter(|definition| {
                definition.mutability == mutability
                    && !definition.multi_valued
                    && definition.name != *"schemas"
            });
            for definition in fixed {
                if let Some(old) = object.get(definition.name.as_str())
                    && let Some(other) = another(definition, old)
                {
                    let at = below(&path, Step::Name(definition.name.to_string()));
                    self.set(Rule::Mutability, at, other);
                }
            }
        }
    }

    /// Faults of an answer: it shows what it must not, lacks its `id`, or lists too few schemas.
    pub(super) fn of_answers(&mut self, source: &mut Source<'_>) {
        self.remove(Rule::Required, vec![Step::Name("id".into())]);
        let top = At {
            path: Vec::new(),
            object: self.resource,
            parent: None,
        };
        self.shows(source, &top, self.schema.attributes().iter());
        for (index, uri) in self.resource.schemas().enumerate() {
            let at = vec![Step::Name("schemas".into()), Step::Index(index)];
            if self.resource.get(uri).is_some() || self.schema.base().id == *uri {
                self.push(Rule::Schemas, "/schemas".into(), vec![(at, None)]);
            }
        }
        for extension in self.schema.extensions() {
            let uri = extension.schema.id.as_str();
            if let Some(object) = self.resource.get(uri).and_then(Value::as_object) {
                let path = top.path(uri);
                let at = At {
                    path,
                    object,
                    parent: None,
                };
                self.shows(source, &at, extension.schema.attributes.iter());
            }
        }
    }

    fn shows<'d>(
        &mut self,
        source: &mut Source<'_>,
        at: &At<'_>,
        definitions: impl Iterator<Item = &'d Attribute>,
    ) {
        for definition in definitions {
            let value = at.object.get(definition.name.as_str());
            // A `$ref` has to agree with what stands beside it, shown or not.
            let agrees = ["value", "$ref", "type"]
                .iter()
                .any(|name| definition.name == **name)
                && at
                    .parent
                    .is_some_and(|parent| beside_value(parent).1.is_some());
            if definition.is_hidden() && agrees {
                continue;
            }
            if definition.is_hidden() {
                let value = whole(source, definition);
                // An empty list shows nothing.
                if value.is_assigned() {
                    self.set(Rule::Returned, at.path(&definition.name), value);
                }
            } else if let (Some(Value::Object(object)), None) = (value, at.parent) {
                let at = At {
                    path: at.path(&definition.name),
                    object,
                    parent: Some(definition),
                };
                self.shows(source, &at, definition.sub_attributes.iter());
            }
        }
    }

    /// `optional` if the object may go as a whole without being missed.
    fn object(&mut self, at: &At<'_>, definitions: &[&Attribute], optional: bool) {
        for name in ["zzz", "a/b~c"] {
            let pointer = format!("{}/{}", pointer(&at.path), token(name));
            let edits = vec![(at.path(name), Some(Value::from(true)))];
            self.push(Rule::UnknownAttribute, pointer, edits);
        }
        for definition in definitions {
            let Some(value) = at.object.get(definition.name.as_str()) else {
                continue;
            };
            if definition.name == *"schemas" || definition.mutability == Mutability::ReadOnly {
                continue;
            }
            let path = at.path(&definition.name);
            if definition.required && self.is_missed(at, definition, optional) {
                self.remove(Rule::Required, path.clone());
            }
            if !value.is_assigned() {
                continue;
            }
            self.value(at, definition, value, &path);
        }
    }

    /// Whether the object is there without the member, and nothing else stands for it.
    fn is_missed(&self, at: &At<'_>, definition: &Attribute, optional: bool) -> bool {
        let others = at
            .object
            .iter()
            .filter(|(key, value)| definition.name != *key.as_str() && value.is_assigned());
        if others.count() == 0 && (optional || at.parent.is_some()) {
            return false;
        }
        let (Some(parent), [way @ .., Step::Index(_)]) = (at.parent, at.path.as_slice()) else {
            return !self.stands_for_value(at, definition);
        };
        // An element that becomes the same as another is merged with it.
        let mut object = at.object.clone();
        object.remove(definition.name.as_str());
        !self.stands_for_value(at, definition)
            && self.is_alone(parent, way, &at.path, &Value::Object(object))
    }

    /// Whether a `$ref` gives the `value` that is missing.
    fn stands_for_value(&self, at: &At<'_>, definition: &Attribute) -> bool {
        at.parent.is_some_and(|parent| {
            definition.name == *"value"
                && beside_value(parent).1.is_some()
                && at.object.get("$ref").is_some()
        })
    }

    /// Whether no other element of the list is the same as `element`.
    fn is_alone(&self, list: &Attribute, way: &[Step], path: &[Step], element: &Value) -> bool {
        let others = self.elements(way).iter().enumerate();
        let own = path.last();
        others
            .filter(|(index, _)| Some(&Step::Index(*index)) != own)
            .all(|(_, other)| !same_element(list, other, element))
    }

    fn elements(&self, way: &[Step]) -> &[Value] {
        let mut object: &Object = self.resource;
        let mut found: &[Value] = &[];
        for step in way {
            let Step::Name(name) = step else { break };
            match object.get(name) {
                Some(Value::Object(inner)) => object = inner,
                Some(Value::Array(elements)) => found = elements,
                _ => break,
            }
        }
        found
    }

    fn value(&mut self, at: &At<'_>, definition: &Attribute, value: &Value, path: &[Step]) {
        let Value::Array(elements) = value else {
            let list = Value::Array(vec![value.clone()]);
            self.set(Rule::Multiplicity, path.to_vec(), list);
            return self.one(at, definition, value, path);
        };
        if let Some(first) = elements.first() {
            self.set(Rule::Multiplicity, path.to_vec(), first.clone());
        }
        for (index, element) in elements.iter().enumerate() {
            self.one(at, definition, element, &below(path, Step::Index(index)));
        }
        self.primary(definition, elements, path);
    }

    fn one(&mut self, at: &At<'_>, definition: &Attribute, value: &Value, path: &[Step]) {
        if let Value::Object(object) = value {
            self.set(Rule::Type, path.to_vec(), Value::from(7));
            let at = At {
                path: path.to_vec(),
                object,
                parent: Some(definition),
            };
            let subs: Vec<_> = definition.sub_attributes.iter().collect();
            return self.object(&at, &subs, true);
        }
        let wrong = match definition.attr_type {
            AttrType::Boolean => Value::from("maybe"),
            AttrType::Integer | AttrType::Decimal => Value::from("26"),
            _ => Value::from(26),
        };
        self.set(Rule::Type, path.to_vec(), wrong);
        let object: Object = [("not", "simple")].into_iter().collect();
        self.set(Rule::Type, path.to_vec(), object.into());
        self.text(at, definition, path);
    }

    fn text(&mut self, at: &At<'_>, definition: &Attribute, path: &[Step]) {
        let reference = at.parent.map(beside_value);
        let beside = |name: &str| reference.is_some() && at.object.get(name).is_some();
        // A `$ref` beside it would contradict it as well.
        if definition.name == *"value" && beside("$ref") {
            return;
        }
        let is_country = at.parent.is_some_and(|parent| parent.name == *"addresses")
            && definition.name == *"country"
            && !definition.multi_valued;
        let wrong = match definition.attr_type {
            AttrType::String if is_country => "GBR",
            AttrType::String => "no\0text",
            AttrType::DateTime => "yesterday",
            AttrType::Binary => "no base64!",
            AttrType::Reference => "no URI",
            _ => return,
        };
        self.set(Rule::Format, path.to_vec(), Value::from(wrong));
        let is_reference = definition.name == *"$ref";
        if !leads_to_resources(definition) || definition.multi_valued && is_reference {
            return;
        }
        let known = |name: &String| name == "User" || name == "Group";
        let leads_elsewhere = definition.reference_types.iter().all(known);
        let contradicts = is_reference
            && matches!(reference, Some((Some(_), Some(_))))
            && at.object.get("value").and_then(Value::as_str).is_some();
        if contradicts || (leads_elsewhere && !is_reference) {
            let elsewhere = Value::from("https://example.com/v2/Nowhere/zzz");
            self.set(Rule::Reference, path.to_vec(), elsewhere);
        }
    }

    /// Two primary elements, all others not.
    fn primary(&mut self, definition: &Attribute, elements: &[Value], path: &[Step]) {
        let can_be = definition
            .sub_attribute("primary")
            .is_some_and(|sub| sub.mutability != Mutability::ReadOnly);
        // A `$ref` may give a `value` by which two are the same after all.
        let is_derived = |element: &Value| {
            let given = |name: &str| element.as_object().and_then(|object| object.get(name));
            beside_value(definition).1.is_some()
                && given("$ref").is_some()
                && !given("value").is_some_and(Value::is_assigned)
        };
        if !can_be || elements.len() < 2 || elements.iter().any(is_derived) {
            return;
        }
        let flagged: Vec<_> = elements
            .iter()
            .enumerate()
            .map(|(index, element)| {
                let mut element = element.clone();
                if let Some(object) = element.as_object_mut() {
                    object.insert("primary", index < 2);
                }
                element
            })
            .collect();
        let alone = |at: usize| {
            let others = flagged.iter().enumerate().filter(|(index, _)| *index != at);
            let own = flagged.get(at);
            own.is_some_and(|own| {
                others
                    .into_iter()
                    .all(|(_, other)| !same_element(definition, own, other))
            })
        };
        if alone(0) && alone(1) {
            let at = below(&below(path, Step::Index(1)), Step::Name("primary".into()));
            let edits = vec![(path.to_vec(), Some(Value::Array(flagged)))];
            self.push(Rule::Primary, pointer(&at), edits);
        }
    }

    fn set(&mut self, rule: Rule, path: Vec<Step>, value: Value) {
        self.push(rule, pointer(&path), vec![(path, Some(value))]);
    }

    fn remove(&mut self, rule: Rule, path: Vec<Step>) {
        self.push(rule, pointer(&path), vec![(path, None)]);
    }

    fn push(&mut self, rule: Rule, pointer: String, edits: Vec<(Vec<Step>, Option<Value>)>) {
        self.faults.push(Fault {
            rule,
            pointer,
            edits,
        });
    }
}

/// The JSON pointer (RFC 6901) to the end of a path.
fn pointer(path: &[Step]) -> String {
    let tokens = path.iter().map(|step| match step {
        Step::Name(name) => format!("/{}", token(name)),
        Step::Index(index) => format!("/{index}"),
    });
    tokens.collect()
}

fn token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Another valid value of a simple attribute.
fn another(definition: &Attribute, old: &Value) -> Option<Value> {
    let other = match definition.attr_type {
        AttrType::String => "zzz".into(),
        AttrType::Boolean => Value::Bool(old != &Value::Bool(true)),
        AttrType::Integer => 77.into(),
        AttrType::Decimal => "77.5".parse().ok()?,
        AttrType::DateTime => "1999-01-01T00:00:00Z".into(),
        AttrType::Binary => "enp6".into(),
        _ => return None,
    };
    Some(other)
}
