//! The other libraries that read filters, each behind the same two questions.

use registry_scim_filter::parser as registry;
use scim_filter::{CompValue, CompareOp, Filter, FilterLimits, Parser};

/// One of them.
pub struct Peer {
    /// Its name and version.
    pub name: &'static str,
    /// Reads a filter and drops it; whether there was one.
    pub parse: fn(&str) -> bool,
    /// What it reads, as a tree of ours.
    pub read: fn(&str) -> Result<Filter, String>,
}

/// All of them.
pub const PEERS: &[Peer] = &[
    Peer {
        name: "scim_v2 1.0",
        parse: |text| text.parse::<scim_v2::filter::Filter>().is_ok(),
        read: |text| {
            let filter: scim_v2::filter::Filter = text.parse().map_err(|_| "refused")?;
            printed(&filter.to_string())
        },
    },
    Peer {
        name: "scim_proto 1.10",
        parse: |text| text.parse::<scim_proto::filter::ScimFilter>().is_ok(),
        read: |text| {
            let filter: scim_proto::filter::ScimFilter = text.parse().map_err(|_| "refused")?;
            printed(&filter.to_string())
        },
    },
    Peer {
        name: "scim-filter 0.2 of the registry",
        parse: |text| registry::filter(text).is_ok_and(|(rest, _)| rest.is_empty()),
        read: |text| match registry::filter(text) {
            Ok(("", filter)) => from_registry(&filter),
            Ok(_) => Err("stopped early".to_owned()),
            Err(_) => Err("refused".to_owned()),
        },
    },
];

/// How the registry's `scim-filter`, the only one of them that evaluates, answers for users that are JSON already.
///
/// # Errors
/// What it says when it cannot.
pub fn matching(text: &str, users: &[serde_json::Value]) -> Result<usize, String> {
    let (_, filter) = registry::filter(text).map_err(|error| error.to_string())?;
    count(&filter, users)
}

/// The same for a filter that was read before.
///
/// # Errors
/// What it says when it cannot.
pub fn count(filter: &registry::Filter<'_>, users: &[serde_json::Value]) -> Result<usize, String> {
    let mut count = 0;
    for user in users {
        count += usize::from(filter.r#match(user).map_err(|error| error.to_string())?);
    }
    Ok(count)
}

/// A parser that takes whatever the others print.
pub fn unbounded() -> Parser {
    Parser::new().limits(FilterLimits {
        bytes: usize::MAX,
        depth: usize::MAX,
        terms: usize::MAX,
    })
}

fn printed(text: &str) -> Result<Filter, String> {
    let filter = unbounded().parse(text);
    filter
        .map(|filter| filter.into_inner())
        .map_err(|error| format!("prints what is no filter: {error}"))
}

fn from_registry(filter: &registry::Filter<'_>) -> Result<Filter, String> {
    Ok(match filter {
        registry::Filter::AttrExp(term) => from_term(term)?,
        registry::Filter::LogExp(list) => join(
            from_registry(&list.left)?,
            &list.log_exp_operator,
            from_registry(&list.right)?,
        ),
        registry::Filter::ValuePath(path) => Filter::value_path(
            from_path(path.attr_path())?,
            from_element(path.val_filter())?,
        ),
        registry::Filter::Sub(true, inner) => !from_registry(inner)?,
        registry::Filter::Sub(false, inner) => from_registry(inner)?,
    })
}

fn from_element(filter: &registry::ValFilter<'_>) -> Result<Filter, String> {
    Ok(match filter {
        registry::ValFilter::AttrExp(term) => from_term(term)?,
        registry::ValFilter::LogExp(list) => join(
            from_registry(&list.left)?,
            &list.log_exp_operator,
            from_registry(&list.right)?,
        ),
        registry::ValFilter::SubFilter(true, inner) => !from_element(inner)?,
        registry::ValFilter::SubFilter(false, inner) => from_element(inner)?,
    })
}

fn join(left: Filter, operator: &registry::LogExpOperator, right: Filter) -> Filter {
    match operator.is_and() {
        true => left.and(right),
        false => left.or(right),
    }
}

fn from_term(term: &registry::AttrExpData<'_>) -> Result<Filter, String> {
    use registry::CompareOp as Op;
    Ok(match term {
        registry::AttrExpData::Present(path) => Filter::present(from_path(path)?),
        registry::AttrExpData::Compare(path, op, value) => {
            let op = match op {
                Op::Equal => CompareOp::Eq,
                Op::NotEqual => CompareOp::Ne,
                Op::Contains => CompareOp::Co,
                Op::StartsWith => CompareOp::Sw,
                Op::EndsWith => CompareOp::Ew,
                Op::GreaterThan => CompareOp::Gt,
                Op::GreaterThanOrEqual => CompareOp::Ge,
                Op::LessThan => CompareOp::Lt,
                Op::LessThanOrEqual => CompareOp::Le,
            };
            let value = match value {
                registry::CompValue::False => false.into(),
                registry::CompValue::True => true.into(),
                registry::CompValue::Null => CompValue::Null,
                registry::CompValue::String(text) => (*text).into(),
                registry::CompValue::Number(number) => {
                    let number = number.to_string().parse();
                    CompValue::Number(number.map_err(|_| "no number")?)
                }
            };
            Filter::compare(from_path(path)?, op, value)
        }
    })
}

/// The URI is nothing that it shows; the classes have none.
fn from_path(path: &registry::AttrPath) -> Result<scim_core::AttrPath, String> {
    let sub = path.sub_attr().as_ref().map(|sub| sub.to_string());
    let text = match sub {
        Some(sub) => format!("{}.{sub}", &**path.attr_name()),
        None => path.attr_name().to_string(),
    };
    text.parse().map_err(|_| format!("read the path {text}"))
}
