//! References to resources: the `$ref` that follows from the `value` beside it, and those that are stored.

use std::borrow::Cow;

use scim_core::{
    AttrName, AttrType, Attribute, BaseUrl, Changes, Mutability, Object, Policy, Resolved,
    Resource, ResourceSchema, Value,
};
use scim_schema::Registry;

/// Adds the `$ref` that belongs to each `value` that names a resource (decisions E12, S06).
pub(crate) fn add_references(
    resource: &mut Resource,
    schema: &ResourceSchema,
    registry: &Registry,
    base_url: &BaseUrl,
) {
    each_reference(resource, schema, registry, |element, targets| {
        let text = |name: &str| element.get(name).and_then(Value::as_str);
        let value = text("value").unwrap_or_default();
        if let Some(reference) = targets.reference(value, text("type"), base_url) {
            element.insert("$ref", reference);
        }
    });
}

/// Takes away what [`add_references`] added.
pub(crate) fn remove_references(
    resource: &mut Resource,
    schema: &ResourceSchema,
    registry: &Registry,
) {
    each_reference(resource, schema, registry, |element, _| {
        element.remove("$ref");
    });
}

/// Takes out of changes what [`add_references`] added to the resource that they are of.
pub(crate) fn remove_from_changes(
    changes: &mut Changes,
    schema: &ResourceSchema,
    registry: &Registry,
) {
    changes.retain_mut(|change| {
        let place = match schema.resolve(&change.path, &Policy::strict()) {
            Ok(Resolved::Attribute(place))
                if Targets::computed(place.attribute, registry).is_some() =>
            {
                place
            }
            _ => return true,
        };
        for value in [&mut change.before, &mut change.after]
            .into_iter()
            .flatten()
        {
            if let Value::Object(element) = value {
                element.remove("$ref");
            }
        }
        place.sub_attribute.is_none_or(|sub| sub.name != *"$ref") && change.before != change.after
    });
}

/// Shows `see` every element whose `value` names a resource, with the types that it may be of.
fn each_reference(
    resource: &mut Resource,
    schema: &ResourceSchema,
    registry: &Registry,
    mut see: impl FnMut(&mut Object, &Targets),
) {
    let mut visit = |attribute: &Attribute, object: &mut Object| {
        let Some(targets) = Targets::computed(attribute, registry) else {
            return;
        };
        let Some(value) = object.get_mut(attribute.name.as_str()) else {
            return;
        };
        let mut see = |element: &mut Value| {
            let Some(element) = element.as_object_mut() else {
                return;
            };
            see(element, &targets);
        };
        match value {
            Value::Array(elements) => elements.iter_mut().for_each(see),
            single => see(single),
        }
    };
    for attribute in &schema.base().attributes {
        visit(attribute, resource);
    }
    for extension in schema.extensions() {
        let uri = extension.schema.id.as_str();
        if let Some(object) = resource.get_mut(uri).and_then(Value::as_object_mut) {
            for attribute in &extension.schema.attributes {
                visit(attribute, object);
            }
        }
    }
}

/// The types that we serve and a reference may lead to.
#[derive(Debug)]
pub(crate) struct Targets {
    /// With their endpoints.
    types: Vec<(String, String)>,
    /// Whether a client that writes it has to name one of them: it may lead nowhere else.
    pub(crate) is_closed: bool,
}

impl Targets {
    /// `None` if the reference leads to none that we serve.
    fn of(definition: &Attribute, registry: &Registry) -> Option<Self> {
        let types: Vec<_> = definition
            .reference_types
            .iter()
            .filter_map(|name| {
                let schema = registry.resource_schema(name)?;
                Some((name.clone(), schema.resource_type().endpoint.clone()))
            })
            .collect();
        let is_closed = types.len() == definition.reference_types.len()
            && definition.mutability != Mutability::ReadOnly;
        (!types.is_empty()).then_some(Self { types, is_closed })
    }

    /// What the `value` of an attribute may name, where the `$ref` beside it follows from it: it takes a
    /// complex attribute with a `value` and a `$ref`.
    pub(crate) fn computed(attribute: &Attribute, registry: &Registry) -> Option<Self> {
        attribute.sub_attribute("value")?;
        Self::of(attribute.sub_attribute("$ref")?, registry)
    }

    /// What a reference may lead to that is stored: an attribute, or one of its sub-attributes. A text
    /// in the place of a complex value is its `value` (decision P27).
    pub(crate) fn stored(
        attribute: &Attribute,
        sub: Option<&Attribute>,
        registry: &Registry,
    ) -> Option<Self> {
        let value = || attribute.sub_attribute("value");
        let definition = match sub {
            None if attribute.is_complex() => value()?,
            None => attribute,
            Some(sub) => sub,
        };
        let follows = || sub.is_some_and(|sub| sub.name == *"$ref") && value().is_some();
        if definition.attr_type != AttrType::Reference || follows() {
            return None;
        }
        Self::of(definition, registry)
    }

