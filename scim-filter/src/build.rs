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
    ///
    /// # Complexity
    /// Linear in the terms of `other`, and in those of `self` unless it is an `and`; to join many take
    /// [`Filter::all`].
    #[must_use]
    pub fn and(self, other: Filter) -> Self {
        let mut terms = Vec::new();
        self.join_and(&mut terms);
        other.join_and(&mut terms);
        Self::all_of(terms)
    }

    /// At least one holds; lists stay flat.
    ///
    /// # Complexity
    /// Linear in the terms of `other`, and in those of `self` unless it is an `or`; to join many take
    /// [`Filter::any`].
    #[must_use]
    pub fn or(self, other: Filter) -> Self {
        let mut terms = Vec::new();
        self.join_or(&mut terms);
        other.join_or(&mut terms);
        Self::any_of(terms)
    }

    /// All hold; lists stay flat. `None` of none: the grammar has no text for it.
    ///
    /// # Complexity
    /// Linear in the terms.
    pub fn all(filters: impl IntoIterator<Item = Filter>) -> Option<Self> {
        let mut terms = Vec::new();
        for filter in filters {
            filter.join_and(&mut terms);
        }
        (!terms.is_empty()).then(|| Self::all_of(terms))
    }

    /// At least one holds; lists stay flat. `None` of none: the grammar has no text for it.
    ///
    /// ```
    /// use scim_filter::Filter;
    /// let id: scim_core::AttrPath = "id".parse()?;
    /// let look_up = |ids: &[&str]| Filter::any(ids.iter().map(|one| Filter::eq(id.clone(), *one)));
    /// let filter = look_up(&["a", "b"]).ok_or("nothing to look up")?;
    /// assert_eq!(filter.to_string(), r#"id eq "a" or id eq "b""#);
    /// assert_eq!(look_up(&[]), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Complexity
    /// Linear in the terms.
    pub fn any(filters: impl IntoIterator<Item = Filter>) -> Option<Self> {
        let mut terms = Vec::new();
        for filter in filters {
            filter.join_or(&mut terms);
        }
        (!terms.is_empty()).then(|| Self::any_of(terms))
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
    fn many_are_joined_in_linear_time() {
        let many = || (0..100_000).map(|_| a().or(a()));
        let any = Filter::any(many()).unwrap();
        assert!(matches!(&any, Filter::Or(terms) if terms.len() == 200_000));
        let all = Filter::all(many()).unwrap();
        assert!(matches!(&all, Filter::And(terms) if terms.len() == 100_000));
    }

    #[test]
    fn a_list_of_one_is_its_term_and_of_none_nothing() {
        assert_eq!(Filter::all([a()]), Some(a()));
        assert_eq!(Filter::any([Filter::Or(vec![]), a()]), Some(a()));
        assert_eq!(Filter::all([]), None);
        assert_eq!(Filter::any([Filter::Or(vec![])]), None);
    }

    #[test]
    fn the_and_of_nothing_is_neutral() {
        assert_eq!(Filter::default().and(a()), a());
        assert_eq!(Filter::Or(vec![]).or(a()), a());
    }
}
