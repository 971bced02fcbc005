#![doc = include_str!("../docs/sql.md")]

mod columns;
mod compile;
mod explain;
mod operand;
mod order;
mod test;
mod text;

use crate::Checked;
use crate::eval::Node;

pub use columns::{Column, ColumnType, Columns, Held, Table};
pub use text::{Dialect, Sql, SqlValue};

use compile::Compiler;
use explain::Term;

/// A filter as SQL: a condition, and what has to be asked of the rows that satisfy it.
///
/// INVARIANT: a row matches the filter if and only if it satisfies [`condition`](Self::condition)
/// and its resource matches [`residual`](Self::residual).
#[derive(Clone, Debug)]
pub struct SqlFilter {
    condition: Sql,
    residual: Option<Checked>,
    terms: Vec<Term>,
}

impl Checked {
    /// The filter as a condition over the tables that `columns` states, and the rest of it that they
    /// cannot answer exactly. The [chapter](crate::sql) has an example.
    ///
    /// # Complexity
    /// Linear in the terms times their nesting. At most [`Sql::MAX_TERMS`] tests and
    /// [`Sql::MAX_VALUES`] values go into one condition; what is beyond stays in the residual.
    pub fn to_sql(&self, columns: &impl Columns, dialect: Dialect) -> SqlFilter {
        let mut compiler = Compiler::new(columns, dialect);
        let conjuncts = match &self.program {
            Node::All(nodes) => nodes.as_slice(),
            other => std::slice::from_ref(other),
        };
        let mut residual = Vec::new();
        let mut terms = Vec::with_capacity(conjuncts.len());
        compiler.list(conjuncts, true, |compiler, node| {
            let exact = compiler.node(node);
            if exact != Some(true) {
                residual.push(node.clone());
            }
            terms.push(Term::new(node, exact, compiler.take_reason()));
            exact
        });
        SqlFilter {
            condition: compiler.sql,
            residual: (!residual.is_empty()).then(|| Self::of(Node::all(residual), Vec::new())),
            terms,
        }
    }
}

impl SqlFilter {
    /// The condition, for a `WHERE` clause: never NULL, and `TRUE` if nothing could be pushed down.
    pub fn condition(&self) -> &Sql {
        &self.condition
    }

    /// What remains to be evaluated on the resources of the selected rows; `None` if the condition
    /// says it all. Its [`departures`](Checked::departures) are told by the filter it comes from.
    pub fn residual(&self) -> Option<&Checked> {
        self.residual.as_ref()
    }

    /// One line for each term that has to hold: whether the database or the rows answer it, and why.
    /// Holds no value of the filter, so it may be logged.
    pub fn explain(&self) -> String {
        explain::lines(&self.terms)
    }
}
