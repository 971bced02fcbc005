//! Filters made by code instead of text: nothing to quote, nothing to escape.

use std::ops::Not;

use scim_core::AttrPath;

use crate::{CompValue, CompareOp, Filter};

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident = $op:ident;)*) => {
        /// The builder. Printing the result escapes what needs it.
        ///
        /// ```
        /// use scim_filter::Filter;
        /// let filter = Filter::eq("userName".parse()?, "O\"Neil").or(Filter::present("title".parse()?));
        /// assert_eq!(filter.to_string(), r#"userName eq "O\"Neil" or title pr"#);
        /// # Ok::<(), scim_core::AttrPathError>(())
        /// ```
        impl Filter {
            $(
                $(#[$doc])*
                pub fn $name(path: AttrPath, value: impl Into<CompValue>) -> Self {
                    Self::compare(path, CompareOp::$op, value)
                }
            )*
        }
    };
}

comparisons! {
    /// `path eq value`.
    eq = Eq;
    /// `path ne value`.
    ne = Ne;
    /// `path co value`.
    co = Co;
    /// `path sw value`.
    sw = Sw;
    /// `path ew value`.
    ew = Ew;
    /// `path gt value`.
    gt = Gt;
    /// `path ge value`.
    ge = Ge;
    /// `path lt value`.
    lt = Lt;
    /// `path le value`.
    le = Le;
}

impl Filter {
    /// `path op value`.
    pub fn compare(path: AttrPath, op: CompareOp, value: impl Into<CompValue>) -> Self {
        Self::Compare {
            path,
            op,
            value: value.into(),
        }
    }

    /// `path pr`.
    pub fn present(path: AttrPath) -> Self {
        Self::Present(path)
    }

    /// `path[filter]`; inside the filter every path is one bare name.
    pub fn value_path(path: AttrPath, filter: Filter) -> Self {
        Self::ValuePath {
            path,
            filter: Box::new(filter),
        }
    }

    /// Both hold; lists stay flat.
    #[must_use]
    pub fn and(self, other: Filter) -> Self {
        let mut terms = Vec::new();
        self.join_and(&mut terms);
        other.join_and(&mut terms);
        Self::all_of(terms)
    }

    /// At least one holds; lists stay flat.
    #[must_use]
    pub fn or(self, other: Filter) -> Self {
        let mut terms = Vec::new();
        self.join_or(&mut terms);
        other.join_or(&mut terms);
        Self::any_of(terms)
    }

    /// Adds the filter to the terms of an `and`, without its own list if it is one.
    pub(crate) fn join_and(mut self, terms: &mut Vec<Filter>) {
        match &mut self {
            Self::And(own) if terms.is_empty() && !own.is_empty() => *terms = std::mem::take(own),
            Self::And(own) => terms.append(own),
            _ => terms.push(self),
        }
    }

    /// Adds the filter to the terms of an `or`, without its own list if it is one.
    pub(crate) fn join_or(mut self, terms: &mut Vec<Filter>) {
        match &mut self {
            Self::Or(own) if terms.is_empty() && !own.is_empty() => *terms = std::mem::take(own),
            Self::Or(own) => terms.append(own),
            _ => terms.push(self),
        }
    }

    /// The `and` of terms joined by [`Filter::join_and`].
    pub(crate) fn all_of(mut terms: Vec<Filter>) -> Self {
        match terms.len() {
            1 => terms.pop().unwrap_or_default(),
            _ => Self::And(terms),
        }
    }

    /// The `or` of terms joined by [`Filter::join_or`].
    pub(crate) fn any_of(mut terms: Vec<Filter>) -> Self {
        match terms.len() {
            1 => terms.pop().unwrap_or_default(),
            _ => Self::Or(terms),
        }
    }
}

/// `not (filter)`.
impl Not for Filter {
    type Output = Self;

    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a() -> Filter {
        Filter::present(AttrPath::of(None, "a", None))
    }

    #[test]
    fn lists_stay_flat() {
        let filter = a().and(a().and(a())).or(a()).or(a().or(a()));
        assert_eq!(
            filter.to_string(),
            "a pr and a pr and a pr or a pr or a pr or a pr"
        );
        assert_eq!(filter.to_string().parse::<Filter>().unwrap(), filter);
        let filter = !a().or(a()).and(a());
        assert_eq!(filter.to_string(), "not ((a pr or a pr) and a pr)");
    }

    #[test]
    fn the_and_of_nothing_is_neutral() {
        assert_eq!(Filter::default().and(a()), a());
        assert_eq!(Filter::Or(vec![]).or(a()), a());
    }
}
