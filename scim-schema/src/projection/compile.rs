//! From names and characteristics to the table of what is shown.

use std::collections::BTreeSet;
use std::ptr;

use scim_core::{
    AttrPath, AttrPathErrorKind, Attribute, Attributes, Key, Object, Place, Policy, Resolved,
    Resource, ResourceSchema, Returned, Schema, ScimError, ScimType, is_attr_name,
};

use super::{Projection, Shown, Table};

/// The parameters of a request, read.
pub(super) struct Request<'s> {
    schema: &'s ResourceSchema,
    mode: Mode,
    names: Names,
    written: Names,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Neither parameter.
    Default,
    /// `attributes`.
    Only,
    /// `excludedAttributes`.
    Without,
}

/// What a list of names comes to. What they name is told apart by where it is defined.
#[derive(Default)]
struct Names {
    /// The base URI is among them.
    resource: bool,
    extensions: BTreeSet<*const Schema>,
    /// Attributes and sub-attributes.
    attributes: BTreeSet<*const Attribute>,
}

impl<'s> Request<'s> {
    pub(super) fn default_set(schema: &'s ResourceSchema) -> Self {
        Self {
            schema,
            mode: Mode::Default,
            names: Names::default(),
            written: Names::default(),
        }
    }

    pub(super) fn new<S: AsRef<str>>(
        schema: &'s ResourceSchema,
        attributes: &[S],
        excluded: &[S],
        policy: &Policy,
    ) -> Result<Self, ScimError> {
        let request = Self::default_set(schema);
        let only = names(schema, attributes, "attributes", policy)?;
        let without = names(schema, excluded, "excludedAttributes", policy)?;
        match (only, without) {
            (None, None) => Ok(request),
            (Some(names), None) => Ok(Self {
                mode: Mode::Only,
                names,
                ..request
            }),
            (None, Some(names)) => Ok(Self {
                mode: Mode::Without,
                names,
                ..request
            }),
            (Some(_), Some(_)) => Err(ScimError::of(
                ScimType::InvalidValue,
                "`attributes` and `excludedAttributes` exclude each other",
            )),
        }
    }

    pub(super) fn written(mut self, paths: &[AttrPath], policy: &Policy) -> Self {
        for path in paths {
            if let Ok(resolved) = self.schema.resolve(path, policy) {
                self.written.add(resolved);
            }
        }
        self
    }

    pub(super) fn compile(&self) -> Projection {
        // The base URI stands for the whole default set, those of extensions for their share.
        let top = self.table(None, self.schema.attributes());
        let extensions = self.schema.extensions().iter().filter_map(|extension| {
            let schema = &*extension.schema;
            let table = self.table(Some(schema), &schema.attributes);
            (!table.rows.is_empty()).then(|| (Key::from(&schema.id), table))
        });
        Projection {
            top,
            extensions: extensions.collect(),
        }
    }

    fn table(&self, extension: Option<&Schema>, attributes: &Attributes) -> Table<Shown> {
        let listed = self.names.resource
            || extension.is_some_and(|e| self.names.extensions.contains(&ptr::from_ref(e)));
        let rows = attributes.iter().filter_map(|attribute| {
            let shown = self.shown(extension.is_none(), attribute, listed)?;
            Some((attribute.name.clone(), shown))
        });
        rows.collect()
    }

    /// What is shown of one attribute; `listed` if the URI of its schema is among the names.
    fn shown(&self, is_top: bool, attribute: &Attribute, listed: bool) -> Option<Shown> {
        if attribute.is_hidden() {
            return None;
        }
        let always = attribute.returned == Returned::Always
            // Decision J04.
            || (is_top && attribute.name == *"schemas");
        let by_default = always || attribute.returned == Returned::Default;
        let on_request = attribute.returned == Returned::Request;
        let (named, written) = (self.names.has(attribute), self.written.has(attribute));
        let excluded = self.mode == Mode::Without && !always && (named || listed);
        // Whether the attribute comes with its always and default children, or with its always
        // children only.
        let full = match self.mode {
            Mode::Default => by_default,
            Mode::Only => named || always || (listed && by_default),
            Mode::Without => by_default && !excluded,
        } || (on_request && written && !excluded);
        if !attribute.is_complex() {
            return full.then_some(Shown::Whole);
        }
        let touched = attribute.sub_attributes.iter().any(|sub| {
            let asked = self.mode == Mode::Only && self.names.has(sub);
            let wrote = self.written.has(sub) && (on_request || sub.returned == Returned::Request);
            !sub.is_hidden() && !excluded && (asked || wrote)
        });
        let only_always = excluded && by_default;
        if !(full || touched || only_always) {
            return None;
        }
        let shows = |sub: &&Attribute| {
            let out = self.mode == Mode::Without && self.names.has(sub);
            let asked = self.mode == Mode::Only && self.names.has(sub);
            let wrote = self.written.has(sub)
                && (on_request || sub.returned == Returned::Request)
                && !excluded;
            !sub.is_hidden()
                && match sub.returned {
                    Returned::Always => true,
                    Returned::Default => (full || asked || wrote) && !out,
                    _ => (asked || wrote) && !out,
                }
        };
        let subs = attribute.sub_attributes.iter().filter(shows);
        let subs: Table<()> = subs.map(|sub| (sub.name.clone(), ())).collect();
        (!subs.rows.is_empty()).then_some(Shown::Subs(subs))
    }
}

