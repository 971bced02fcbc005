//! Walks over a filter: its leaves, the attributes it touches, its shape without values.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use scim_core::AttrPath;

use crate::Filter;

/// The comparisons, `pr` tests and value paths of a filter, in the order of the text; the content of
/// brackets follows its value path. Made by [`Filter::leaves`].
#[derive(Clone, Debug)]
pub struct Leaves<'f> {
    pending: Vec<&'f Filter>,
}

impl<'f> Iterator for Leaves<'f> {
    type Item = &'f Filter;

    fn next(&mut self) -> Option<&'f Filter> {
        while let Some(filter) = self.pending.pop() {
            match filter {
                Filter::And(terms) | Filter::Or(terms) => self.pending.extend(terms.iter().rev()),
                Filter::Not(inner) => self.pending.push(inner),
                Filter::ValuePath { filter: inner, .. } => {
                    self.pending.push(inner);
                    return Some(filter);
                }
                Filter::Compare { .. } | Filter::Present(_) => return Some(filter),
            }
        }
        None
    }
}

impl Filter {
    /// The comparisons, `pr` tests and value paths, in the order of the text.
    ///
    /// ```
    /// use scim_filter::Filter;
    /// let filter: Filter = r#"a pr and not (b[c eq 1])"#.parse()?;
    /// let leaves: Vec<_> = filter.leaves().map(ToString::to_string).collect();
    /// assert_eq!(leaves, ["a pr", "b[c eq 1]", "c eq 1"]);
    /// # Ok::<(), scim_filter::ParseFilterError>(())
    /// ```
    pub fn leaves(&self) -> Leaves<'_> {
        Leaves {
            pending: vec![self],
        }
    }

    /// Shows every comparison, `pr` test and value path to `change`, in the order of
    /// [`leaves`](Self::leaves), which may put something else in its place. What it puts there is not
    /// walked; only behind a value path, if one still stands there, follows what is in its brackets.
    /// Lists stay as flat as `change` leaves them.
    ///
    /// ```
    /// use scim_filter::Filter;
    /// let mut filter: Filter = r#"mail eq "x" and a pr"#.parse()?;
    /// filter.rewrite(|leaf| match leaf {
    ///     Filter::Compare { path, .. } if *path == "mail".parse().unwrap() => {
    ///         *path = "emails.value".parse().unwrap();
    ///     }
    ///     _ => {}
    /// });
    /// assert_eq!(filter.to_string(), r#"emails.value eq "x" and a pr"#);
    /// # Ok::<(), scim_filter::ParseFilterError>(())
    /// ```
    pub fn rewrite(&mut self, mut change: impl FnMut(&mut Filter)) {
        let mut pending = vec![self];
        while let Some(filter) = pending.pop() {
            match filter {
                Filter::And(terms) | Filter::Or(terms) => pending.extend(terms.iter_mut().rev()),
                Filter::Not(inner) => pending.push(inner),
                leaf => {
                    let had_brackets = matches!(leaf, Filter::ValuePath { .. });
                    change(leaf);
                    if let (true, Filter::ValuePath { filter, .. }) = (had_brackets, leaf) {
                        pending.push(filter);
                    }
                }
            }
        }
    }

    /// The attributes that the filter looks at, as written: sub-attributes inside brackets with
    /// their attribute, each once whatever its case.
    ///
    /// ```
    /// use scim_filter::Filter;
    /// let filter: Filter = r#"emails[type eq "work"] or EMAILS.TYPE pr"#.parse()?;
    /// let paths: Vec<_> = filter.attributes().iter().map(ToString::to_string).collect();
    /// assert_eq!(paths, ["emails.type"]);
    /// # Ok::<(), scim_filter::ParseFilterError>(())
    /// ```
    pub fn attributes(&self) -> BTreeSet<AttrPath> {
        let mut found = BTreeSet::new();
        let mut pending = vec![(self, None::<&AttrPath>)];
        while let Some((filter, parent)) = pending.pop() {
            match filter {
                Filter::And(terms) | Filter::Or(terms) => {
                    pending.extend(terms.iter().rev().map(|term| (term, parent)));
                }
                Filter::Not(inner) => pending.push((inner, parent)),
                Filter::ValuePath { path, filter } => pending.push((filter, Some(path))),
                Filter::Compare { path, .. } | Filter::Present(path) => {
                    let path = match parent {
                        None => path.clone(),
                        Some(parent) => {
                            AttrPath::of(parent.schema(), parent.attr(), Some(path.attr()))
                        }
                    };
                    if !found.contains(&path) {
                        found.insert(path);
                    }
                }
            }
        }
        found
    }

    /// The shape of the filter without its values, for logs and metrics: names in lower case, `?`
    /// for every literal, neighbours of one shape told once with their number.
    ///
    /// ```
    /// use scim_filter::Filter;
    /// let filter: Filter = r#"active eq true and (id eq "1" or id eq "2" or id eq "3")"#.parse()?;
    /// assert_eq!(filter.fingerprint(), "active eq ? and (id eq ? x3)");
    /// # Ok::<(), scim_filter::ParseFilterError>(())
    /// ```
    pub fn fingerprint(&self) -> String {
        let mut out = String::new();
        fingerprint(self, None, 0, &mut out);
        out
    }
}

