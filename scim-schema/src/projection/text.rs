//! [`Projection`] on JSON text, without a tree.

use std::borrow::Cow;

use scim_core::{
    Document, JsonReader, RawValue, ReadError, ReadLimits, Scalar, compact_elements,
    compact_members, write_json_string,
};

use super::{Projection, Shown, Table};

impl Projection {
    /// Appends to `out` the JSON text of what [`Projection::apply`] shows of the resource.
    ///
    /// The document is taken to be what it promises, names in the schema's spelling and nothing
    /// unassigned: values are copied as they stand.
    ///
    /// # Complexity
    /// What is not shown is skipped by the table of the document, so the cost is that of what is
    /// shown. Allocates nothing but `out`.
    ///
    /// ```
    /// use scim_core::{Document, Policy, builtin};
    /// use scim_schema::Projection;
    /// let document = Document::assume_canonical(
    ///     r#"{"id":"1","userName":"ada","name":{"givenName":"Ada","familyName":"Lovelace"}}"#)?;
    /// let none: [&str; 0] = [];
    /// let shown =
    ///     Projection::new(builtin::user_schema(), &["name.givenName"], &none[..], &Policy::strict())?;
    /// let mut answer = String::new();
    /// shown.write_document(&document, &mut answer);
    /// assert_eq!(answer, r#"{"id":"1","name":{"givenName":"Ada"}}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write_document(&self, document: &Document, out: &mut String) {
        let mut writer = self.writer(out);
        for (name, value) in document.attributes() {
            writer.attribute(name, value);
        }
        writer.finish();
    }

    /// Appends to `out` the JSON text of what is shown of a resource whose attributes come one by one:
    /// for who computes some of them and has the others as text.
    ///
    /// ```
    /// use scim_core::builtin;
    /// use scim_schema::Projection;
    /// let shown = Projection::default_for(builtin::user_schema());
    /// let mut answer = String::new();
    /// let mut writer = shown.writer(&mut answer);
    /// writer.attribute("userName", r#""ada""#);
    /// writer.attribute("password", r#""secret""#);
    /// writer.finish();
    /// assert_eq!(answer, r#"{"userName":"ada"}"#);
    /// ```
    pub fn writer<'p, 'o>(&'p self, out: &'o mut String) -> ProjectionWriter<'p, 'o> {
        let mut writer = Writer { out };
        let open = writer.open('{');
        ProjectionWriter {
            projection: self,
            writer,
            open,
        }
    }

    /// [`Projection::write_document`] for untrusted JSON text of any form: it is checked as
    /// [`Resource::from_json_with`](scim_core::Resource::from_json_with) checks it, and no tree is
    /// built.
    ///
    /// # Errors
    /// [`ReadError`] at the first byte refused; `out` is then as it was.
    ///
    /// # Complexity
    /// One pass over the text, and one more over what is shown.
    pub fn write_json(
        &self,
        text: &[u8],
        limits: ReadLimits,
        out: &mut String,
    ) -> Result<(), ReadError> {
        let start = out.len();
        let written = self.write_checked(text, limits, out);
        if written.is_err() {
            out.truncate(start);
        }
        written
    }

    fn write_checked(
        &self,
        text: &[u8],
        limits: ReadLimits,
        out: &mut String,
    ) -> Result<(), ReadError> {
        let mut writer = Writer { out };
        let open = writer.open('{');
        let mut reader = JsonReader::new(text, limits)?;
        let mut object = reader.begin_object()?;
        while let Some(name) = reader.next_name(&mut object)? {
            writer.attribute(self, open, &name, reader.skip()?);
        }
        writer.out.push('}');
        reader.end()
    }
}

/// The text of a resource in the making, see [`Projection::writer`].
#[derive(Debug)]
pub struct ProjectionWriter<'p, 'o> {
    projection: &'p Projection,
    writer: Writer<'o>,
    /// Where the first member stands.
    open: usize,
}

impl ProjectionWriter<'_, '_> {
    /// The next attribute, or the object of an extension under its URI, as far as it is shown. It
    /// takes the caller's word that the value is text as a [`Document`] has it, and that no attribute
    /// comes twice.
    pub fn attribute(&mut self, name: &str, value: &str) {
        let value = Canonical(value);
        self.writer
            .attribute(self.projection, self.open, name, value);
    }

    /// Ends the resource.
    pub fn finish(self) {
        self.writer.out.push('}');
    }
}

/// A value in its text.
trait Text<'t>: Copy {
    fn is_array(self) -> bool;
    /// The members of an object; none of anything else.
    fn members(self) -> impl Iterator<Item = (Cow<'t, str>, Self)>;
    /// The elements of an array.
    fn elements(self) -> impl Iterator<Item = Self>;
    /// Whether the value can be copied where these sub-attributes are shown: it is known to have no others.
    fn has_only(self, names: &Table<()>) -> bool;
    /// Writes the value without nulls and empty containers (decision J15); whether anything is left.
    fn write(self, writer: &mut Writer<'_>) -> bool;
}

/// A value of a [`Document`]: compact, and without what is unassigned.
#[derive(Clone, Copy)]
struct Canonical<'t>(&'t str);

