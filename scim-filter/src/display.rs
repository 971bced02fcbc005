//! The text form: `parse(display(x)) == x`, and `display(parse(t))` is the canonical spelling.

use std::fmt;

use scim_core::write_json_string;

use crate::{CompValue, Filter, Path};

/// What is still to be written; a stack of these instead of recursion.
enum Pending<'a> {
    Filter(&'a Filter, Parent),
    Text(&'static str),
}

/// What stands around a filter, and so decides whether it needs parentheses.
#[derive(Clone, Copy, PartialEq)]
enum Parent {
    /// The whole text, or something that brings delimiters of its own.
    None,
    /// An `or`: its terms need none, save an `or` that was built inside an `or`.
    Or,
    /// An `and`: an `or` inside needs them.
    And,
}

/// The canonical form: operators in lower case, names as written, single spaces, strings in their
/// shortest escapes, no parentheses but those that carry meaning.
///
/// A list of no terms, which neither the parser nor [`Filter::all`] and [`Filter::any`] make, has no text:
/// nothing is printed for it, and what stands around it is not read back.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pending = vec![Pending::Filter(self, Parent::None)];
        while let Some(next) = pending.pop() {
            match next {
                Pending::Text(text) => f.write_str(text)?,
                Pending::Filter(filter, parent) => write_one(f, filter, parent, &mut pending)?,
            }
        }
        Ok(())
    }
}

fn write_one<'a>(
    f: &mut fmt::Formatter<'_>,
    filter: &'a Filter,
    parent: Parent,
    pending: &mut Vec<Pending<'a>>,
) -> fmt::Result {
    match filter {
        Filter::And(terms) => write_list(
            f,
            terms,
            Parent::And,
            parent == Parent::And,
            " and ",
            pending,
        ),
        Filter::Or(terms) => write_list(
            f,
            terms,
            Parent::Or,
            parent != Parent::None,
            " or ",
            pending,
        ),
        Filter::Not(inner) => {
            pending.push(Pending::Text(")"));
            pending.push(Pending::Filter(inner, Parent::None));
            f.write_str("not (")
        }
        Filter::Compare { path, op, value } => write!(f, "{path} {op} {value}"),
        Filter::Present(path) => write!(f, "{path} pr"),
        Filter::ValuePath { path, filter } => {
            pending.push(Pending::Text("]"));
            pending.push(Pending::Filter(filter, Parent::None));
            write!(f, "{path}[")
        }
    }
}

fn write_list<'a>(
    f: &mut fmt::Formatter<'_>,
    terms: &'a [Filter],
    as_parent: Parent,
    parentheses: bool,
    operator: &'static str,
    pending: &mut Vec<Pending<'a>>,
) -> fmt::Result {
    // A list of one, which only code can make, is its term.
    let as_parent = if terms.len() == 1 {
        Parent::None
    } else {
        as_parent
    };
    if parentheses {
        f.write_str("(")?;
        pending.push(Pending::Text(")"));
    }
    for (index, term) in terms.iter().enumerate().rev() {
        pending.push(Pending::Filter(term, as_parent));
        if index > 0 {
            pending.push(Pending::Text(operator));
        }
    }
    Ok(())
}

/// The literal as JSON.
impl fmt::Display for CompValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Null => f.write_str("null"),
            Self::Number(number) => write!(f, "{number}"),
            Self::String(text) => {
                let mut json = String::with_capacity(text.len() + 2);
                write_json_string(text, &mut json);
                f.write_str(&json)
            }
        }
    }
}

/// The canonical form; see [`Filter`].
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.attr)?;
        match &self.filter {
            Some(Filter::Compare { op, value, .. }) if self.short => write!(f, " {op} {value}")?,
            Some(filter) => write!(f, "[{filter}]")?,
            None => {}
        }
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}
