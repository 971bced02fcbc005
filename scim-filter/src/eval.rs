//! [`Checked`]: a filter ready to run. Running it cannot fail (decision F38).

mod equalities;
mod fuse;
mod json;
mod key_set;
mod node;
mod partial;
mod place;
mod predicate;
mod prepared;
mod typed;
mod view;

use scim_core::{AttrPath, Departure, Document, Key, Resource};

pub use equalities::Equality;
pub(crate) use json::read_json;
pub(crate) use node::{Leaf, Node, Test};
pub(crate) use place::{Member, Target};
pub(crate) use predicate::Predicate;
pub(crate) use prepared::Prepared;
pub(crate) use view::{Found, Subject, View};

/// A [`Filter`](crate::Filter) that was checked: names found, operands typed, literals folded once.
///
/// ```
/// use scim_core::{Policy, Resource, builtin};
/// use scim_filter::Filter;
/// let filter: Filter = r#"emails[type eq "work" and value co "@example.com"]"#.parse()?;
/// let filter = filter.check(builtin::user_schema(), &Policy::strict())?;
/// let user: Resource =
///     r#"{"userName":"ada","emails":[{"type":"Work","value":"ada@EXAMPLE.com"}]}"#.parse()?;
/// assert!(filter.matches(&user));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Checked {
    pub(crate) program: Node<Target>,
    /// The top-level names it may look up. INVARIANT: sorted and distinct.
    roots: Box<[Key]>,
    /// Whether it may ask if the resource has a value at all.
    asks_presence: bool,
    departures: Vec<Departure>,
}

impl Checked {
    pub(crate) fn of(program: Node<Target>, departures: Vec<Departure>) -> Self {
        let mut roots = Vec::new();
        let mut asks_presence = false;
        program.each_leaf(&mut |leaf| {
            leaf.place.roots(&mut roots);
            // A leaf that never holds asks for nothing.
            asks_presence |= leaf.place == Target::Resource && leaf.test == Test::Present;
        });
        roots.sort();
        roots.dedup();
        Self {
            program,
            roots: roots.into(),
            asks_presence,
            departures,
        }
    }

    /// Whether the resource satisfies the filter.
    ///
    /// # Complexity
    /// Terms times the values they look at; an `or` of `eq` on one attribute costs the logarithm of its
    /// length.
    ///
    /// Text beyond ASCII is folded once for each value, however many terms look at it, and kept so until
    /// the answer: memory in proportion to the values looked at. Every term parses anew the dateTimes and
    /// binary values it looks at, and the numbers that are not written as an `i64`.
    ///
    /// Allocates nothing while the text compared is ASCII, no operand of `co` is longer than 512 bytes,
    /// no value compared is binary, no number or its operand has a fraction, an exponent or more digits
    /// than an `i64`, and no dateTime has more than nine digits of a fraction. The first look-up in an
    /// object of more than 32 members orders its names, which takes two allocations.
    pub fn matches(&self, resource: &Resource) -> bool {
        // Of a whole resource everything is known.
        self.program
            .holds(resource, &mut Prepared::default())
            .unwrap_or(false)
    }

    /// Whether the resource at rest satisfies the filter: the answer of [`matches`](Self::matches),
    /// found in the text without building a tree.
    ///
    /// ```
    /// use scim_core::{Document, Policy, builtin};
    /// use scim_filter::Filter;
    /// let filter: Filter = r#"emails.value ew "@example.com""#.parse()?;
    /// let filter = filter.check(builtin::user_schema(), &Policy::strict())?;
    /// let text = r#"{"userName":"ada","emails":[{"value":"ada@example.com"}]}"#;
    /// assert!(filter.matches_document(&Document::assume_canonical(text)?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Complexity
    /// Terms times the bytes of the attributes they look at, and for each term one byte of every other
    /// attribute in the document's table, the whole name where that byte agrees.
    ///
    /// What is done once and what by every term, and what allocates, is as in
    /// [`matches`](Self::matches); text with escapes is decoded as text beyond ASCII is folded, and
    /// no names are put in order.
    pub fn matches_document(&self, document: &Document) -> bool {
        self.program
            .holds(document, &mut Prepared::default())
            .unwrap_or(false)
    }

    /// The tolerances that the filter needed, those of the parser included.
    pub fn departures(&self) -> &[Departure] {
        &self.departures
    }

    /// The attributes the filter looks at, in the schema's spelling, each once: what an
    /// authorization has to allow. Those that the resource type lacks are left out (decision F28).
    /// Without a schema a path is as the filter has it: `tags eq "a"`, told as `tags`, looks at the
    /// `tags.value` of elements that are objects, and `tags[value eq "a"]`, told as `tags.value`, at
    /// elements that are simple (F10, F11).
    pub fn attributes(&self) -> Vec<AttrPath> {
        let mut found = Vec::new();
        self.program.each_leaf(&mut |leaf| match &leaf.test {
            Test::Never => {}
            Test::Present | Test::Value(_) => found.extend(leaf.place.path(None)),
            Test::Element(inner) => {
                inner.each_leaf(&mut |inner| found.extend(leaf.place.path(inner.place.name())));
            }
        });
        found.sort();
        found.dedup();
        found
    }

    pub(crate) fn with_departures(mut self, parsed: &[Departure]) -> Self {
        self.departures.splice(0..0, parsed.iter().cloned());
        self
    }
}
