//! [`Attributes`]: definitions, found by name.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::name::name_hash;
use crate::{Attribute, NameOrder};

/// The attributes of a schema, or the sub-attributes of one of them: a list that finds them by name.
///
/// It is read and changed as the [`Vec`] that it is.
///
/// ```
/// use scim_core::builtin;
/// let emails = builtin::user().attributes.named("EMAILS").ok_or("emails")?;
/// assert_eq!(emails.sub_attributes.first().ok_or("value")?.name, "value");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Default)]
pub struct Attributes {
    list: Vec<Attribute>,
    /// Made when something is first looked for; a list that may have changed has none.
    places: OnceLock<Box<Places>>,
}

/// Where attributes stand in the list.
#[derive(Clone)]
struct Places {
    /// At the [`name_hash`] of a name nothing, the place of one attribute from 1 on, or [`SEVERAL`].
    by_hash: [u8; 256],
    /// What finds them if [`SEVERAL`] is among those.
    order: NameOrder,
    /// Those that are required.
    required: Vec<usize>,
}

/// Those of an empty list, of which there are many.
static NOWHERE: Places = Places {
    by_hash: [0; 256],
    order: NameOrder::NONE,
    required: Vec::new(),
};

/// More than one name has this hash, or the place is too far behind: the name has to be searched.
const SEVERAL: u8 = u8::MAX;

impl Attributes {
    /// The attribute of that name, in any case.
    ///
    /// # Complexity
    /// O(1) for names of an RFC, and for most others; logarithmic in the number of attributes for names
    /// that are alike.
    #[inline]
    pub fn named(&self, name: &str) -> Option<&Attribute> {
        let places = self.places();
        match places.by_hash.get(usize::from(name_hash(name.as_bytes()))) {
            Some(&SEVERAL) => self.searched(&places.order, name),
            Some(&place) => {
                let found = self.list.get(usize::from(place).checked_sub(1)?)?;
                (found.name == *name).then_some(found)
            }
            None => None,
        }
    }

    #[cold]
    fn searched(&self, order: &NameOrder, name: &str) -> Option<&Attribute> {
        self.list.get(order.position(&self.list, text, name)?)
    }

    /// The required ones, in order.
    pub fn required(&self) -> impl Iterator<Item = &Attribute> {
        let required = self.places().required.iter();
        required.filter_map(|place| self.list.get(*place))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    #[inline]
    fn places(&self) -> &Places {
        if self.list.is_empty() {
            return &NOWHERE;
        }
        self.places.get_or_init(|| Places::of(&self.list).into())
    }
}

impl Places {
    fn of(list: &[Attribute]) -> Self {
        let mut by_hash = [0; 256];
        for (place, attribute) in (1..).zip(list) {
            let hash = name_hash(attribute.name.as_str().as_bytes());
            if let Some(at) = by_hash.get_mut(usize::from(hash)) {
                *at = match *at {
                    0 => u8::try_from(place).unwrap_or(SEVERAL),
                    _ => SEVERAL,
                };
            }
        }
        let order = match by_hash.contains(&SEVERAL) {
            true => NameOrder::of(list.iter().map(text)),
            false => NameOrder::NONE,
        };
        let required = (0..).zip(list).filter(|(_, a)| a.required);
        Self {
            by_hash,
            order,
            required: required.map(|(place, _)| place).collect(),
        }
    }
}

fn text(attribute: &Attribute) -> &str {
    attribute.name.as_str()
}

impl Deref for Attributes {
    type Target = Vec<Attribute>;

    fn deref(&self) -> &Vec<Attribute> {
        &self.list
    }
}

impl DerefMut for Attributes {
    fn deref_mut(&mut self) -> &mut Vec<Attribute> {
        self.places.take();
        &mut self.list
    }
}

impl From<Vec<Attribute>> for Attributes {
    fn from(list: Vec<Attribute>) -> Self {
        let places = OnceLock::new();
        Self { list, places }
    }
}

impl FromIterator<Attribute> for Attributes {
    fn from_iter<I: IntoIterator<Item = Attribute>>(attributes: I) -> Self {
        Vec::from_iter(attributes).into()
    }
}

impl IntoIterator for Attributes {
    type Item = Attribute;
    type IntoIter = std::vec::IntoIter<Attribute>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a Attributes {
    type Item = &'a Attribute;
    type IntoIter = std::slice::Iter<'a, Attribute>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl<'a> IntoIterator for &'a mut Attributes {
    type Item = &'a mut Attribute;
    type IntoIter = std::slice::IterMut<'a, Attribute>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl PartialEq for Attributes {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list.fmt(f)
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.list.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AttrName, AttrType};

    fn of(names: impl IntoIterator<Item = String>) -> Attributes {
        let names = names.into_iter().map(|name| AttrName::new(&name).unwrap());
        names
            .map(|name| Attribute::new(name, AttrType::String))
            .collect()
    }

    fn found<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
        attributes.named(name).map(|a| a.name.as_str())
    }

    #[test]
    fn every_name_is_found_among_many_that_are_alike() {
        let attributes = of((0..1_000).map(|index| format!("a{index}")));
        for attribute in &attributes {
            let name = attribute.name.as_str();
            assert_eq!(found(&attributes, &name.to_uppercase()), Some(name));
        }
        assert_eq!(found(&attributes, "a1000"), None);
        assert_eq!(found(&Attributes::default(), ""), None);
    }

    #[test]
    fn what_was_changed_is_found_as_it_is_now() {
        let mut attributes = of(["userName".to_owned(), "$ref".to_owned()]);
        assert_eq!(found(&attributes, "$REF"), Some("$ref"));
        attributes.swap(0, 1);
        assert_eq!(found(&attributes, "username"), Some("userName"));
        for attribute in &mut attributes {
            attribute.name = AttrName::new("other").unwrap();
        }
        assert_eq!(found(&attributes, "username"), None);
        let required = |attributes: &Attributes| attributes.required().count();
        assert_eq!(required(&attributes), 0);
        attributes[1].required = true;
        assert_eq!(required(&attributes), 1);
        attributes.clear();
        assert_eq!(found(&attributes, "other"), None);
        assert_eq!(required(&attributes), 0);
    }
}
