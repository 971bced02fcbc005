//! [`Site`]: where in a document a value stands, for messages.

use std::fmt::Write as _;

use scim_core::{AttrPath, Attribute, Place, Schema, shown};

/// Where a value stands: the JSON pointer (RFC 6901) and the attribute path, both written only when
/// something has to be reported.
///
/// Sites form a chain on the stack; making one allocates nothing.
///
/// ```
/// use scim_core::builtin;
/// use scim_schema::Site;
/// let emails = builtin::user().attribute("emails").ok_or("emails")?;
/// let value = emails.sub_attribute("value").ok_or("value")?;
/// let root = Site::root();
/// let (list, element);
/// list = root.attribute(emails, "Emails");
/// element = list.index(2);
/// let site = element.attribute(value, "value");
/// assert_eq!(site.pointer(), "/Emails/2/value");
/// assert_eq!(site.path().ok_or("path")?.as_str(), "emails.value");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    parent: Option<&'a Site<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    /// A pointer made elsewhere, and the attribute it leads to.
    Start(&'a str, Option<Place<'a>>),
    /// No step further, and the attribute that the pointer leads to.
    Stay(Place<'a>),
    Extension(&'a Schema, &'a str),
    Attribute(&'a Attribute, &'a str),
    Name(&'a str),
    Index(usize),
}

impl<'a> Site<'a> {
    /// The whole document.
    pub fn root() -> Self {
        Self::at("", None)
    }

    /// A place inside a larger document: `pointer` leads to it (`/Operations/0/value`), and it holds
    /// a value of `place`. Without a place what is reported names no attribute; [`Site::attribute`] below
    /// [`Site::root`] does.
    pub fn at(pointer: &'a str, place: Option<Place<'a>>) -> Self {
        Self {
            parent: None,
            step: Step::Start(pointer, place),
        }
    }

    /// The same place, known to hold a value of `place`.
    ///
    /// ```
    /// use scim_core::{Place, builtin};
    /// use scim_schema::Site;
    /// let title = builtin::user().attribute("title").ok_or("title")?;
    /// let operations = Site::at("/Operations", None);
    /// let operation = operations.index(2);
    /// let value = operation.name("value");
    /// let site = value.of(Place::new(None, title, None));
    /// assert_eq!(site.pointer(), "/Operations/2/value");
    /// assert_eq!(site.path().ok_or("path")?.as_str(), "title");
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn of<'b>(&'b self, place: Place<'b>) -> Site<'b> {
        self.child(Step::Stay(place))
    }

    /// The object of an extension, under the member name as written.
    pub fn extension<'b>(&'b self, schema: &'b Schema, written: &'b str) -> Site<'b> {
        self.child(Step::Extension(schema, written))
    }

    /// An attribute or sub-attribute, under the member name as written.
    pub fn attribute<'b>(&'b self, definition: &'b Attribute, written: &'b str) -> Site<'b> {
        self.child(Step::Attribute(definition, written))
    }

    /// A member that no schema defines.
    pub fn name<'b>(&'b self, written: &'b str) -> Site<'b> {
        self.child(Step::Name(written))
    }

    /// An element of an array.
    pub fn index(&self, index: usize) -> Site<'_> {
        self.child(Step::Index(index))
    }

    fn child<'b>(&'b self, step: Step<'b>) -> Site<'b> {
        Site {
            parent: Some(self),
            step,
        }
    }

    /// The JSON pointer, with member names as they were written.
    pub fn pointer(&self) -> String {
        let mut out = String::new();
        self.write_pointer(&mut out);
        out
    }

    fn write_pointer(&self, out: &mut String) {
        if let Some(parent) = self.parent {
            parent.write_pointer(out);
        }
        match self.step {
            Step::Start(pointer, _) => out.push_str(pointer),
            Step::Stay(_) => {}
            Step::Index(index) => {
                // Writing to a `String` cannot fail.
                let _ = write!(out, "/{index}");
            }
            Step::Extension(_, written) | Step::Attribute(_, written) | Step::Name(written) => {
                out.push('/');
                push_token(written, out);
            }
        }
    }

    /// The path of the nearest attribute, in the schema's spelling.
    pub fn path(&self) -> Option<AttrPath> {
        let mut names = Names::default();
        self.collect(&mut names);
        let attribute = names.attribute?;
        Some(AttrPath::of(names.extension, attribute, names.sub))
    }

    fn collect(&self, names: &mut Names<'a>) {
        if let Some(parent) = self.parent {
            parent.collect(names);
        }
        match self.step {
            Step::Start(_, Some(place)) | Step::Stay(place) => {
                names.extension = place.extension.map(|schema| schema.id.as_str());
                names.attribute = Some(place.attribute.name.as_str());
                names.sub = place.sub_attribute.map(|sub| sub.name.as_str());
            }
            Step::Extension(schema, _) => names.extension = Some(schema.id.as_str()),
            Step::Attribute(definition, _) if names.attribute.is_none() => {
                names.attribute = Some(definition.name.as_str());
            }
            Step::Attribute(definition, _) => names.sub = Some(definition.name.as_str()),
            _ => {}
        }
    }

    /// Whether the place is that of `path`, which has the schema's spelling.
    pub(crate) fn is_at(&self, path: &AttrPath) -> bool {
        let mut names = Names::default();
        self.collect(&mut names);
        names.attribute == Some(path.attr())
            && names.sub == path.sub()
            && names.extension == path.schema()
    }

    /// What a message speaks of: an attribute, or an element of one.
    pub(crate) fn subject(&self) -> String {
        let label = self.label();
        match self.step {
            Step::Index(_) => format!("an element of `{label}`"),
            _ => format!("`{label}`"),
        }
    }

    /// How a message names the place: its attribute path, or what was written.
    pub(crate) fn label(&self) -> String {
        match (self.step, self.path()) {
            (Step::Name(written), Some(path)) => format!("{path}.{}", shown(written)),
            (Step::Name(written), None) => match self.parent.map(|parent| parent.step) {
                Some(Step::Extension(schema, _)) => {
                    format!("{}:{}", schema.id, shown(written))
                }
                _ => shown(written).to_string(),
            },
            (Step::Extension(schema, _), _) => schema.id.to_string(),
            (_, Some(path)) => path.to_string(),
            (_, None) => self.pointer(),
        }
    }
}

#[derive(Default)]
struct Names<'a> {
    extension: Option<&'a str>,
    attribute: Option<&'a str>,
    sub: Option<&'a str>,
}

/// A reference token of RFC 6901 §3: `~` and `/` escaped.
pub(crate) fn push_token(name: &str, out: &mut String) {
    for c in name.chars() {
        match c {
            '~' => out.push_str("~0"),
            '/' => out.push_str("~1"),
            c => out.push(c),
        }
    }
}
