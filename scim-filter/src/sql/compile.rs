//! From the program of a filter to a condition.

use scim_core::AttrPath;

use super::columns::{self, Column, Columns, Held, Table};
use super::explain::Reason;
use super::test;
use super::text::{Dialect, Mark, Sql};
use crate::eval::{Leaf, Member, Node, Predicate, Target, Test};

/// Whether a condition that all matches satisfy is satisfied by matches alone. Its opposite is
/// `Option::None`: nothing is known of the matches, and what was written is to be cut off.
pub(super) type Exact = bool;

/// Writes the condition of a filter over the columns of a host.
pub(super) struct Compiler<'c, C> {
    columns: &'c C,
    pub(super) sql: Sql,
    /// The tests that were written.
    terms: usize,
    /// Why something is not exact: the first that was met since it was last taken.
    reason: Option<Reason>,
}

impl<'c, C: Columns> Compiler<'c, C> {
    pub(super) fn new(columns: &'c C, dialect: Dialect) -> Self {
        Self {
            columns,
            sql: Sql::new(dialect),
            terms: 0,
            reason: None,
        }
    }

    pub(super) fn take_reason(&mut self) -> Option<Reason> {
        self.reason.take()
    }

    /// Writes what all matches of the node satisfy; nothing if nothing is known of them.
    pub(super) fn node(&mut self, node: &Node<Target>) -> Option<Exact> {
        self.walk(node, 0, &mut |this, leaf, negated| this.leaf(leaf, negated))
    }

    fn walk<P>(
        &mut self,
        node: &Node<P>,
        depth: usize,
        leaf: &mut impl FnMut(&mut Self, &Leaf<P>, bool) -> Option<Exact>,
    ) -> Option<Exact> {
        if depth > Sql::MAX_DEPTH {
            return self.refuse(Reason::Bounds);
        }
        let start = self.mark();
        let exact = match node {
            Node::All(nodes) => {
                self.list(nodes, true, |this, node| this.walk(node, depth + 1, leaf))
            }
            Node::Any(nodes) => {
                self.list(nodes, false, |this, node| this.walk(node, depth + 1, leaf))
            }
            Node::Leaf { leaf: of, negated } => leaf(self, of, *negated),
        };
        if exact.is_none() {
            self.cut(start);
        }
        exact
    }

    /// Writes a list of nodes, of which all or any must hold.
    pub(super) fn list<P>(
        &mut self,
        nodes: &[Node<P>],
        all: bool,
        mut each: impl FnMut(&mut Self, &Node<P>) -> Option<Exact>,
    ) -> Option<Exact> {
        let start = self.mark();
        let (mut exact, mut is_first) = (true, true);
        let (open, close) = if nodes.len() > 1 {
            ("(", ")")
        } else {
            ("", "")
        };
        self.sql.push(open);
        for node in nodes {
            let before = self.mark();
            self.sql.push(match (is_first, all) {
                (true, _) => "",
                (false, true) => " AND ",
                (false, false) => " OR ",
            });
            match each(self, node) {
                Some(of_node) => {
                    exact &= of_node;
                    is_first = false;
                }
                None if all => {
                    exact = false;
                    self.cut(before);
                }
                // What one of several terms selects is unknown, so is what any of them does.
                None => return None,
            }
        }
        if !is_first {
            self.sql.push(close);
            return Some(exact);
        }
        self.cut(start);
        self.sql.push(if all { "TRUE" } else { "FALSE" });
        exact.then_some(true)
    }

    fn leaf(&mut self, leaf: &Leaf<Target>, negated: bool) -> Option<Exact> {
        if !matches!(leaf.place, Target::Attribute { .. }) {
            return match leaf.test {
                Test::Never => self.never(negated),
                _ => self.refuse(Reason::NoAttribute),
            };
        }
        let path = leaf.place.path(None)?;
        match (columns::locate(self.columns, &path), &leaf.test) {
            (Some((Held::Table(table), None)), Test::Element(filter)) => {
                self.row(&path, &table, filter, negated)
            }
            (_, Test::Element(filter)) => self.parts(&leaf.place, filter, negated),
            (Some((Held::Column(column), _)), test) => self.column(&path, &column, test, negated),
            (Some((Held::Table(table), sub)), test) => {
                self.in_rows(&path, &table, sub, test, negated)
            }
            (None, _) => self.refuse(Reason::NoColumn(path)),
        }
    }

    /// A filter on the elements of an attribute that are the rows of a table.
    fn row(
        &mut self,
        path: &AttrPath,
        table: &Table,
        filter: &Node<Member>,
        negated: bool,
    ) -> Option<Exact> {
        table.write_has_row(!negated, &mut self.sql);
        let exact = self.walk(filter, 1, &mut |this, leaf, negated| {
            let sub = leaf.place.name();
            match (&leaf.test, table.find(sub)) {
                (Test::Never, _) => this.never(negated),
                (test, Some(column)) => this.column(&below(path, sub), &column, test, negated),
                (_, None) => this.refuse(Reason::NoColumn(below(path, sub))),
            }
        })?;
        self.end_rows(exact, negated)
    }

