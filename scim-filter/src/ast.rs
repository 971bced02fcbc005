//! [`Filter`], [`Path`], [`CompareOp`] and [`CompValue`]: what the grammars yield.

use std::fmt;

use scim_core::{AttrName, AttrPath, Number, Value};

/// A filter, the `FILTER` rule of RFC 7644 §3.4.2.2.
///
/// `and` and `or` are flat lists: what the parser and the builder make never holds an `And` directly
/// inside an `And`, nor an `Or` directly inside an `Or`, nor a list of fewer than two terms. Inside
/// [`ValuePath`](Filter::ValuePath) every path is one bare name (decision F07).
///
/// Dropping a filter does not recurse, so its parts cannot be moved out of a pattern; match on a
/// reference, and use [`std::mem::take`] on what is needed. The default is the `and` of no terms.
///
/// ```
/// use scim_filter::{CompareOp, Filter};
/// let filter: Filter = r#"userName sw "ada" and active eq true"#.parse()?;
/// let Filter::And(terms) = &filter else { panic!() };
/// assert!(matches!(&terms[0], Filter::Compare { op: CompareOp::Sw, .. }));
/// # Ok::<(), scim_filter::ParseFilterError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the grammar of RFC 7644 is closed, and whoever translates a filter must meet every case"
)]
pub enum Filter {
    /// Every term holds; of no terms: always true, for which the grammar has no text.
    And(Vec<Filter>),
    /// At least one term holds; of no terms: never true, for which the grammar has no text.
    Or(Vec<Filter>),
    /// The filter does not hold.
    Not(Box<Filter>),
    /// `attrPath compareOp compValue`.
    Compare {
        /// The attribute.
        path: AttrPath,
        /// The operator.
        op: CompareOp,
        /// The literal.
        value: CompValue,
    },
    /// `attrPath pr`.
    Present(AttrPath),
    /// `attrPath "[" valFilter "]"`: one value of the attribute satisfies the filter.
    ValuePath {
        /// The attribute.
        path: AttrPath,
        /// The filter over one value.
        filter: Box<Filter>,
    },
}

impl Default for Filter {
    fn default() -> Self {
        Self::And(Vec::new())
    }
}

/// Takes a deep tree apart piece by piece, so that depth costs no stack.
impl Drop for Filter {
    fn drop(&mut self) {
        if self.children().all(|child| child.is_within(FLAT)) {
            return;
        }
        let mut pending = Vec::new();
        take_deep_children(self, &mut pending);
        while let Some(mut filter) = pending.pop() {
            take_deep_children(&mut filter, &mut pending);
        }
    }
}

/// Levels that are dropped by recursion: most filters have no more.
const FLAT: usize = 4;

/// Moves the children out that have more levels than are dropped by recursion.
fn take_deep_children(filter: &mut Filter, into: &mut Vec<Filter>) {
    let children = match filter {
        Filter::And(terms) | Filter::Or(terms) => terms.as_mut_slice(),
        Filter::Not(inner) | Filter::ValuePath { filter: inner, .. } => {
            std::slice::from_mut(&mut **inner)
        }
        Filter::Compare { .. } | Filter::Present(_) => &mut [],
    };
    let deep = children.iter_mut().filter(|child| !child.is_within(FLAT));
    into.extend(deep.map(std::mem::take));
}

impl Filter {
    /// The filters that this one is made of.
    pub(crate) fn children(&self) -> std::slice::Iter<'_, Filter> {
        match self {
            Self::And(terms) | Self::Or(terms) => terms.iter(),
            Self::Not(inner) | Self::ValuePath { filter: inner, .. } => {
                std::slice::from_ref(&**inner).iter()
            }
            Self::Compare { .. } | Self::Present(_) => [].iter(),
        }
    }

    /// Whether no more than so many levels lie below this one.
    fn is_within(&self, levels: usize) -> bool {
        let mut children = self.children();
        match levels.checked_sub(1) {
            Some(levels) => children.all(|child| child.is_within(levels)),
            None => children.next().is_none(),
        }
    }
}

/// A comparison operator of RFC 7644 §3.4.2.2, in the order of its Table 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
// Every `Filter` tells its case by the operator's place. As a whole word it keeps what stands behind it
// aligned, and a filter is moved in a third less time.
#[repr(usize)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the grammar of RFC 7644 is closed, and whoever translates a filter must meet every case"
)]
pub enum CompareOp {
    /// Equal.
    Eq,
    /// Not equal: no value is equal (decision F14).
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater than.
    Gt,
    /// Greater than or equal to.
    Ge,
    /// Less than.
    Lt,
    /// Less than or equal to.
    Le,
}

