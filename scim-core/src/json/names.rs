//! [`Names`]: tells the names that an object has twice (decision N08).

use std::collections::HashSet;

use super::escape::{is_name, unescaped_bytes};
use crate::Key;
use crate::name::Known;

/// The names that no RFC defines of all objects that are open, outermost first, as they are escaped in
/// the text.
#[derive(Debug)]
pub(super) struct Names<'t> {
    open: [&'t [u8]; OPEN],
    len: usize,
}

/// Room for the open objects of a resource; names that find none go to a set.
const OPEN: usize = 48;

/// The names of one object.
#[derive(Debug)]
pub(super) struct Own {
    /// The known ones, a bit each.
    known: u64,
    /// Where the others begin among the open ones.
    start: usize,
    /// All the others, once the room is used up.
    many: Option<HashSet<Key>>,
}

impl<'t> Names<'t> {
    pub(super) fn new() -> Self {
        Self {
            open: [b""; OPEN],
            len: 0,
        }
    }

    /// An object opens.
    pub(super) fn begin(&self) -> Own {
        Own {
            known: 0,
            start: self.len,
            many: None,
        }
    }

    /// The object closes: it was the last to open.
    pub(super) fn end(&mut self, own: &Own) {
        self.len = own.start;
    }

    /// Takes a name of the object that opened last; whether it had no such name before. O(1) for names
    /// that an RFC defines, and for others of which there are many.
    #[inline]
    pub(super) fn is_new(&mut self, own: &mut Own, name: &'t [u8], known: Option<Known>) -> bool {
        match known {
            Some(known) => {
                let before = own.known;
                own.known |= known.bit();
                before != own.known
            }
            None => self.is_new_other(own, name),
        }
    }

    fn is_new_other(&mut self, own: &mut Own, name: &'t [u8]) -> bool {
        let plain = unescaped_bytes(name);
        if let Some(known) = Known::of(plain.as_bytes()) {
            return self.is_new(own, name, Some(known));
        }
        let (open, room) = self.open.split_at_mut_checked(self.len).unwrap_or_default();
        let before = open.get(own.start..).unwrap_or_default();
        if own.many.is_none()
            && let Some(slot) = room.first_mut()
        {
            *slot = name;
            self.len += 1;
            return !before.iter().any(|other| is_name(other, &plain));
        }
        let key = |name: &&[u8]| Key::from(&*unescaped_bytes(name));
        own.many
            .get_or_insert_with(|| before.iter().map(key).collect())
            .insert(Key::from(&*plain))
    }
}
