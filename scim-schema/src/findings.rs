//! [`Findings`]: violations and departures as they come up, bounded in number.

use scim_core::{Departure, ScimType, Tolerance};

use crate::{Rule, Site, ValidationLimits, Violation};

/// What a check found so far.
///
/// Beyond the limit violations are only counted, except that one which the report must name first
/// (decision E15) still takes the place of a lesser one.
///
/// ```
/// use scim_schema::{Findings, Rule, Site, ValidationLimits};
/// let mut findings = Findings::new(ValidationLimits { violations: 1, ..Default::default() });
/// findings.violation(&Site::root(), Rule::Type, || "first".into());
/// findings.violation(&Site::root(), Rule::Type, || "second".into());
/// assert_eq!((findings.violations().len(), findings.omitted()), (1, 1));
/// ```
#[derive(Clone, Debug)]
pub struct Findings {
    violations: Vec<Violation>,
    departures: Vec<Departure>,
    limit: usize,
    omitted: usize,
}

impl Findings {
    /// Nothing found yet.
    pub fn new(limits: ValidationLimits) -> Self {
        Self {
            violations: Vec::new(),
            departures: Vec::new(),
            limit: limits.violations.max(1),
            omitted: 0,
        }
    }

    /// Reports a violation with the keyword that goes with its rule. The message is made only if it
    /// is kept.
    #[cold]
    pub fn violation(&mut self, site: &Site<'_>, rule: Rule, detail: impl FnOnce() -> String) {
        self.violation_as(site, rule, rule.scim_type(), detail);
    }

    /// Reports a violation with a keyword of its own.
    #[cold]
    pub fn violation_as(
        &mut self,
        site: &Site<'_>,
        rule: Rule,
        scim_type: ScimType,
        detail: impl FnOnce() -> String,
    ) {
        let full = self.violations.len() >= self.limit;
        if full {
            self.omitted += 1;
            let best = self.violations.iter().map(|v| v.rule.rank()).min();
            if best.is_some_and(|best| best <= rule.rank()) {
                return;
            }
            self.violations.pop();
        }
        self.violations.push(Violation {
            attribute: site.path(),
            scim_type,
            ..Violation::new(site.pointer(), rule, detail())
        });
    }

    /// Keeps what is wrong with a text as a whole.
    pub(crate) fn push(&mut self, violation: Violation) {
        self.violations.push(violation);
    }

    /// Reports that a tolerance let a deviation pass.
    #[cold]
    pub fn departure(&mut self, tolerance: Tolerance, site: &Site<'_>, detail: &str) {
        if self.departures.len() < self.limit {
            self.departures
                .push(Departure::new(tolerance, site.pointer(), detail));
        }
    }

    /// Whether no rule was broken.
    pub fn is_valid(&self) -> bool {
        self.violations.is_empty()
    }

    /// The violations, in the order in which they were found.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// The departures, in the order in which they were found.
    pub fn departures(&self) -> &[Departure] {
        &self.departures
    }

    /// How many violations were not kept.
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// Violations and departures, to keep.
    pub fn into_parts(self) -> (Vec<Violation>, Vec<Departure>) {
        (self.violations, self.departures)
    }
}