/// Levels of a filter that its fingerprint shows: shapes beyond are not worth telling apart.
const SHOWN_DEPTH: usize = 32;

fn fingerprint(filter: &Filter, parent: Option<&str>, depth: usize, out: &mut String) {
    if depth > SHOWN_DEPTH {
        out.push('…');
        return;
    }
    let name = |path: &AttrPath| path.as_str().to_ascii_lowercase();
    match filter {
        Filter::And(terms) => list(terms, "and", parent, depth, out),
        Filter::Or(terms) => list(terms, "or", parent, depth, out),
        Filter::Not(inner) => {
            out.push_str("not (");
            fingerprint(inner, None, depth + 1, out);
            out.push(')');
        }
        // Writing to a string cannot fail.
        Filter::Compare { path, op, .. } => drop(write!(out, "{} {op} ?", name(path))),
        Filter::Present(path) => drop(write!(out, "{} pr", name(path))),
        Filter::ValuePath { path, filter } => {
            let _ = write!(out, "{}[", name(path));
            fingerprint(filter, None, depth + 1, out);
            out.push(']');
        }
    }
}

fn list(terms: &[Filter], op: &'static str, parent: Option<&str>, depth: usize, out: &mut String) {
    if parent.is_some() {
        out.push('(');
    }
    let mut last: Option<(String, usize)> = None;
    let mut first = true;
    let mut flush = |shape: &str, times: usize, out: &mut String| {
        if !std::mem::take(&mut first) {
            let _ = write!(out, " {op} ");
        }
        out.push_str(shape);
        if times > 1 {
            let _ = write!(out, " x{times}");
        }
    };
    for term in terms {
        let mut shape = String::new();
        fingerprint(term, Some(op), depth + 1, &mut shape);
        match &mut last {
            Some((known, times)) if *known == shape => *times += 1,
            _ => {
                if let Some((known, times)) = last.replace((shape, 1)) {
                    flush(&known, times, out);
                }
            }
        }
    }
    if let Some((known, times)) = last {
        flush(&known, times, out);
    }
    if parent.is_some() {
        out.push(')');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rewriting_walks_what_leaves_tell() {
        let text = "a pr and b[c eq 1 or not (d pr)] and not (e pr)";
        let mut filter: Filter = text.parse().unwrap();
        let leaves: Vec<_> = filter.leaves().map(ToString::to_string).collect();
        let mut shown = Vec::new();
        filter.rewrite(|leaf| shown.push(leaf.to_string()));
        assert_eq!(shown, leaves);
        filter.rewrite(|leaf| {
            if let Filter::Present(path) = leaf {
                *leaf = Filter::eq(path.clone(), true);
            }
        });
        let changed = "a eq true and b[c eq 1 or not (d eq true)] and not (e eq true)";
        assert_eq!(filter.to_string(), changed);
    }

    #[test]
    fn what_rewriting_puts_there_is_not_walked() {
        let brackets = |filter| Filter::value_path("x".parse().unwrap(), filter);
        let mut filter: Filter = "a pr and b[c pr]".parse().unwrap();
        filter.rewrite(|leaf| match leaf {
            Filter::ValuePath { .. } => *leaf = "d pr or e pr".parse().unwrap(),
            leaf => *leaf = brackets(std::mem::take(leaf)),
        });
        assert_eq!(filter.to_string(), "x[a pr] and (d pr or e pr)");
    }

    #[test]
    fn a_fingerprint_holds_no_value() {
        let filter: Filter = r#"A.b EQ "secret" or not (c[D gt 5 and (e pr or f ne null)])"#
            .parse()
            .unwrap();
        assert_eq!(
            filter.fingerprint(),
            "a.b eq ? or not (c[d gt ? and (e pr or f ne ?)])"
        );
    }
}