    /// The `$ref` to what an element names by its `value` and its `type`: a target of that type, else the
    /// only one.
    pub(crate) fn reference(
        &self,
        value: &str,
        of_type: Option<&str>,
        base_url: &BaseUrl,
    ) -> Option<String> {
        if value.is_empty() {
            return None;
        }
        let by_type = of_type.and_then(|named| {
            let mut types = self.types.iter();
            types.find(|(name, _)| name.eq_ignore_ascii_case(named))
        });
        let (_, endpoint) = match (by_type, &*self.types) {
            (Some(target), _) => target,
            (None, [only]) => only,
            (None, _) => return None,
        };
        Some(base_url.location(endpoint, value))
    }

    /// The endpoint and the id that a reference names, if it is the URI of a resource of one of the types.
    pub(crate) fn find<'t>(
        &'t self,
        reference: &'t str,
        base_url: &BaseUrl,
    ) -> Option<(&'t str, Cow<'t, str>)> {
        let found = base_url.resolve(reference)?;
        let known = |(_, of): &&(String, String)| of.trim_start_matches('/') == found.endpoint;
        let (_, endpoint) = self.types.iter().find(known)?;
        Some((endpoint, found.id))
    }

    /// The form in which a reference is shown: absolute (decision E12).
    pub(crate) fn shown(&self, reference: &str, base_url: &BaseUrl) -> Option<String> {
        // The query and the fragment of a URI, and what none has, name no resource.
        let is_path = |b: u8| b.is_ascii_graphic() && !br##"?#"<>\^`{|}"##.contains(&b);
        let (endpoint, id) = self
            .find(reference, base_url)
            .filter(|_| reference.bytes().all(is_path))?;
        Some(base_url.location(endpoint, &id))
    }

    /// The form in which a reference is stored: `{endpoint}/{id}`, without the base (decision E12).
    pub(crate) fn without_base(&self, reference: &str, base_url: &BaseUrl) -> Option<String> {
        let shown = self.shown(reference, base_url)?;
        below(&shown, base_url).map(str::to_owned)
    }
}

/// What of a text stands behind the base.
pub(crate) fn below<'t>(text: &'t str, base_url: &BaseUrl) -> Option<&'t str> {
    text.strip_prefix(base_url.as_str())?.strip_prefix('/')
}

/// The references to resources in an attribute.
#[derive(Debug)]
pub(crate) struct Links {
    /// What its `value` may name, where a `$ref` follows from it.
    pub(crate) computed: Option<Targets>,
    /// The references that are stored: in a sub-attribute, or as the attribute itself.
    stored: Vec<(Option<AttrName>, Targets)>,
}

impl Links {
    /// `None` if it has none.
    pub(crate) fn of(attribute: &Attribute, registry: &Registry) -> Option<Self> {
        let subs = attribute.sub_attributes.iter().map(Some);
        let stored = std::iter::once(None).chain(subs).filter_map(|sub| {
            let targets = Targets::stored(attribute, sub, registry)?;
            Some((sub.map(|sub| sub.name.clone()), targets))
        });
        let links = Self {
            computed: Targets::computed(attribute, registry),
            stored: stored.collect(),
        };
        (links.computed.is_some() || links.stores_any()).then_some(links)
    }

    /// Whether any reference is stored.
    pub(crate) fn stores_any(&self) -> bool {
        !self.stored.is_empty()
    }

    /// What the reference that is stored there may lead to.
    pub(crate) fn stored(&self, sub: Option<&str>) -> Option<&Targets> {
        let is_there = |at: &Option<AttrName>| match (at, sub) {
            (Some(at), Some(sub)) => *at == *sub,
            (at, sub) => at.is_none() && sub.is_none(),
        };
        let mut stored = self.stored.iter();
        stored.find(|(at, _)| is_there(at)).map(|(_, of)| of)
    }

    /// Shows `see` every reference of a value that is stored, with what it may lead to.
    pub(crate) fn each_stored<E>(
        &self,
        sub: Option<&str>,
        value: &mut Value,
        see: &mut impl FnMut(&mut Box<str>, &Targets) -> Result<(), E>,
    ) -> Result<(), E> {
        match value {
            Value::Array(elements) => elements
                .iter_mut()
                .try_for_each(|element| self.each_stored(sub, element, see)),
            Value::Object(object) if sub.is_none() => object
                .iter_mut()
                .try_for_each(|(key, value)| self.each_stored(Some(key.as_str()), value, see)),
            Value::String(text) => match self.stored(sub) {
                Some(targets) => see(text, targets),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }
}
