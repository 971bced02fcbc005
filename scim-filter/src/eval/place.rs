//! Where the values stand that a test looks at.

use scim_core::{AttrPath, Key};

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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// An attribute or sub-attribute that a schema defines.
    Attribute {
        extension: Option<Key>,
        attribute: Key,
        /// Whether the attribute may have several values.
        multi_valued: bool,
        sub: Option<Key>,
    },
    /// An extension as a whole (decision N02).
    Extension(Key),
    /// The resource as a whole.
    Resource,
    /// A path without a schema.
    Named(Box<Named>),
}

/// What a path may name where no schema tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Named {
    path: AttrPath,
    /// The whole text as a member may have it, if a URI stands in it, and the URI.
    qualified: Option<(Key, Key)>,
    attribute: Key,
    sub: Option<Key>,
    /// The sub-attribute that an element which is an object stands for (F11).
    implied: Option<Key>,
}

impl Target {
    /// The place that a resolved name means.
    pub(crate) fn of(place: &scim_core::Place<'_>) -> Self {
        Self::Attribute {
            extension: place.extension.map(|schema| Key::from(&schema.id)),
            attribute: Key::from(&place.attribute.name),
            multi_valued: place.attribute.multi_valued,
            sub: place.sub_attribute.map(|sub| Key::from(&sub.name)),
        }
    }

    /// The place that a path may mean where no schema tells. Whether an element that is an object
    /// stands for its `value` depends on the question.
    pub(crate) fn named(path: &AttrPath, implied_value: bool) -> Self {
        let whole = path.as_str();
        let whole = whole.strip_suffix(':').unwrap_or(whole);
        Self::Named(Box::new(Named {
            path: path.clone(),
            qualified: path.schema().map(|uri| (whole.into(), uri.into())),
            attribute: path.attr().into(),
            sub: path.sub().map(Key::from),
            implied: (implied_value && path.sub().is_none()).then(|| "value".into()),
        }))
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
            None => subject.get(attribute),
            Some(uri) => match subject.get(uri) {
                Found::Value(object) => object.member(attribute).into(),
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
            | Self::Extension(uri) => into.push(uri.clone()),
            Self::Attribute { attribute, .. } => into.push(attribute.clone()),
            Self::Resource => {}
            Self::Named(named) => {
                into.push(named.attribute.clone());
                if let Some((whole, uri)) = &named.qualified {
                    into.extend([uri.clone(), whole.clone()]);
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
                extension.as_ref().map(Key::as_str),
                attribute.as_str(),
                sub.as_ref().map(Key::as_str).or(below),
            )),
            Self::Extension(uri) => uri.as_str().parse().ok(),
            Self::Resource => None,
            Self::Named(named) => match (below, &named.path) {
                (Some(below), path) if path.sub().is_none() => {
                    Some(AttrPath::of(path.schema(), path.attr(), Some(below)))
                }
                (_, path) => Some(path.clone()),
            },
        }
    }
}

impl Target {
    /// The path of the only place where the values of a member of its elements may stand. `None` where
    /// no path tells it: below a sub-attribute, and without a schema for a qualified name (N02) and
    /// where elements may stand for their `value` or it for them (F10, F11).
    pub(crate) fn only_path(&self, member: &Member) -> Option<AttrPath> {
        let (has_sub, several) = match self {
            Self::Attribute { sub, .. } => (sub.is_some(), false),
            Self::Named(named) => {
                let several = named.qualified.is_some() || named.implied.is_some();
                (named.sub.is_some(), several)
            }
            Self::Extension(_) | Self::Resource => (false, false),
        };
        let several = several || matches!(member, Member::Named(name) if *name == *"value");
        match several || (has_sub && member.name().is_some()) {
            true => None,
            false => self.path(member.name()),
        }
    }
}

impl<S: Subject> Place<S> for Target {
    type View = S::View;

    fn any(&self, subject: S, mut test: impl FnMut(S::View) -> bool) -> Option<bool> {
        let value = match self {
            Self::Attribute { .. } => self.value(subject),
            Self::Extension(uri) => subject.get(uri),
            Self::Resource => return subject.is_present(),
            Self::Named(named) => return named.any(subject, test),
        };
        let value = match value {
            Found::Value(value) => value,
            Found::Nothing => return Some(false),
            Found::NotYet => return None,
        };
        Some(match self {
            Self::Attribute { sub: Some(sub), .. } => value
                .elements()
                .any(|element| any_of_member(element, sub, &mut test)),
            _ => value.elements().any(test),
        })
    }
}

impl Named {
    /// A member of the whole text first (N02), then the extension object of the URI, then the top
    /// level. Members without content are absent.
    fn any<S: Subject>(&self, subject: S, mut test: impl FnMut(S::View) -> bool) -> Option<bool> {
        let mut value = None;
        if let Some((whole, uri)) = &self.qualified {
            match subject.get(whole) {
                Found::Value(value) if value.has_content() => {
                    return Some(value.elements().any(test));
                }
                Found::NotYet => return None,
                _ => {}
            }
            match subject.get(uri) {
                Found::Value(object) if object.is_object() && object.has_content() => {
                    value = Some(object.member(&self.attribute).into());
                }
                Found::NotYet => return None,
                _ => {}
            }
        }
        let value = match value.unwrap_or_else(|| subject.get(&self.attribute)) {
            Found::Value(value) => value,
            Found::Nothing => return Some(false),
            Found::NotYet => return None,
        };
        let is_array = value.is_array();
        Some(
            value
                .elements()
                .any(|element| match (&self.sub, &self.implied) {
                    (Some(sub), _) => any_of_member(element, sub, &mut test),
                    (None, Some(implied)) if is_array && element.is_object() => {
                        any_of_member(element, implied, &mut test)
                    }
                    _ => test(element),
                }),
        )
    }
}

/// A place in one element of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Member {
    /// The element itself (decision F10).
    Element,
    /// A sub-attribute.
    Sub(Key),
    /// A name without a schema; `value` is also an element that is no object.
    Named(Key),
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
            Self::Sub(name) | Self::Named(name) => any_of_member(element, name, test),
        })
    }
}

/// Whether a value of a sub-attribute of the element passes; there is none if it is no object.
fn any_of_member<V: View>(element: V, name: &Key, test: impl FnMut(V) -> bool) -> bool {
    let member = element.member(name);
    member.is_some_and(|value| value.elements().any(test))
}
