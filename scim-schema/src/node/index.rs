//! [`Index`]: JSON text, read once, in which every value is found without another look at its text.

use std::borrow::Cow;

use scim_core::{JsonKind, JsonReader, Number, Object, ReadError, ReadLimits, Scalar, Value};

use super::Node;

/// The values of a JSON text in their order, each with the place behind what it holds.
///
/// One list, whatever the nesting; strings stay in the text unless they have escapes.
pub(crate) struct Index<'t> {
    entries: Vec<Entry<'t>>,
    /// What strings with escapes stand for.
    unescaped: Vec<String>,
}

#[derive(Clone, Copy)]
struct Entry<'t> {
    kind: JsonKind,
    /// Where the next value stands that is not inside this one.
    next: u32,
    /// Of a member of an object.
    name: Text<'t>,
    /// A string without its quotes and escapes; the text of any other simple value.
    text: Text<'t>,
}

/// A string without escapes.
#[derive(Clone, Copy)]
enum Text<'t> {
    Plain(&'t str),
    /// The place among the unescaped ones.
    Unescaped(u32),
}

/// What a value takes in a text, about: `"type":"work",` and some that are longer. The guess spares most
/// of the growing.
const BYTES_PER_VALUE: usize = 24;

impl<'t> Index<'t> {
    /// Reads a text.
    pub(crate) fn new(text: &'t [u8], limits: ReadLimits) -> Result<Self, ReadError> {
        let mut reader = JsonReader::new(text, limits)?;
        let mut index = Self {
            entries: Vec::with_capacity(text.len() / BYTES_PER_VALUE + 1),
            unescaped: Vec::new(),
        };
        index.read(NONE, &mut reader)?;
        reader.end()?;
        Ok(index)
    }

    /// Reads the next value. The reader bounds the depth.
    fn read(&mut self, name: Text<'t>, reader: &mut JsonReader<'t>) -> Result<(), ReadError> {
        let kind = reader.kind()?;
        let at = self.entries.len();
        let text = match kind {
            JsonKind::String => self.text(reader.string()?),
            JsonKind::Object | JsonKind::Array => NONE,
            _ => Text::Plain(reader.skip()?.text()),
        };
        self.entries.push(Entry {
            kind,
            next: place(at + 1),
            name,
            text,
        });
        match kind {
            JsonKind::Object => {
                let mut object = reader.begin_object()?;
                while let Some(name) = reader.next_name(&mut object)? {
                    let name = self.text(name);
                    self.read(name, reader)?;
                }
            }
            JsonKind::Array => {
                let mut array = reader.begin_array()?;
                while reader.next_element(&mut array)? {
                    self.read(NONE, reader)?;
                }
            }
            _ => return Ok(()),
        }
        let next = place(self.entries.len());
        if let Some(entry) = self.entries.get_mut(at) {
            entry.next = next;
        }
        Ok(())
    }

    fn text(&mut self, text: Cow<'t, str>) -> Text<'t> {
        match text {
            Cow::Borrowed(text) => Text::Plain(text),
            Cow::Owned(text) => {
                self.unescaped.push(text);
                Text::Unescaped(place(self.unescaped.len() - 1))
            }
        }
    }

    fn shown(&self, text: Text<'t>) -> &str {
        match text {
            Text::Plain(text) => text,
            Text::Unescaped(at) => self.unescaped.get(at as usize).map_or("", String::as_str),
        }
    }

    /// The value that the text is.
    pub(crate) fn root(&self) -> Option<Indexed<'_>> {
        Indexed::at(self, 0)
    }
}

/// No text.
const NONE: Text<'_> = Text::Plain("");

/// Places are 32 bits: a text of 4 GiB is refused long before, by every limit on input.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A value of an [`Index`].
#[derive(Clone, Copy)]
pub(crate) struct Indexed<'n> {
    index: &'n Index<'n>,
    entry: &'n Entry<'n>,
    at: usize,
}

impl<'n> Indexed<'n> {
    fn at(index: &'n Index<'n>, at: usize) -> Option<Self> {
        let entry = index.entries.get(at)?;
        Some(Self { index, entry, at })
    }

    /// The values right inside this one, if it is of that kind.
    fn inside_if(self, kind: JsonKind) -> impl Iterator<Item = Self> {
        let mut at = self.at + 1;
        let end = match self.entry.kind == kind {
            true => self.entry.next as usize,
            false => at,
        };
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let found = Self::at(self.index, at)?;
            at = found.entry.next as usize;
            Some(found)
        })
    }
}

impl<'n> Node<'n> for Indexed<'n> {
    fn kind(self) -> JsonKind {
        self.entry.kind
    }

    fn members(self) -> impl Iterator<Item = (&'n str, Self)> {
        self.inside_if(JsonKind::Object)
            .map(move |member| (self.index.shown(member.entry.name), member))
    }

    fn items(self) -> impl Iterator<Item = Self> {
        self.inside_if(JsonKind::Array)
    }

    fn text(self) -> Option<&'n str> {
        (self.entry.kind == JsonKind::String).then(|| self.index.shown(self.entry.text))
    }

    /// Only an escape can stand for it.
    fn has_nul(self) -> bool {
        let text = self
            .text()
            .filter(|_| matches!(self.entry.text, Text::Unescaped(_)));
        text.is_some_and(|text| text.contains('\0'))
    }

    fn scalar<R>(self, show: impl FnOnce(Scalar<'_>) -> R) -> R {
        let text = self.index.shown(self.entry.text);
        match self.entry.kind {
            JsonKind::String => show(Scalar::String(text)),
            JsonKind::Bool => show(Scalar::Bool(text == "true")),
            JsonKind::Number => match text.parse::<Number>() {
                Ok(number) => show(Scalar::Number(&number)),
                Err(_) => show(Scalar::Other),
            },
            _ => show(Scalar::Other),
        }
    }

    fn tree(self) -> Cow<'n, Value> {
        let tree = |inside: Self| inside.tree().into_owned();
        Cow::Owned(match self.entry.kind {
            JsonKind::Object => {
                let members = self.members().map(|(name, value)| (name, tree(value)));
                Value::Object(members.collect::<Object>())
            }
            JsonKind::Array => Value::Array(self.items().map(tree).collect()),
            _ => self.scalar(|scalar| match scalar {
                Scalar::String(text) => text.into(),
                Scalar::Number(number) => number.clone().into(),
                Scalar::Bool(truth) => truth.into(),
                Scalar::Other => Value::Null,
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_as_small_as_it_is_said_to_be() {
        assert_eq!(size_of::<Entry<'_>>(), 40);
    }

    #[test]
    fn the_index_says_what_the_tree_says() {
        for (_, text) in scim_testdata::resources() {
            let index = Index::new(text.as_bytes(), ReadLimits::default()).unwrap();
            let tree: Value = text.parse().unwrap();
            assert_eq!(index.root().unwrap().tree().to_json(), tree.to_json());
        }
    }
}
