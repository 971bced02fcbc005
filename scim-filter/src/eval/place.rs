//! Where the values stand that a test looks at.

use scim_core::{AttrName, AttrPath, Key, SchemaUri};

use super::view::{Found, Subject, View};

/// Finds values in a subject.
pub(crate) trait Place<S> {
    /// What its values are.
    type View: View;

    /// Whether one of the values found passes the test. `null` is no value, a list is its elements.
    /// `None` if the subject does not tell yet.
    fn any(&self, subject: S, test: impl FnMut(Self::View) -> bool) -> Option<bool>;
}

/// A place in a resource.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    /// An attribute or sub-attribute that a schema defines.
    Attribute {
        extension: Option<SchemaUri>,
        attribute: AttrName,
        /// Whether the attribute may have several values.
        multi_valued: bool,
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
            multi_valued: place.attribute.multi_valued,
            sub: place.sub_attribute.map(|sub| sub.name.clone()),
        }
    }

    /// The value of the attribute that a schema defines, without regard to the sub-attribute.
    pub(crate) fn value<S: Subject>(&self, subject: S) -> Found<S::View> {
        let Self::Attribute {
            extension,
            attribute,
            ..
        } = self
        else {
            return Found::Nothing;
        };
        match extension {
            None => subject.get(attribute.as_str()),
            Some(uri) => match subject.get(uri.as_str()) {
                Found::Value(object) => object.member(attribute.as_str()).into(),
                other => other,
            },
        }
    }

    /// The top-level names that the place may look up.
    pub(crate) fn roots(&self, into: &mut Vec<Key>) {
        match self {
            Self::Attribute {
                extension: Some(uri),
                ..
            }
            | Self::Extension(uri) => into.push(uri.into()),
            Self::Attribute { attribute, .. } => into.push(attribute.into()),
            Self::Resource => {}
            Self::Named { path, .. } => {
                into.push(path.attr().into());
                if let Some(uri) = path.schema() {
                    into.extend([uri.into(), whole(path).into()]);
                }
            }
        }
    }

    /// The path of the place, or of a sub-attribute below it.
    pub(crate) fn path(&self, below: Option<&str>) -> Option<AttrPath> {
        match self {
            Self::Attribute {
                extension,
                attribute,
                sub,
                ..
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

impl<S: Subject> Place<S> for Target {
    type View = S::View;

    fn any(&self, subject: S, mut test: impl FnMut(S::View) -> bool) -> Option<bool> {
        let value = match self {
            Self::Attribute { .. } => self.value(subject),
            Self::Extension(uri) => subject.get(uri.as_str()),
            Self::Resource => return subject.is_present(),
            Self::Named {
                path,
                implied_value,
            } => return any_named(subject, path, *implied_value, test),
        };
        let value = match value {
            Found::Value(value) => value,
            Found::Nothing => return Some(false),
            Found::NotYet => return None,
        };
        Some(match self {
            Self::Attribute { sub: Some(sub), .. } => value
                .elements()
                .any(|element| any_of_member(element, sub.as_str(), &mut test)),
            _ => value.elements().any(test),
        })
    }
}

/// Names alone: a member of the whole text first (N02), then the extension object of the URI, then
/// the top level. Members without content are absent.
fn any_named<S: Subject>(
    subject: S,
    path: &AttrPath,
    implied_value: bool,
    mut test: impl FnMut(S::View) -> bool,
) -> Option<bool> {
    let mut value = None;
    if let Some(uri) = path.schema() {
        match subject.get(whole(path)) {
            Found::Value(value) if value.has_content() => return Some(value.elements().any(test)),
            Found::NotYet => return None,
            _ => {}
        }
        match subject.get(uri) {
            Found::Value(object) if object.is_object() && object.has_content() => {
                value = Some(object.member(path.attr()).into());
            }
            Found::NotYet => return None,
            _ => {}
        }
    }
    let value = match value.unwrap_or_else(|| subject.get(path.attr())) {
        Found::Value(value) => value,
        Found::Nothing => return Some(false),
        Found::NotYet => return None,
    };
    let implied_value = implied_value && value.is_array();
    Some(value.elements().any(|element| match path.sub() {
        Some(sub) => any_of_member(element, sub, &mut test),
        None if implied_value && element.is_object() => any_of_member(element, "value", &mut test),
        None => test(element),
    }))
}

/// The text of a path as a member may have it.
fn whole(path: &AttrPath) -> &str {
    let text = path.as_str();
    text.strip_suffix(':').unwrap_or(text)
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

impl<V: View> Place<V> for Member {
    type View = V;

    fn any(&self, element: V, mut test: impl FnMut(V) -> bool) -> Option<bool> {
        Some(match self {
            Self::Element => test(element),
            Self::Named(name) if !element.is_object() => *name == *"value" && test(element),
            Self::Sub(name) | Self::Named(name) => any_of_member(element, name.as_str(), test),
        })
    }
}

/// Whether a value of a sub-attribute of the element passes; there is none if it is no object.
fn any_of_member<V: View>(element: V, name: &str, test: impl FnMut(V) -> bool) -> bool {
    let member = element.member(name);
    member.is_some_and(|value| value.elements().any(test))
}
