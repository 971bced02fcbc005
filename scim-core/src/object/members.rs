//! [`Members`]: the members of an object as they are kept.

use std::sync::OnceLock;

use crate::{Key, NameOrder, Value};

type Member = (Key, Value);

/// Members in their order. Few are walked to find one, many have the order of their names.
#[derive(Clone)]
pub(super) enum Members {
    /// Boxed, not a `Vec`: keeps [`Value`] at three words, and objects rarely grow after they are read.
    Few(Box<[Member]>),
    Many(Box<Many>),
}

/// More members than [`NameOrder::FEW`].
#[derive(Clone)]
pub(super) struct Many {
    list: Box<[Member]>,
    /// Made when a name is first looked for.
    order: OnceLock<NameOrder>,
}

impl Members {
    fn new(list: Vec<Member>, order: OnceLock<NameOrder>) -> Self {
        let list = list.into_boxed_slice();
        match list.len() <= NameOrder::FEW {
            true => Self::Few(list),
            false => Self::Many(Box::new(Many { list, order })),
        }
    }

    #[inline]
    pub(super) fn list(&self) -> &[Member] {
        match self {
            Self::Few(list) => list,
            Self::Many(many) => &many.list,
        }
    }

    #[inline]
    pub(super) fn list_mut(&mut self) -> &mut [Member] {
        match self {
            Self::Few(list) => list,
            Self::Many(many) => &mut many.list,
        }
    }

    fn into_parts(self) -> (Vec<Member>, OnceLock<NameOrder>) {
        match self {
            Self::Few(list) => (list.into_vec(), OnceLock::new()),
            Self::Many(many) => (many.list.into_vec(), many.order),
        }
    }

    pub(super) fn into_list(self) -> Vec<Member> {
        self.into_parts().0
    }

    /// Where the member of a name stands, the one among few for which `is_it` holds.
    #[inline]
    pub(super) fn position(&self, name: &str, is_it: impl Fn(&Key) -> bool) -> Option<usize> {
        match self {
            Self::Few(list) => list.iter().position(|(key, _)| is_it(key)),
            Self::Many(many) => many.position(name),
        }
    }

    /// The member at [`position`](Self::position).
    #[inline]
    pub(super) fn find(&self, name: &str, is_it: impl Fn(&Key) -> bool) -> Option<&Member> {
        match self {
            Self::Few(list) => list.iter().find(|(key, _)| is_it(key)),
            Self::Many(many) => many.list.get(many.position(name)?),
        }
    }

    /// Adds a member of a name that there is not yet.
    pub(super) fn push(&mut self, member: Member) {
        let (mut list, mut order) = std::mem::take(self).into_parts();
        if let Some(order) = order.get_mut() {
            order.push(&list, name, member.0.as_str());
        }
        list.reserve_exact(1);
        list.push(member);
        *self = Self::new(list, order);
    }

    /// Takes out the member at a place that there is.
    pub(super) fn remove(&mut self, at: usize) -> Value {
        let (mut list, mut order) = std::mem::take(self).into_parts();
        if let Some(order) = order.get_mut() {
            order.remove(at);
        }
        let (_, value) = list.remove(at);
        *self = Self::new(list, order);
        value
    }
}

impl Many {
    #[cold]
    fn position(&self, written: &str) -> Option<usize> {
        let order = self
            .order
            .get_or_init(|| NameOrder::of(self.list.iter().map(name)));
        order.position(&self.list, name, written)
    }
}

fn name((key, _): &Member) -> &str {
    key.as_str()
}

impl Default for Members {
    fn default() -> Self {
        Self::Few(Box::default())
    }
}

impl From<Vec<Member>> for Members {
    fn from(list: Vec<Member>) -> Self {
        Self::new(list, OnceLock::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_where_it_is_however_many_there_are() {
        let mut members = Members::default();
        let mut names: Vec<String> = Vec::new();
        // Of a few names more than few, some come, some go, and all are looked for each time.
        for step in 0..400_usize {
            let text = format!("n{}", step * 7919 % 199);
            match names.iter().position(|name| *name == text) {
                Some(at) => {
                    names.remove(at);
                    assert_eq!(members.remove(at), Value::from(text));
                }
                None => {
                    names.push(text.clone());
                    members.push((text.to_uppercase().into(), text.into()));
                }
            }
            for text in (0..199).map(|number| format!("n{number}")) {
                let place = names.iter().position(|name| *name == text);
                let found = members.position(&text, |key| *key == *text);
                assert_eq!(found, place, "{text} of {}", names.len());
            }
        }
    }

    #[test]
    fn an_object_takes_two_words() {
        assert_eq!(size_of::<Members>(), 2 * size_of::<usize>());
    }
}
