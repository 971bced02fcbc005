//! [`Projection`] on JSON text, without a tree.

use scim_core::{
    AttrName, Document, JsonReader, RawValue, ReadError, ReadLimits, Scalar, write_json_string,
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
        let mut writer = Writer {
            out,
            canonical: true,
        };
        let open = writer.open('{');
        for (name, value) in document.attributes() {
            writer.top(self, open, name, RawValue::assume(value));
        }
        writer.out.push('}');
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
        let mut writer = Writer {
            out,
            canonical: false,
        };
        let written = writer.members(self, text, limits);
        if written.is_err() {
            out.truncate(start);
        }
        written
    }
}

/// Text of what is shown, written on.
struct Writer<'o> {
    out: &'o mut String,
    /// Whether the text is that of a [`Document`]: compact, and without what is unassigned.
    canonical: bool,
}

impl Writer<'_> {
    fn members(
        &mut self,
        projection: &Projection,
        text: &[u8],
        limits: ReadLimits,
    ) -> Result<(), ReadError> {
        let open = self.open('{');
        let mut reader = JsonReader::new(text, limits)?;
        let mut object = reader.begin_object()?;
        while let Some(name) = reader.next_name(&mut object)? {
            self.top(projection, open, &name, reader.skip()?);
        }
        self.out.push('}');
        reader.end()
    }

    /// A member of the resource; `open` is where the first member stands.
    fn top(&mut self, projection: &Projection, open: usize, name: &str, value: RawValue<'_>) {
        if let Some((name, shown)) = projection.top.find(name) {
            self.member(open, name.as_str(), |writer| writer.shown(shown, value));
        } else if let Some((uri, table)) = projection.extension(name) {
            self.member(open, uri.as_str(), |writer| writer.table(table, value));
        }
    }

    fn table(&mut self, table: &Table, value: RawValue<'_>) -> bool {
        self.object(value, |writer, open, name, value| {
            if let Some((name, shown)) = table.find(name) {
                writer.member(open, name.as_str(), |writer| writer.shown(shown, value));
            }
        })
    }

    /// The part of a value that is shown; whether anything is.
    fn shown(&mut self, shown: &Shown, value: RawValue<'_>) -> bool {
        match shown {
            Shown::Whole => self.whole(value),
            Shown::Subs(names) if value.is_array() => {
                self.list(value, |writer, element| writer.subs(names, element))
            }
            Shown::Subs(names) => self.subs(names, value),
        }
    }

    fn subs(&mut self, names: &[AttrName], value: RawValue<'_>) -> bool {
        self.object(value, |writer, open, name, value| {
            if let Some(name) = names.iter().find(|known| **known == *name) {
                writer.member(open, name.as_str(), |writer| writer.whole(value));
            }
        })
    }

    /// A value without nulls and empty containers (decision J15).
    fn whole(&mut self, value: RawValue<'_>) -> bool {
        if self.canonical {
            self.out.push_str(value.text());
            return true;
        }
        // The depth of the text was bounded when it was read.
        if value.is_array() {
            return self.list(value, |writer, element| writer.whole(element));
        }
        if value.is_object() {
            return self.object(value, |writer, open, name, value| {
                writer.member(open, name, |writer| writer.whole(value));
            });
        }
        value.scalar(|scalar| {
            match scalar {
                Scalar::String(text) => write_json_string(text, self.out),
                Scalar::Number(number) => self.out.push_str(&number.to_string()),
                Scalar::Bool(true) => self.out.push_str("true"),
                Scalar::Bool(false) => self.out.push_str("false"),
                _ => return false,
            }
            true
        })
    }

    /// The object as far as `each` writes its members; `false` and nothing written if that is
    /// nothing, or if it is no object.
    fn object(
        &mut self,
        value: RawValue<'_>,
        mut each: impl FnMut(&mut Self, usize, &str, RawValue<'_>),
    ) -> bool {
        if !value.is_object() {
            return false;
        }
        let open = self.open('{');
        for (name, value) in value.members() {
            each(self, open, &name, value);
        }
        self.close(open, '}')
    }

    fn list(
        &mut self,
        value: RawValue<'_>,
        mut each: impl FnMut(&mut Self, RawValue<'_>) -> bool,
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
