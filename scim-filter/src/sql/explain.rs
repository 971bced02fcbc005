//! What a person reads about the compilation of a filter.

use std::fmt;

use scim_core::AttrPath;

use super::compile::Exact;
use crate::CompareOp;
use crate::eval::{Leaf, Member, Node, Predicate, Target, Test};

/// One term that has to hold.
#[derive(Clone, Debug)]
pub(super) struct Term {
    /// Its shape, without values.
    shape: String,
    answer: Answer,
    reason: Option<Reason>,
}

#[derive(Clone, Copy, Debug)]
enum Answer {
    Database,
    /// The database narrows, the rows decide.
    Both,
    Rows,
}

/// Why the database alone does not answer a term.
#[derive(Clone, Debug)]
pub(super) enum Reason {
    NoColumn(AttrPath),
    NotExact(AttrPath),
    NoTable(AttrPath),
    RowsAlone(AttrPath),
    NoContent(AttrPath),
    NoAttribute,
    Bounds,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoColumn(path) => write!(f, "no column is stated for `{path}`"),
            Self::NotExact(path) => write!(f, "the column of `{path}` cannot answer this exactly"),
            Self::NoTable(path) => write!(
                f,
                "no table holds the elements of `{path}`, so nothing tells which values belong together"
            ),
            Self::RowsAlone(path) => write!(
                f,
                "a row of `{path}` does not tell whether the element is empty"
            ),
            Self::NoContent(path) => {
                write!(f, "the columns of `{path}` do not tell whether it is empty")
            }
            Self::NoAttribute => f.write_str("it is about no single attribute of a schema"),
            Self::Bounds => f.write_str("it is beyond the bounds of one condition"),
        }
    }
}

impl Term {
    pub(super) fn new(node: &Node<Target>, exact: Option<Exact>, reason: Option<Reason>) -> Self {
        let mut shape = String::new();
        write_node(node, false, &mut shape);
        let answer = match exact {
            Some(true) => Answer::Database,
            Some(false) => Answer::Both,
            None => Answer::Rows,
        };
        Self {
            shape,
            answer,
            reason,
        }
    }
}

pub(super) fn lines(terms: &[Term]) -> String {
    let lines = terms.iter().map(|term| {
        let Term { shape, reason, .. } = term;
        let reason = reason.as_ref().map_or(String::new(), |r| format!(": {r}"));
        match term.answer {
            Answer::Database => format!("in SQL: {shape}\n"),
            Answer::Both => format!("narrowed in SQL, decided on the rows: {shape}{reason}\n"),
            Answer::Rows => format!("on the rows: {shape}{reason}\n"),
        }
    });
    lines.collect()
}

/// What a leaf is about.
trait Named {
    fn name(&self) -> String;
}

impl Named for Target {
    fn name(&self) -> String {
        self.path(None)
            .map_or("resource".to_owned(), |path| path.to_string())
    }
}

impl Named for Member {
    fn name(&self) -> String {
        Self::name(self).unwrap_or("value").to_owned()
    }
}

fn write_node<P: Named>(node: &Node<P>, nested: bool, out: &mut String) {
    let (nodes, word) = match node {
        Node::All(nodes) => (nodes, " and "),
        Node::Any(nodes) => (nodes, " or "),
        Node::Leaf { leaf, negated } => {
            if *negated {
                out.push_str("not (");
            }
            write_leaf(leaf, out);
            if *negated {
                out.push(')');
            }
            return;
        }
    };
    if nested {
        out.push('(');
    }
    for (index, node) in nodes.iter().enumerate() {
        if index > 0 {
            out.push_str(word);
        }
        write_node(node, true, out);
    }
    if nested {
        out.push(')');
    }
}

fn write_leaf<P: Named>(leaf: &Leaf<P>, out: &mut String) {
    match &leaf.test {
        Test::Never => out.push_str("an attribute that this type lacks"),
        Test::Present => out.push_str(&format!("{} pr", leaf.place.name())),
        Test::Value(predicate) => {
            let (op, count) = shape(predicate);
            out.push_str(&format!("{} {op} ?", leaf.place.name()));
            if count > 1 {
                out.push_str(&format!(" x{count}"));
            }
        }
        Test::Element(filter) => {
            out.push_str(&format!("{}[", leaf.place.name()));
            write_node(filter, false, out);
            out.push(']');
        }
    }
}

/// The operator, and the number of its operands.
fn shape(predicate: &Predicate) -> (CompareOp, usize) {
    match predicate {
        Predicate::Equals(_) => (CompareOp::Eq, 1),
        Predicate::Among(keys) => (CompareOp::Eq, keys.len()),
        Predicate::Contains(_) => (CompareOp::Co, 1),
        Predicate::StartsWith(_) => (CompareOp::Sw, 1),
        Predicate::EndsWith(_) => (CompareOp::Ew, 1),
        Predicate::Greater(_) => (CompareOp::Gt, 1),
        Predicate::GreaterOrEqual(_) => (CompareOp::Ge, 1),
        Predicate::Less(_) => (CompareOp::Lt, 1),
        Predicate::LessOrEqual(_) => (CompareOp::Le, 1),
    }
}
