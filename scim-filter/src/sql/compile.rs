//! From the program of a filter to a condition.

use scim_core::AttrPath;

use super::columns::{Column, Columns, Held, Table};
use super::explain::Reason;
use super::test;
use super::text::{Dialect, Sql};
use crate::eval::{Leaf, Member, Node, Target, Test};

/// Deepest nesting of lists in a condition: beyond it a list stays with the residual, so that no
/// database meets an expression too deep for its parser.
const MAX_DEPTH: usize = 16;

/// A condition that all matches satisfy.
pub(super) struct Pushed {
    pub(super) sql: Sql,
    /// Whether all that satisfy it are matches.
    pub(super) exact: bool,
}

impl Pushed {
    /// A condition that matches alone satisfy, or its complement.
    fn exactly(sql: Sql, negated: bool) -> Self {
        let sql = match negated {
            true => Sql::new(sql.dialect(), "NOT (").with(&sql).and_text(")"),
            false => sql,
        };
        Self { sql, exact: true }
    }
}

/// Compiles nodes against the columns of a host.
pub(super) struct Compiler<'c, C> {
    columns: &'c C,
    dialect: Dialect,
    terms: usize,
    values: usize,
    /// Why something is not exact: the first that was met since it was last taken.
    reason: Option<Reason>,
}

impl<'c, C: Columns> Compiler<'c, C> {
    pub(super) fn new(columns: &'c C, dialect: Dialect) -> Self {
        Self {
            columns,
            dialect,
            terms: 0,
            values: 0,
            reason: None,
        }
    }

    pub(super) fn take_reason(&mut self) -> Option<Reason> {
        self.reason.take()
    }

    /// `None` if nothing is known of its matches.
    pub(super) fn node(&mut self, node: &Node<Target>) -> Option<Pushed> {
        self.walk(node, 0, &mut |this, leaf, negated| this.leaf(leaf, negated))
    }

    fn walk<P>(
        &mut self,
        node: &Node<P>,
        depth: usize,
        leaf: &mut impl FnMut(&mut Self, &Leaf<P>, bool) -> Option<Pushed>,
    ) -> Option<Pushed> {
        if depth > MAX_DEPTH {
            return self.refuse(Reason::Bounds);
        }
        let (nodes, all) = match node {
            Node::All(nodes) => (nodes, true),
            Node::Any(nodes) => (nodes, false),
            Node::Leaf { leaf: of, negated } => return leaf(self, of, *negated),
        };
        let mut exact = true;
        let mut conditions = Vec::with_capacity(nodes.len());
        for node in nodes {
            match self.walk(node, depth + 1, leaf) {
                Some(pushed) => {
                    exact &= pushed.exact;
                    conditions.push(pushed.sql);
                }
                // What one of several terms selects is unknown, so is what any of them does.
                None if !all => return None,
                None => exact = false,
            }
        }
        (exact || !conditions.is_empty()).then(|| Pushed {
            sql: Sql::list(self.dialect, conditions, all),
            exact,
        })
    }

