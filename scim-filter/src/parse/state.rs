//! What the rules of the grammar share: bounds, counters, places, faults.

use scim_core::{AttrPath, Departure, ScimType, Tolerance};

use super::scan::token_len;
use crate::ParseFilterErrorKind as Kind;
use crate::parsed::{LeafSpans, Span};
use crate::parser::Grammar;

/// What a rule refused. Boxed, since it travels through every frame of the recursion.
#[derive(Debug)]
pub(super) struct Fault(pub(super) Box<Refusal>);

/// Places are counted from the end of the text, which every rule can see.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) rest: usize,
    pub(super) len: usize,
    pub(super) kind: Kind,
}

impl Fault {
    pub(super) fn new(rest: &str, len: usize, kind: Kind) -> Self {
        Self(Box::new(Refusal {
            rest: rest.len(),
            len,
            kind,
        }))
    }

    /// Points at the token at the front of `rest`.
    pub(super) fn token(rest: &str, kind: Kind) -> Self {
        Self::new(rest, token_len(rest), kind)
    }
}

/// What the rules share: bounds, counters, and what they note on their way.
pub(super) struct State<'t> {
    pub(super) text: &'t str,
    pub(super) grammar: &'t Grammar,
    /// The keyword of a fault found now (decision E06).
    pub(super) scim_type: ScimType,
    pub(super) terms: usize,
    /// How many leaves were read: comparisons, `pr` tests and value paths, in the order of their paths.
    leaves: usize,
    /// The number of the leaf whose places are asked for, and those places.
    pub(super) wanted: Option<usize>,
    pub(super) found: LeafSpans,
    pub(super) departures: Vec<Departure>,
}

impl<'t> State<'t> {
    pub(super) fn new(text: &'t str, grammar: &'t Grammar, scim_type: ScimType) -> Self {
        Self {
            text,
            grammar,
            scim_type,
            terms: 0,
            leaves: 0,
            wanted: None,
            found: LeafSpans::default(),
            departures: Vec::new(),
        }
    }

    /// The place of what lies between two rests of the text, if places are asked for.
    pub(super) fn span(&self, from: &str, to: &str) -> Span {
        if self.wanted.is_none() {
            return Span::default();
        }
        Span::new(self.text.len() - from.len()..self.text.len() - to.len())
    }

    /// Counts one leaf, the one that stands there.
    pub(super) fn leaf(&mut self, spans: LeafSpans) {
        if self.wanted == Some(self.leaves) {
            self.found = spans;
        }
        self.leaves += 1;
    }

    /// Counts one term, the one that begins at `i`.
    pub(super) fn count_term(&mut self, i: &str) -> Result<(), Fault> {
        self.terms += 1;
        let limit = self.grammar.limits.terms;
        if self.terms > limit {
            return Err(Fault::token(i, Kind::TooManyTerms { limit }));
        }
        Ok(())
    }

    pub(super) fn depart(&mut self, tolerance: Tolerance, path: &AttrPath, detail: &str) {
        self.departures
            .push(Departure::new(tolerance, path.as_str(), detail));
    }
}

/// Where a rule stands: how deep, and whether inside brackets.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    pub(super) depth: usize,
    pub(super) brackets: bool,
}

impl Scope {
    pub(super) const TOP: Self = Self {
        depth: 0,
        brackets: false,
    };

    /// One construct further in, if the limit allows; asked before any recursion. `i` begins with
    /// the construct, which takes `levels` levels.
    pub(super) fn deeper(self, i: &str, levels: usize, state: &State<'_>) -> Result<Self, Fault> {
        let depth = self.depth + levels;
        let limit = state.grammar.limits.depth_in_force();
        if depth > limit {
            return Err(Fault::new(i, 1, Kind::TooDeep { limit }));
        }
        Ok(Self { depth, ..self })
    }
}
