//! Where the values stand that a test looks at.

use scim_core::{AttrName, AttrPath, Object, Resource, SchemaUri, Value};

/// Finds values in a subject.
pub(crate) trait Place: PartialEq {
    /// What is searched.
    type Subject;

    /// Whether one of the values found passes the test. `null` is no value, a list is its elements.
    fn any(&self, subject: &Self::Subject, test: impl FnMut(&Value) -> bool) -> bool;
}

/// A place in a resource.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    /// An attribute or sub-attribute that a schema defines.
    Attribute {
        extension: Option<SchemaUri>,
        attribute: AttrName,
        sub: Option<AttrName>,
    },
    /// An extension as a whole (decision N02).
    Extension(SchemaUri),
    /// The resource as a whole.
    Resource,
    /// A path without a schema.
    Named {
        path: AttrPath,
        /// Whether an element that is an object stands for its `value` (F11).
        implied_value: bool,
    },
}

impl Target {
    /// The place that a resolved name means.
    pub(crate) fn of(place: &scim_core::Place<'_>) -> Self {
        Self::Attribute {
            extension: place.extension.map(|schema| schema.id.clone()),
            attribute: place.attribute.name.clone(),
            sub: place.sub_attribute.map(|sub| sub.name.clone()),
        }
    }

    /// The value of the attribute that a schema defines, without regard to the sub-attribute.
    pub(crate) fn value<'r>(&self, resource: &'r Resource) -> Option<&'r Value> {
        let Self::Attribute {
            extension,
            attribute,
            ..
        } = self
        else {
            return None;
        };
        let container = match extension {
            None => resource,
            Some(uri) => resource.get(uri.as_str())?.as_object()?,
        };
        container.get(attribute.as_str())
    }

    /// The path of the place, or of a sub-attribute below it.
    pub(crate) fn path(&self, below: Option<&str>) -> Option<AttrPath> {
        match self {
            Self::Attribute {
                extension,
                attribute,
                sub,
            } => Some(AttrPath::of(
                extension.as_ref().map(SchemaUri::as_str),
                attribute.as_str(),
                sub.as_ref().map(AttrName::as_str).or(below),
            )),
            Self::Extension(uri) => uri.as_str().parse().ok(),
            Self::Resource => None,
            Self::Named { path, .. } => match below {
                Some(below) if path.sub().is_none() => {
                    Some(AttrPath::of(path.schema(), path.attr(), Some(below)))
                }
                _ => Some(path.clone()),
            },
        }
    }
}

impl Place for Target {
    type Subject = Resource;

    fn any(&self, resource: &Resource, mut test: impl FnMut(&Value) -> bool) -> bool {
        match self {
            Self::Attribute { sub, .. } => {
                let Some(value) = self.value(resource) else {
                    return false;
                };
                match sub {
                    None => value.elements().any(test),
                    Some(sub) => value
                        .elements()
                        .any(|element| member(element, sub.as_str()).any(&mut test)),
                }
            }
            Self::Extension(uri) => elements(resource.get(uri.as_str())).any(test),
            Self::Resource => !resource.is_empty(),
            Self::Named {
                path,
                implied_value,
            } => any_named(resource, path, *implied_value, test),
        }
    }
}

/// Names alone: a member of the whole text first (N02), then the extension object of the URI, then
/// the top level.
fn any_named(
    resource: &Resource,
    path: &AttrPath,
    implied_value: bool,
    mut test: impl FnMut(&Value) -> bool,
) -> bool {
    let mut container: &Object = resource;
    if let Some(uri) = path.schema() {
        let whole = path.as_str();
        if let Some(value) = resource.get(whole.strip_suffix(':').unwrap_or(whole)) {
            return value.elements().any(test);
        }
        if let Some(object) = resource.get(uri).and_then(Value::as_object) {
            container = object;
        }
    }
    let Some(value) = container.get(path.attr()) else {
        return false;
    };
    let several = matches!(value, Value::Array(_));
    value.elements().any(|element| match (path.sub(), element) {
        (Some(sub), _) => member(element, sub).any(&mut test),
        (None, Value::Object(object)) if implied_value && several => {
            elements(object.get("value")).any(&mut test)
        }
        (None, _) => test(element),
    })
}

/// A place in one element of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Member {
    /// The element itself (decision F10).
    Element,
    /// A sub-attribute.
    Sub(AttrName),
    /// A name without a schema; `value` is also an element that is no object.
    Named(AttrName),
}

impl Member {
    /// The sub-attribute's name; `None` for the element itself.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Element => None,
            Self::Sub(name) | Self::Named(name) => Some(name.as_str()),
        }
    }
}

impl Place for Member {
    type Subject = Value;

    fn any(&self, element: &Value, mut test: impl FnMut(&Value) -> bool) -> bool {
        match (self, element) {
            (Self::Element, _) => test(element),
            (Self::Sub(name) | Self::Named(name), Value::Object(_)) => {
                member(element, name.as_str()).any(test)
            }
            (Self::Named(name), _) => *name == *"value" && test(element),
            (Self::Sub(_), _) => false,
        }
    }
}

fn member<'v>(element: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    elements(element.as_object().and_then(|object| object.get(name)))
}

fn elements(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.into_iter().flat_map(Value::elements)
}