impl Names {
    fn add(&mut self, resolved: Resolved<'_>) {
        match resolved {
            Resolved::Resource => self.resource = true,
            Resolved::Extension(schema) => {
                self.extensions.insert(schema);
            }
            Resolved::Attribute(place) => {
                self.attributes.insert(place.definition());
            }
        }
    }

    /// Whether an attribute or sub-attribute is named itself.
    fn has(&self, definition: &Attribute) -> bool {
        self.attributes.contains(&ptr::from_ref(definition))
    }
}

/// Reads one parameter; `None` if it has no names.
fn names(
    schema: &ResourceSchema,
    texts: &[impl AsRef<str>],
    parameter: &str,
    policy: &Policy,
) -> Result<Option<Names>, ScimError> {
    let texts = texts.iter().map(|text| text.as_ref().trim_matches(' '));
    let mut texts = texts.filter(|text| !text.is_empty()).peekable();
    if texts.peek().is_none() {
        return Ok(None);
    }
    let mut names = Names::default();
    for text in texts {
        let malformed = || {
            let text = scim_core::quoted(text);
            let detail = format!("{text} in `{parameter}` is not an attribute name");
            ScimError::of(ScimType::InvalidValue, detail)
        };
        let path: AttrPath = match text.parse() {
            Ok(path) => path,
            // A third level names nothing (decision N07).
            Err(error) if error.kind() == AttrPathErrorKind::TooDeep && are_names(text) => continue,
            Err(_) => return Err(malformed()),
        };
        match schema.resolve(&path, policy) {
            Ok(resolved) => names.add(resolved),
            Err(_) if path.attr().is_empty() && has_no_names(schema, text) => {
                return Err(malformed());
            }
            Err(_) => {}
        }
    }
    Ok(Some(names))
}

/// Whether a text begins with a schema of the type and goes on with what are no names.
fn has_no_names(schema: &ResourceSchema, text: &str) -> bool {
    let parts = text.rsplit_once(':');
    parts.is_some_and(|(uri, names)| schema.has_schema(uri) && !are_names(names))
}

/// Whether a text is made of names, however many.
fn are_names(text: &str) -> bool {
    text.split('.').all(is_attr_name)
}

/// The paths that the body of a POST or PUT writes, also as null, for [`Projection::of_write`]
/// (decision J09).
///
/// ```
/// use scim_core::{Resource, builtin};
/// let body: Resource = r#"{"userName":"ada","name":{"GivenName":null}}"#.parse()?;
/// let paths = scim_schema::written_in(builtin::user_schema(), &body);
/// let paths: Vec<_> = paths.iter().map(|path| path.as_str()).collect();
/// assert_eq!(paths, ["userName", "name", "name.givenName"]);
/// # Ok::<(), scim_core::ReadError>(())
/// ```
pub fn written_in(schema: &ResourceSchema, body: &Resource) -> Vec<AttrPath> {
    let mut paths = Vec::new();
    for (key, value) in body.iter() {
        if let Some(attribute) = schema.attribute(key.as_str()) {
            add_written(None, attribute, value, &mut paths);
        } else if let Some(extension) = schema.extension(key.as_str()) {
            let members = value.as_object().into_iter().flat_map(Object::iter);
            for (key, value) in members {
                if let Some(attribute) = extension.schema.attribute(key.as_str()) {
                    add_written(Some(&extension.schema), attribute, value, &mut paths);
                }
            }
        }
    }
    paths
}

fn add_written(
    extension: Option<&Schema>,
    attribute: &Attribute,
    value: &scim_core::Value,
    paths: &mut Vec<AttrPath>,
) {
    paths.push(Place::new(extension, attribute, None).path());
    for sub in &attribute.sub_attributes {
        let writes = |element: &scim_core::Value| {
            let object = element.as_object();
            object.is_some_and(|object| object.get(sub.name.as_str()).is_some())
        };
        if value.elements().any(writes) {
            paths.push(Place::new(extension, attribute, Some(sub)).path());
        }
    }
}
