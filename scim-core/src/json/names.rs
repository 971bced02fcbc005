//! [`Names`]: tells the names that an object has twice (decision N08).

use std::collections::HashSet;

use super::escape::{is_name, unescaped_bytes};
use crate::Key;
use crate::name::name_hash;

/// The names of all objects that are open, outermost first, as they are escaped in the text.
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
    /// The hash of each, a bit each.
    met: [u64; 4],
    /// Where they begin among the open ones.
    start: usize,
    /// All of them, once the room is used up.
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
            met: [0; 4],
            start: self.len,
            many: None,
        }
    }

    /// The object closes: it was the last to open.
    pub(super) fn end(&mut self, own: &Own) {
        self.len = own.start;
    }

    /// Takes a name of the object that opened last, with its [`name_hash`]; whether it had no such
    /// name before. O(1) for names that an RFC defines, whose hashes are distinct, and for names of
    /// which there are many.
    #[inline]
    pub(super) fn is_new(&mut self, own: &mut Own, name: &'t [u8], hash: u8) -> bool {
        let word = own.met.get_mut(usize::from(hash / 64));
        if let (Some(word), Some(slot)) = (word, self.open.get_mut(self.len))
            && *word & (1 << (hash % 64)) == 0
        {
            *word |= 1 << (hash % 64);
            *slot = name;
            self.len += 1;
            return true;
        }
        self.is_new_alike(own, name)
    }

    /// The same for a name that looks like another, or is one too many.
    fn is_new_alike(&mut self, own: &mut Own, name: &'t [u8]) -> bool {
        let plain = unescaped_bytes(name);
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

/// The hash of a name as it is escaped in the text.
#[inline(always)]
pub(super) fn written_hash(name: &[u8], escaped: bool) -> u8 {
    match escaped {
        false => name_hash(name),
        true => name_hash(unescaped_bytes(name).as_bytes()),
    }
}