    fn leaf(&mut self, leaf: &Leaf<Target>, negated: bool) -> Option<Pushed> {
        let Target::Attribute { sub, .. } = &leaf.place else {
            return match leaf.test {
                Test::Never => Some(Pushed::exactly(self.never(), negated)),
                _ => self.refuse(Reason::NoAttribute),
            };
        };
        let path = leaf.place.path(None)?;
        if let Test::Element(filter) = &leaf.test {
            return match self.columns.find(&path) {
                Some(Held::Table(table)) => {
                    let rows = self.walk(filter, 1, &mut |this, leaf, negated| {
                        this.row(&path, &table, leaf, negated)
                    })?;
                    self.rows(&table, &rows, negated)
                }
                _ => self.parts(&leaf.place, filter, negated),
            };
        }
        match self.columns.find(&path) {
            Some(Held::Column(column)) => {
                let sql = self.test(&path, &column, &leaf.test)?;
                Some(Pushed::exactly(sql, negated))
            }
            Some(Held::Table(table)) => self.in_rows(&path, &table, None, &leaf.test, negated),
            None => match sub.as_ref().and_then(|sub| {
                let table = self.columns.find(&parent(&path))?;
                Some((table, sub))
            }) {
                Some((Held::Table(table), sub)) => {
                    self.in_rows(&path, &table, Some(sub.as_str()), &leaf.test, negated)
                }
                _ => self.refuse(Reason::NoColumn(path)),
            },
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
    ) -> Option<Pushed> {
        let condition = match table.find(sub) {
            Some(column) => self.test(path, &column, test)?,
            // A row is there for each element that has content, if only an empty text.
            None if sub.is_none() && matches!(test, Test::Present) => {
                self.reason.get_or_insert(Reason::RowsAlone(path.clone()));
                let sql = Sql::new(self.dialect, "TRUE");
                return self.rows(table, &Pushed { sql, exact: false }, negated);
            }
            None => return self.refuse(Reason::NoColumn(path.clone())),
        };
        self.rows(table, &Pushed::exactly(condition, false), negated)
    }

    /// Whether some row satisfies the condition, or none.
    fn rows(&mut self, table: &Table, rows: &Pushed, negated: bool) -> Option<Pushed> {
        if negated && !rows.exact {
            return None;
        }
        Some(Pushed {
            sql: table.has_row(&rows.sql, !negated),
            exact: rows.exact,
        })
    }

    /// A test of one element, in its row.
    fn row(
        &mut self,
        attribute: &AttrPath,
        table: &Table,
        leaf: &Leaf<Member>,
        negated: bool,
    ) -> Option<Pushed> {
        if matches!(leaf.test, Test::Never) {
            return Some(Pushed::exactly(self.never(), negated));
        }
        let sub = leaf.place.name();
        let path = below(attribute, sub);
        let Some(column) = table.find(sub) else {
            return self.refuse(Reason::NoColumn(path));
        };
        let sql = self.test(&path, &column, &leaf.test)?;
        Some(Pushed::exactly(sql, negated))
    }

    /// A filter on the elements of an attribute without a table, asked of its sub-attributes one by
    /// one. That is the same for an `or`; for an `and`, whose terms may then hold of different
    /// elements, it is necessary; what must not hold of an element says nothing of the others.
    fn parts(&mut self, place: &Target, filter: &Node<Member>, negated: bool) -> Option<Pushed> {
        let Target::Attribute {
            extension,
            attribute,
            ..
        } = place
        else {
            return None;
        };
        let mut pushed = self.walk(filter, 1, &mut |this, leaf, negated| {
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
            pushed.exact = false;
            let path = place.path(None)?;
            self.reason.get_or_insert(Reason::NoTable(path));
        }
        if !negated {
            return Some(pushed);
        }
        pushed.exact.then(|| Pushed::exactly(pushed.sql, true))
    }

    /// A test of one column.
    fn test(&mut self, path: &AttrPath, column: &Column, test: &Test) -> Option<Sql> {
        let sql = match test {
            Test::Never => Some(self.never()),
            Test::Present => Some(test::present(column, self.dialect)),
            Test::Value(predicate) => test::predicate(column, predicate, self.dialect),
            Test::Element(_) => None,
        };
        let Some(sql) = sql else {
            return self.refuse(Reason::NotExact(path.clone()));
        };
        self.terms += 1;
        self.values += sql.values().len();
        if self.terms > Sql::MAX_TERMS || self.values > Sql::MAX_VALUES {
            return self.refuse(Reason::Bounds);
        }
        Some(sql)
    }

    fn never(&self) -> Sql {
        Sql::new(self.dialect, "FALSE")
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

fn parent(path: &AttrPath) -> AttrPath {
    AttrPath::of(path.schema(), path.attr(), None)
}

fn below(path: &AttrPath, sub: Option<&str>) -> AttrPath {
    AttrPath::of(path.schema(), path.attr(), sub)
}
