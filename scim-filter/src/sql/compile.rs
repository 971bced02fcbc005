//! From the program of a filter to a condition.

use scim_core::{AttrName, AttrPath};

use super::columns::{Column, Columns, Held, Table};
use super::explain::Reason;
use super::test;
use super::text::{Dialect, Sql};
use crate::eval::{Leaf, Member, Node, Target, Test};

/// Whether a condition that all matches satisfy is satisfied by matches alone. Its opposite is
/// `Option::None`: nothing is known of the matches, and what was written is to be cut off.
pub(super) type Exact = bool;

/// Writes the condition of a filter over the columns of a host.
pub(super) struct Compiler<'c, C> {
    columns: &'c C,
    pub(super) sql: Sql,
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
        let start = self.sql.mark();
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
            self.sql.cut(start);
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
        let start = self.sql.mark();
        let (mut exact, mut is_first) = (true, true);
        let (open, close) = if nodes.len() > 1 {
            ("(", ")")
        } else {
            ("", "")
        };
        self.sql.push(open);
        for node in nodes {
            let before = self.sql.mark();
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
                    self.sql.cut(before);
                }
                // What one of several terms selects is unknown, so is what any of them does.
                None => return None,
            }
        }
        if !is_first {
            self.sql.push(close);
            return Some(exact);
        }
        self.sql.cut(start);
        self.sql.push(if all { "TRUE" } else { "FALSE" });
        exact.then_some(true)
    }

    fn leaf(&mut self, leaf: &Leaf<Target>, negated: bool) -> Option<Exact> {
        let Target::Attribute { sub, .. } = &leaf.place else {
            return match leaf.test {
                Test::Never => self.never(negated),
                _ => self.refuse(Reason::NoAttribute),
            };
        };
        let path = leaf.place.path(None)?;
        let held = self.columns.find(&path);
        if let Test::Element(filter) = &leaf.test {
            let Some(Held::Table(table)) = held else {
                return self.parts(&leaf.place, filter, negated);
            };
            table.write_has_row(!negated, &mut self.sql);
            let exact = self.walk(filter, 1, &mut |this, leaf, negated| {
                let sub = leaf.place.name();
                match table.find(sub) {
                    Some(column) => this.column(&below(&path, sub), &column, &leaf.test, negated),
                    None if matches!(leaf.test, Test::Never) => this.never(negated),
                    None => this.refuse(Reason::NoColumn(below(&path, sub))),
                }
            })?;
            return self.end_rows(exact, negated);
        }
        match held {
            Some(Held::Column(column)) => self.column(&path, &column, &leaf.test, negated),
            Some(Held::Table(table)) => self.in_rows(&path, &table, None, &leaf.test, negated),
            None => {
                let sub = sub.as_ref().map(AttrName::as_str);
                let parent = sub.and_then(|_| self.columns.find(&below(&path, None)));
                match parent {
                    Some(Held::Table(table)) => {
                        self.in_rows(&path, &table, sub, &leaf.test, negated)
                    }
                    _ => self.refuse(Reason::NoColumn(path)),
                }
            }
        }
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
        table.write_has_row(!negated, &mut self.sql);
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
    /// one. That is the same for an `or`; for an `and`, whose terms may then hold of different
    /// elements, it is necessary; what must not hold of an element says nothing of the others.
    fn parts(&mut self, place: &Target, filter: &Node<Member>, negated: bool) -> Option<Exact> {
        let Target::Attribute {
            extension,
            attribute,
            ..
        } = place
        else {
            return None;
        };
        self.begin(negated);
        let mut exact = self.walk(filter, 1, &mut |this, leaf, negated| {
            let (false, Member::Sub(sub)) = (negated, &leaf.place) else {
                return this.refuse(Reason::NoTable(place.path(None)?));
            };
            let place = Target::Attribute {
                extension: extension.clone(),
                attribute: attribute.clone(),
                sub: Some(sub.clone()),
            };
            let test = leaf.test.clone();
            this.leaf(&Leaf { place, test }, false)
        })?;
        if !is_disjunction(filter) {
            exact = false;
            let path = place.path(None)?;
            self.reason.get_or_insert(Reason::NoTable(path));
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

fn below(path: &AttrPath, sub: Option<&str>) -> AttrPath {
    AttrPath::of(path.schema(), path.attr(), sub)
}