impl CompareOp {
    /// Every operator, in order.
    pub const ALL: [Self; 9] = [
        Self::Eq,
        Self::Ne,
        Self::Co,
        Self::Sw,
        Self::Ew,
        Self::Gt,
        Self::Ge,
        Self::Lt,
        Self::Le,
    ];

    /// The operator as the canonical form spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }

    /// Whether it looks for a part of a string: `co`, `sw`, `ew`.
    pub fn is_substring(self) -> bool {
        matches!(self, Self::Co | Self::Sw | Self::Ew)
    }

    /// Whether it asks for an order: `gt`, `ge`, `lt`, `le`.
    pub fn is_order(self) -> bool {
        matches!(self, Self::Gt | Self::Ge | Self::Lt | Self::Le)
    }
}

impl fmt::Display for CompareOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A literal, the `compValue` rule of RFC 7644 §3.4.2.2: a JSON scalar.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the grammar of RFC 7644 is closed, and whoever translates a filter must meet every case"
)]
pub enum CompValue {
    /// `false` or `true`.
    Bool(bool),
    /// `null`: the attribute has no value (decision F15).
    Null,
    /// A number, kept exactly as written.
    Number(Number),
    /// A string, unescaped.
    String(Box<str>),
}

impl CompValue {
    /// What kind of literal this is, for messages: `a string`, `a number`, …
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Bool(_) => "a boolean",
            Self::Null => "null",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
        }
    }
}

impl From<bool> for CompValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}
impl From<i64> for CompValue {
    fn from(value: i64) -> Self {
        Self::Number(value.into())
    }
}
impl From<Number> for CompValue {
    fn from(value: Number) -> Self {
        Self::Number(value)
    }
}
impl From<&str> for CompValue {
    fn from(value: &str) -> Self {
        Self::String(value.into())
    }
}
impl From<String> for CompValue {
    fn from(value: String) -> Self {
        Self::String(value.into())
    }
}
impl From<CompValue> for Value {
    fn from(value: CompValue) -> Self {
        match value {
            CompValue::Bool(value) => Self::Bool(value),
            CompValue::Null => Self::Null,
            CompValue::Number(number) => Self::Number(number),
            CompValue::String(text) => Self::String(text),
        }
    }
}

/// The path of a PATCH operation, the `PATH` rule of RFC 7644 §3.5.2.
///
/// `attr`, `attr.sub`, `attr[filter]`, `attr[filter].sub`, a bare schema URI (decision N02), or the
/// short form `attr eq value` that selects an element of a simple multi-valued attribute (F10).
///
/// ```
/// use scim_filter::Path;
/// let path: Path = r#"emails[type eq "work"].value"#.parse()?;
/// assert_eq!(path.attr.as_str(), "emails");
/// assert!(path.filter.is_some());
/// assert_eq!(path.sub.ok_or("no sub-attribute")?, "value");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Path {
    /// The attribute, with its sub-attribute if there is no filter between the two. What it names
    /// is the schema's to say.
    pub attr: AttrPath,
    /// The filter that selects elements; inside it every path is one bare name.
    pub filter: Option<Filter>,
    /// The sub-attribute behind the brackets.
    pub sub: Option<AttrName>,
    /// Whether the filter was written without brackets, as `attr eq value`: then it is
    /// `value eq …`, and the attribute must be a simple multi-valued one.
    pub short: bool,
}

impl Path {
    /// The path of an attribute.
    pub fn new(attr: AttrPath) -> Self {
        Self {
            attr,
            filter: None,
            sub: None,
            short: false,
        }
    }

    /// The same path with brackets.
    #[must_use]
    pub fn with_filter(mut self, filter: Filter) -> Self {
        self.filter = Some(filter);
        self.short = false;
        self
    }

    /// The same path with a sub-attribute behind the brackets.
    #[must_use]
    pub fn with_sub(mut self, sub: AttrName) -> Self {
        self.sub = Some(sub);
        self
    }
}

impl From<AttrPath> for Path {
    fn from(attr: AttrPath) -> Self {
        Self::new(attr)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deep_tree_is_dropped_on_a_small_stack() {
        let drop = || {
            let mut filter = Filter::Present(AttrPath::of(None, "a", None));
            for level in 0..1_000_000 {
                filter = match level % 3 {
                    0 => Filter::Not(Box::new(filter)),
                    1 => Filter::And(vec![filter]),
                    _ => Filter::ValuePath {
                        path: AttrPath::of(None, "a", None),
                        filter: Box::new(filter),
                    },
                };
            }
            drop(filter);
        };
        std::thread::Builder::new()
            .stack_size(128 << 10)
            .spawn(drop)
            .unwrap()
            .join()
            .unwrap();
    }

    #[test]
    fn a_filter_is_seven_words() {
        assert!(size_of::<Filter>() <= 7 * size_of::<usize>());
    }
}