    /// A test of the values that lie in the rows of a table.
    fn in_rows(
        &mut self,
        path: &AttrPath,
        table: &Table,
        sub: Option<&str>,
        test: &Test,
        negated: bool,
    ) -> Option<Exact> {
        match test {
            Test::Value(Predicate::Equals(_)) if sub.is_none() && !negated => {
                table.write_has_value(&mut self.sql);
            }
            _ => table.write_has_row(!negated, &mut self.sql),
        }
        let exact = match table.find(sub) {
            Some(column) => self.column(path, &column, test, false)?,
            // A row is there for each element that has content, if only an empty text.
            None if sub.is_none() && matches!(test, Test::Present) => {
                self.reason.get_or_insert(Reason::RowsAlone(path.clone()));
                self.sql.push("TRUE");
                false
            }
            None => return self.refuse(Reason::NoColumn(path.clone())),
        };
        self.end_rows(exact, negated)
    }

    /// Ends the question for rows, or for none: rows that only may be meant say nothing of none.
    fn end_rows(&mut self, exact: Exact, negated: bool) -> Option<Exact> {
        self.sql.push(")");
        (exact || !negated).then_some(exact)
    }

    /// A filter on the elements of an attribute without a table, asked of its sub-attributes one by
    /// one. With several elements that is the same for an `or`; for an `and`, whose terms may then
    /// hold of different elements, it is necessary; and what must not hold of an element says nothing
    /// of the others.
    fn parts(&mut self, place: &Target, filter: &Node<Member>, negated: bool) -> Option<Exact> {
        let Target::Attribute {
            extension,
            attribute,
            multi_valued,
            ..
        } = place
        else {
            return None;
        };
        let path = place.path(None)?;
        self.begin(negated);
        let mut exact = self.walk(filter, 1, &mut |this, leaf, negated| {
            if *multi_valued && negated {
                return this.refuse(Reason::NoTable(path.clone()));
            }
            if matches!(leaf.test, Test::Never) {
                return this.never(negated);
            }
            let Member::Sub(sub) = &leaf.place else {
                return this.refuse(Reason::NoTable(path.clone()));
            };
            let place = Target::Attribute {
                extension: extension.clone(),
                attribute: attribute.clone(),
                multi_valued: *multi_valued,
                sub: Some(sub.clone()),
            };
            let test = leaf.test.clone();
            this.leaf(&Leaf { place, test }, negated)
        })?;
        let (is_enough, reason) = match multi_valued {
            true => (is_disjunction(filter), Reason::NoTable(path)),
            false => (needs_content(filter), Reason::NoContent(path)),
        };
        if !is_enough {
            exact = false;
            self.reason.get_or_insert(reason);
        }
        self.end(negated);
        (exact || !negated).then_some(exact)
    }

    /// A test of one column.
    fn column(
        &mut self,
        path: &AttrPath,
        column: &Column,
        test: &Test,
        negated: bool,
    ) -> Option<Exact> {
        self.begin(negated);
        let written = match test {
            Test::Never | Test::Element(_) => None,
            Test::Present => {
                test::present(column, &mut self.sql);
                Some(())
            }
            Test::Value(predicate) => test::predicate(column, predicate, &mut self.sql),
        };
        if written.is_none() {
            return self.refuse(Reason::NotExact(path.clone()));
        }
        self.end(negated);
        self.terms += 1;
        if self.terms > Sql::MAX_TERMS || self.sql.values().len() > Sql::MAX_VALUES {
            return self.refuse(Reason::Bounds);
        }
        Some(true)
    }

    /// A test that always fails, or its complement.
    fn never(&mut self, negated: bool) -> Option<Exact> {
        self.sql.push(if negated { "TRUE" } else { "FALSE" });
        Some(true)
    }

    fn begin(&mut self, negated: bool) {
        self.sql.push(if negated { "NOT (" } else { "" });
    }

    fn end(&mut self, negated: bool) {
        self.sql.push(if negated { ")" } else { "" });
    }

    fn mark(&self) -> (Mark, usize) {
        (self.sql.mark(), self.terms)
    }

    /// Takes back what was written after the mark.
    fn cut(&mut self, (mark, terms): (Mark, usize)) {
        self.sql.cut(mark);
        self.terms = terms;
    }

    fn refuse<T>(&mut self, reason: Reason) -> Option<T> {
        self.reason.get_or_insert(reason);
        None
    }
}

/// Whether it holds as soon as one leaf holds.
fn is_disjunction<P>(node: &Node<P>) -> bool {
    match node {
        Node::All(_) => false,
        Node::Any(nodes) => nodes.iter().all(is_disjunction),
        Node::Leaf { negated, .. } => !negated,
    }
}

/// Whether it holds of no element that is empty: one that is not there, or is none (S10).
fn needs_content<P>(node: &Node<P>) -> bool {
    match node {
        Node::All(nodes) => nodes.iter().any(needs_content),
        Node::Any(nodes) => nodes.iter().all(needs_content),
        Node::Leaf { negated, .. } => !negated,
    }
}

fn below(path: &AttrPath, sub: Option<&str>) -> AttrPath {
    AttrPath::of(path.schema(), path.attr(), sub)
}
