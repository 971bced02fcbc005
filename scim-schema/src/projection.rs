//! [`Projection`]: which part of a resource an answer shows (RFC 7644 §3.9).

mod compile;
mod text;

use scim_core::{
    AttrName, AttrPath, Key, NameOrder, Object, Policy, Resource, ResourceSchema, ScimError, Value,
};

pub use compile::written_in;
pub use text::ProjectionWriter;

/// The attributes that an answer shows: what `attributes` or `excludedAttributes` ask for, within
/// what each attribute's `returned` allows.
///
/// `schemas` and `id` are always shown (decision J04), `schemas` with all its URIs (J05). What is
/// `returned: never` or writeOnly is never shown, even if named (J13), and neither is anything that
/// no schema defines. Nulls and empty values are left out (J15), names are in the schema's spelling.
///
/// ```
/// use scim_core::{Policy, Resource, builtin};
/// use scim_schema::Projection;
/// let user: Resource = r#"{"id":"1","userName":"ada","password":"x",
///     "name":{"givenName":"Ada","familyName":"Lovelace"}}"#.parse()?;
/// let policy = Policy::strict();
/// let shown = Projection::new(builtin::user_schema(), &["NAME.givenname", "password"], &[], &policy)?;
/// assert_eq!(shown.apply(&user).to_json(), r#"{"id":"1","name":{"givenName":"Ada"}}"#);
/// assert!(!shown.wants("emails"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    top: Table<Shown>,
    extensions: Vec<(Key, Table<Shown>)>,
}

/// The attributes that are shown of an object, and what of each.
#[derive(Clone, Debug, PartialEq)]
struct Table<T> {
    rows: Vec<(AttrName, T)>,
    order: NameOrder,
}

/// What is shown of an attribute.
#[derive(Clone, Debug, PartialEq)]
enum Shown {
    /// Its whole value: it is simple.
    Whole,
    /// These sub-attributes.
    Subs(Table<()>),
}

impl Projection {
    /// Reads the parameters, each a list of names in standard notation (RFC 7644 §3.10). Unknown
    /// names are skipped, yet count as names: if all are unknown the minimum set is shown
    /// (decision J02). A list of empty names is no list (J03).
    ///
    /// # Errors
    /// `invalidValue` if both lists have names (J01) or a name is malformed (J02).
    ///
    /// # Complexity
    /// `n log n` in the number of names and attributes; each name is compared with the URIs of the extensions.
    pub fn new<S: AsRef<str>>(
        schema: &ResourceSchema,
        attributes: &[S],
        excluded: &[S],
        policy: &Policy,
    ) -> Result<Self, ScimError> {
        compile::Request::new(schema, attributes, excluded, policy).map(|request| request.compile())
    }

    /// What is shown without parameters: what is `returned` always or by default.
    pub fn default_for(schema: &ResourceSchema) -> Self {
        compile::Request::default_set(schema).compile()
    }

    /// The projection of an answer to a write: what is `returned: request` is shown as well where the
    /// client wrote it (decision J09). `written` holds the paths that a PATCH touched; for the body
    /// of a POST or PUT see [`written_in`]. Unknown paths are skipped.
    ///
    /// # Errors
    /// As [`Projection::new`].
    ///
    /// ```
    /// use scim_core::{Policy, builtin};
    /// use scim_schema::Projection;
    /// let schema = builtin::user_schema();
    /// let none: [&str; 0] = [];
    /// let written = ["title".parse()?];
    /// let shown = Projection::of_write(schema, &none, &none, &written, &Policy::strict())?;
    /// assert_eq!(shown, Projection::default_for(schema));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_write<S: AsRef<str>>(
        schema: &ResourceSchema,
        attributes: &[S],
        excluded: &[S],
        written: &[AttrPath],
        policy: &Policy,
    ) -> Result<Self, ScimError> {
        let request = compile::Request::new(schema, attributes, excluded, policy)?;
        Ok(request.written(written, policy).compile())
    }

    /// Whether anything of a top-level attribute may be shown, or of the extension with that URI: a
    /// store need not read what nobody wants.
    pub fn wants(&self, name: &str) -> bool {
        self.top.find(name).is_some() || self.extension(name).is_some()
    }

    /// The part of the resource that is shown.
    ///
    /// # Complexity
    /// Linear in the size of the resource, of an object with `n` attributes `n log n`. Only what is shown is
    /// copied.
    pub fn apply(&self, resource: &Resource) -> Resource {
        let members = resource.iter().filter_map(|(key, value)| {
            if let Some((name, shown)) = self.top.find(key.as_str()) {
                return Some((Key::from(name), shown.of(value)?));
            }
            let (uri, table) = self.extension(key.as_str())?;
            let object = table.of(value.as_object()?);
            (!object.is_empty()).then(|| (uri.clone(), Value::Object(object)))
        });
        Resource::from(members.collect::<Object>())
    }

    fn extension(&self, uri: &str) -> Option<(&Key, &Table<Shown>)> {
        let (uri, table) = self.extensions.iter().find(|(key, _)| *key == *uri)?;
        Some((uri, table))
    }
}

impl<T> Table<T> {
    fn find(&self, name: &str) -> Option<(&AttrName, &T)> {
        let place = self.order.position(&self.rows, text, name)?;
        let (name, shown) = self.rows.get(place)?;
        Some((name, shown))
    }
}

fn text<T>((name, _): &(AttrName, T)) -> &str {
    name.as_str()
}

impl<T> FromIterator<(AttrName, T)> for Table<T> {
    fn from_iter<I: IntoIterator<Item = (AttrName, T)>>(rows: I) -> Self {
        let rows = Vec::from_iter(rows);
        let order = NameOrder::of(rows.iter().map(text));
        Self { rows, order }
    }
}

impl Table<Shown> {
    fn of(&self, object: &Object) -> Object {
        let members = object.iter().filter_map(|(key, value)| {
            let (name, shown) = self.find(key.as_str())?;
            Some((Key::from(name), shown.of(value)?))
        });
        members.collect()
    }
}

impl Shown {
    /// The part of a value that is shown; `None` if nothing is left.
    fn of(&self, value: &Value) -> Option<Value> {
        let names = match self {
            Self::Whole => return without_empty(value),
            Self::Subs(names) => names,
        };
        // A complex attribute holds objects; whatever else is there cannot be told apart from what
        // must stay hidden.
        let part = |value: &Value| {
            let members = value.as_object()?.iter().filter_map(|(key, value)| {
                let (name, ()) = names.find(key.as_str())?;
                Some((Key::from(name), without_empty(value)?))
            });
            let object: Object = members.collect();
            (!object.is_empty()).then_some(Value::Object(object))
        };
        match value {
            Value::Array(elements) => {
                let elements: Vec<Value> = elements.iter().filter_map(part).collect();
                (!elements.is_empty()).then_some(Value::Array(elements))
            }
            one => part(one),
        }
    }
}

/// The value without nulls and empty containers (decision J15).
fn without_empty(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Array(elements) => {
            let elements: Vec<Value> = elements.iter().filter_map(without_empty).collect();
            (!elements.is_empty()).then_some(Value::Array(elements))
        }
        Value::Object(object) => {
            let members = object
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), without_empty(value)?)));
            let object: Object = members.collect();
            (!object.is_empty()).then_some(Value::Object(object))
        }
        simple => Some(simple.clone()),
    }
}
