//! [`Partial`]: a resource that is still being read, as far as the filter asks for it.

use scim_core::{Key, RawValue, Value};

use super::view::{Found, Subject, View};

/// The attributes found so far of those that a filter may look up.
pub(crate) struct Partial<'c, T> {
    /// INVARIANT: sorted and distinct.
    roots: &'c [Key],
    /// By the position of the name in `roots`, the first ones without allocation.
    few: [Option<T>; FEW],
    more: Vec<Option<T>>,
    /// How many were found.
    found: usize,
    /// Whether something was found that makes it worth to ask again.
    due: bool,
    /// Whether some value was present, if that is asked.
    present: bool,
    asks_presence: bool,
    complete: bool,
}

/// Most filters look at fewer attributes.
const FEW: usize = 8;

/// A value kept while the rest is read.
pub(crate) trait Kept {
    type View<'a>: View
    where
        Self: 'a;

    fn view(&self) -> Self::View<'_>;
}

impl<'t> Kept for RawValue<'t> {
    type View<'a>
        = RawValue<'t>
    where
        Self: 'a;

    fn view(&self) -> RawValue<'t> {
        *self
    }
}

impl Kept for Value {
    type View<'a> = &'a Value;

    fn view(&self) -> &Value {
        self
    }
}

impl<'c, T: Kept> Partial<'c, T> {
    /// Nothing is known yet. Whether there is a value at all is found out only where `asks_presence`.
    pub(crate) fn new(roots: &'c [Key], asks_presence: bool) -> Self {
        Self {
            roots,
            few: [const { None }; FEW],
            more: Vec::new(),
            found: 0,
            due: true,
            present: false,
            asks_presence,
            complete: false,
        }
    }

    /// The position of a name among those that are asked for. Every member is asked about.
    #[inline(always)]
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        match self.roots.len() <= FEW {
            true => self.roots.iter().position(|root| *root == name),
            false => self.position_of_many(name),
        }
    }

    #[cold]
    fn position_of_many(&self, name: &str) -> Option<usize> {
        let lower = |text: &str| -> std::cmp::Ordering {
            let bytes = text.bytes().map(|b| b.to_ascii_lowercase());
            bytes.cmp(name.bytes().map(|b| b.to_ascii_lowercase()))
        };
        self.roots
            .binary_search_by(|root| lower(root.as_str()))
            .ok()
    }

    /// Whether it is still to be found out if there is a value at all.
    pub(crate) fn needs_presence(&self) -> bool {
        self.asks_presence && !self.present
    }

    /// Takes note that a value is present.
    pub(crate) fn note_presence(&mut self) {
        self.present = true;
        self.due = true;
    }

    /// Keeps a value that is asked for; false if there was one of that name.
    pub(crate) fn keep(&mut self, position: usize, value: T) -> bool {
        let slot = match self.few.get_mut(position) {
            Some(slot) => slot,
            None => {
                if self.more.is_empty() {
                    self.more.resize_with(self.roots.len(), || None);
                }
                match self.more.get_mut(position) {
                    Some(slot) => slot,
                    // INVARIANT: positions are those of `roots`.
                    None => return false,
                }
            }
        };
        let is_first = slot.is_none();
        *slot = Some(value);
        self.found += usize::from(is_first);
        // Each of the first ones may give the answer. Were each of many to be followed by a question to
        // the whole filter, that would cost the square of their number.
        self.due |=
            self.found <= FEW || self.found.is_power_of_two() || self.found == self.roots.len();
        is_first
    }

    /// What a question to what is known so far gives, if it is worth to ask again.
    pub(crate) fn ask<A>(&mut self, question: impl FnOnce(&Self) -> Option<A>) -> Option<A> {
        match std::mem::take(&mut self.due) {
            true => question(self),
            false => None,
        }
    }

    /// Nothing follows.
    pub(crate) fn complete(&mut self) {
        self.complete = true;
        self.due = true;
    }
}

impl<'a, T: Kept> Subject for &'a Partial<'_, T> {
    type View = T::View<'a>;

    fn get(self, name: &Key) -> Found<T::View<'a>> {
        let kept = self.position(name.as_str()).and_then(|position| {
            let slot = self.few.get(position);
            slot.or_else(|| self.more.get(position))?.as_ref()
        });
        match kept {
            Some(value) => Found::Value(value.view()),
            None if self.complete => Found::Nothing,
            None => Found::NotYet,
        }
    }

    fn is_present(self) -> Option<bool> {
        match self.present {
            true => Some(true),
            false => self.complete.then_some(false),
        }
    }
}