impl<'t> Text<'t> for Canonical<'t> {
    fn is_array(self) -> bool {
        self.0.starts_with('[')
    }

    fn members(self) -> impl Iterator<Item = (Cow<'t, str>, Self)> {
        compact_members(self.0).map(|(name, value)| (name.into(), Self(value)))
    }

    fn elements(self) -> impl Iterator<Item = Self> {
        compact_elements(self.0).map(Self)
    }

    fn has_only(self, names: &Table<()>) -> bool {
        let mut members = compact_members(self.0);
        let is_known = |name| {
            let found = names.find(name);
            found.is_some_and(|(known, ())| known.as_str() == name)
        };
        self.0.starts_with('{') && members.all(|(name, _)| is_known(name))
    }

    fn write(self, writer: &mut Writer<'_>) -> bool {
        writer.out.push_str(self.0);
        true
    }
}

/// A value of any JSON text, whose depth was bounded when it was read.
impl<'t> Text<'t> for RawValue<'t> {
    fn is_array(self) -> bool {
        RawValue::is_array(self)
    }

    fn members(self) -> impl Iterator<Item = (Cow<'t, str>, Self)> {
        RawValue::members(self)
    }

    fn elements(self) -> impl Iterator<Item = Self> {
        RawValue::elements(self)
    }

    fn has_only(self, _: &Table<()>) -> bool {
        false
    }

    fn write(self, writer: &mut Writer<'_>) -> bool {
        if self.is_array() {
            return writer.list(self, |writer, element| element.write(writer));
        }
        if self.is_object() {
            return writer.object(self, |writer, open, name, value| {
                writer.member(open, name, |writer| value.write(writer));
            });
        }
        self.scalar(|scalar| {
            match scalar {
                Scalar::String(text) => write_json_string(text, writer.out),
                Scalar::Number(number) => writer.out.push_str(&number.to_string()),
                Scalar::Bool(true) => writer.out.push_str("true"),
                Scalar::Bool(false) => writer.out.push_str("false"),
                _ => return false,
            }
            true
        })
    }
}

/// Text of what is shown, written on.
#[derive(Debug)]
struct Writer<'o> {
    out: &'o mut String,
}

impl Writer<'_> {
    /// An attribute of the resource; `open` is where the first member stands.
    fn attribute<'t>(
        &mut self,
        projection: &Projection,
        open: usize,
        name: &str,
        value: impl Text<'t>,
    ) {
        if let Some((name, shown)) = projection.top.find(name) {
            self.member(open, name.as_str(), |writer| writer.shown(shown, value));
        } else if let Some((uri, table)) = projection.extension(name) {
            self.member(open, uri.as_str(), |writer| writer.table(table, value));
        }
    }

    fn table<'t>(&mut self, table: &Table<Shown>, value: impl Text<'t>) -> bool {
        self.object(value, |writer, open, name, value| {
            if let Some((name, shown)) = table.find(name) {
                writer.member(open, name.as_str(), |writer| writer.shown(shown, value));
            }
        })
    }

    /// The part of a value that is shown; whether anything is.
    fn shown<'t>(&mut self, shown: &Shown, value: impl Text<'t>) -> bool {
        match shown {
            Shown::Whole => value.write(self),
            Shown::Subs(names) if value.is_array() => {
                self.list(value, |writer, element| writer.subs(names, element))
            }
            Shown::Subs(names) => self.subs(names, value),
        }
    }

    fn subs<'t>(&mut self, names: &Table<()>, value: impl Text<'t>) -> bool {
        if value.has_only(names) {
            return value.write(self);
        }
        self.object(value, |writer, open, name, value| {
            if let Some((name, ())) = names.find(name) {
                writer.member(open, name.as_str(), |writer| value.write(writer));
            }
        })
    }

    /// The object as far as `each` writes its members; `false` and nothing written if that is
    /// nothing, or if it is no object.
    fn object<'t, T: Text<'t>>(
        &mut self,
        value: T,
        mut each: impl FnMut(&mut Self, usize, &str, T),
    ) -> bool {
        let open = self.open('{');
        for (name, value) in value.members() {
            each(self, open, &name, value);
        }
        self.close(open, '}')
    }

    fn list<'t, T: Text<'t>>(
        &mut self,
        value: T,
        mut each: impl FnMut(&mut Self, T) -> bool,
    ) -> bool {
        let open = self.open('[');
        for element in value.elements() {
            let before = self.out.len();
            self.comma(open);
            if !each(self, element) {
                self.out.truncate(before);
            }
        }
        self.close(open, ']')
    }

    /// A member, unless `value` writes nothing.
    fn member(&mut self, open: usize, name: &str, value: impl FnOnce(&mut Self) -> bool) {
        let before = self.out.len();
        self.comma(open);
        write_json_string(name, self.out);
        self.out.push(':');
        if !value(self) {
            self.out.truncate(before);
        }
    }

    /// Where the first member or element stands.
    fn open(&mut self, bracket: char) -> usize {
        self.out.push(bracket);
        self.out.len()
    }

    fn close(&mut self, open: usize, bracket: char) -> bool {
        if self.out.len() == open {
            self.out.truncate(open - 1);
            return false;
        }
        self.out.push(bracket);
        true
    }

    fn comma(&mut self, open: usize) {
        if self.out.len() > open {
            self.out.push(',');
        }
    }
}
