//! Filters made as trees, about values that a resource has.

use scim_core::{AttrPath, Attribute, Resource, ResourceSchema, Value};
use scim_filter::{CompValue, CompareOp, Filter};
use scim_smith::Source;

/// A filter for resources of the type, of some fifty terms at most; most of its names are known, and most of
/// its literals stand in the resource or fit.
pub(super) fn filter(
    source: &mut Source<'_>,
    schema: &ResourceSchema,
    resource: &Resource,
) -> Filter {
    let resource = Value::from(resource.clone());
    joined(source, 3, &mut |source| {
        let attribute = Chosen::of(source, schema);
        let values = attribute.values(&resource);
        if !source.percent(20) {
            return attribute.term(source, &values);
        }
        let path = attribute.path(None);
        let inner = joined(source, 1, &mut |source| {
            attribute.element_term(source, &values)
        });
        Filter::value_path(path, inner)
    })
}

/// Terms under `and`, `or` and `not`, flat as the parser makes them.
fn joined<'d>(
    source: &mut Source<'d>,
    depth: usize,
    term: &mut dyn FnMut(&mut Source<'d>) -> Filter,
) -> Filter {
    let kind = if depth == 0 { 0 } else { source.below(6) };
    let mut list = |source: &mut Source<'d>| -> Vec<Filter> {
        let count = 1 + source.below(4);
        let terms = (0..count).map(|_| joined(source, depth - 1, term));
        terms.collect()
    };
    let joined = match kind {
        1 => Filter::all(list(source)),
        2 => Filter::any(list(source)),
        3 => Some(!joined(source, depth - 1, term)),
        _ => None,
    };
    joined.unwrap_or_else(|| term(source))
}

/// An attribute of the schema, and perhaps one of its sub-attributes.
struct Chosen<'s> {
    schema: Option<&'s str>,
    attribute: &'s Attribute,
    sub: Option<&'s Attribute>,
}

impl<'s> Chosen<'s> {
    fn of(source: &mut Source<'_>, schema: &'s ResourceSchema) -> Self {
        let base = schema
            .attributes()
            .iter()
            .map(|attribute| (None, attribute));
        let extended = schema.extensions().iter().flat_map(|extension| {
            let uri = extension.schema.id.as_str();
            let attributes = extension.schema.attributes.iter();
            attributes.map(move |attribute| (Some(uri), attribute))
        });
        let all: Vec<_> = base.chain(extended).collect();
        let (schema, attribute) = *source.pick(&all);
        let subs = &attribute.sub_attributes;
        let sub = (!subs.is_empty() && source.percent(70)).then(|| source.pick(subs));
        Self {
            schema,
            attribute,
            sub,
        }
    }

    fn path(&self, sub: Option<&str>) -> AttrPath {
        AttrPath::of(self.schema, self.attribute.name.as_str(), sub)
    }

    /// The values of the attribute, elements one by one.
    fn values<'v>(&self, resource: &'v Value) -> Vec<&'v Value> {
        let container = match self.schema {
            None => Some(resource),
            Some(uri) => member(resource, uri),
        };
        let value = container.and_then(|object| member(object, self.attribute.name.as_str()));
        value.into_iter().flat_map(Value::elements).collect()
    }

    fn term(&self, source: &mut Source<'_>, values: &[&Value]) -> Filter {
        let name = self.sub.map(|sub| sub.name.as_str());
        compare(source, self.path(name), &inner(values, name))
    }

    /// A term for brackets behind the attribute.
    fn element_term(&self, source: &mut Source<'_>, values: &[&Value]) -> Filter {
        let sub = match self.attribute.sub_attributes.as_slice() {
            [] => None,
            subs => Some(source.pick(subs).name.as_str()),
        };
        let path = AttrPath::of(None, sub.unwrap_or("value"), None);
        compare(source, path, &inner(values, sub))
    }
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.as_object()?.get(name)
}

/// The values of a sub-attribute, or those of the attribute itself.
fn inner<'v>(values: &[&'v Value], sub: Option<&str>) -> Vec<&'v Value> {
    match sub {
        None => values.to_vec(),
        Some(sub) => values
            .iter()
            .filter_map(|value| member(value, sub))
            .collect(),
    }
}

/// `path pr`, or a comparison with one of the values, with a part of it, or with another literal.
fn compare(source: &mut Source<'_>, path: AttrPath, values: &[&Value]) -> Filter {
    let op = match source.below(CompareOp::ALL.len() + 1) {
        0 => return Filter::present(path),
        at => *CompareOp::ALL.get(at - 1).unwrap_or(&CompareOp::Eq),
    };
    let known = match values {
        [] => None,
        values => Some(*source.pick(values)),
    };
    let value = match known.filter(|_| source.percent(80)) {
        Some(Value::String(text)) => {
            let from = source.below(4).min(text.chars().count());
            let part: String = text.chars().skip(from).collect();
            CompValue::from(match source.percent(30) {
                true => part.to_uppercase(),
                false => part,
            })
        }
        Some(Value::Bool(value)) => CompValue::from(*value),
        Some(Value::Number(number)) => CompValue::from(number.clone()),
        _ => literal(source),
    };
    match (op, &value) {
        (CompareOp::Eq | CompareOp::Ne, _) => Filter::compare(path, op, value),
        // Nothing else is asked of null (F15).
        (_, CompValue::Null) => Filter::ne(path, value),
        _ => Filter::compare(path, op, value),
    }
}

fn literal(source: &mut Source<'_>) -> CompValue {
    let texts = [
        "",
        "a",
        "work",
        "2011-05-13T04:42:34Z",
        "QQ==",
        "\"\\\u{1}\u{7f}é😀",
        "STRASSE",
    ];
    let numbers = ["0", "-1", "1.50", "1e400", "9007199254740993"];
    match source.below(5) {
        0 => CompValue::Null,
        1 => CompValue::from(source.percent(50)),
        2 => CompValue::Number(source.pick(&numbers).parse().expect("a number")),
        _ => CompValue::from(*source.pick(&texts)),
    }
}
