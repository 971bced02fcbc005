//! A filter over untrusted JSON text.

use scim_core::{JsonReader, Key, RawValue, ReadError, ReadLimits};

use super::partial::Partial;
use super::{Checked, Prepared};

impl Checked {
    /// Whether the resource in a JSON text satisfies the filter. The text is read once, member by
    /// member, and no further than to the comma or brace behind the value that gives the answer; no tree
    /// is built. Once more than eight of the attributes that the filter looks at were found, the answer is
    /// looked for whenever twice as many are there, and at the end.
    ///
    /// ```
    /// use scim_core::{Policy, builtin};
    /// use scim_filter::Filter;
    /// let filter: Filter = r#"userName eq "ada""#.parse()?;
    /// let filter = filter.check(builtin::user_schema(), &Policy::strict())?;
    /// assert!(filter.matches_json(br#"{ "username": "Ada", "title": "Dr" }"#)?);
    /// assert!(filter.matches_json(br#"{ "username": "Ada", and nobody read on"#)?);
    /// assert!(filter.matches_json(br#"{ "username": "Ada" "#).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ReadError`] at the first byte that [`Resource::from_json`](scim_core::Resource::from_json)
    /// would refuse, under the same limits, in the part that was read; at the first byte of a text that
    /// is no object, whatever follows. Where that reads the whole text, the answer is that of
    /// [`matches`](Self::matches).
    ///
    /// # Complexity
    /// Linear in the bytes, plus terms times the bytes of the attributes they look at, plus terms times
    /// the logarithm of the distinct attributes. As in [`matches_document`](Self::matches_document)
    /// otherwise; allocates nothing where that does not, while names are without escapes, the objects
    /// open at a time have at most 48 members, and the filter looks at no more than eight attributes.
    pub fn matches_json(&self, text: &[u8]) -> Result<bool, ReadError> {
        self.matches_json_with(text, ReadLimits::default())
    }

    /// As [`matches_json`](Self::matches_json), under limits of your own.
    ///
    /// # Errors
    /// As there, under those limits.
    pub fn matches_json_with(&self, text: &[u8], limits: ReadLimits) -> Result<bool, ReadError> {
        let mut prepared = Prepared::default();
        let answer = read_json(text, limits, &self.roots, self.asks_presence, |found| {
            self.program.holds(found, &mut prepared)
        })?;
        Ok(answer.unwrap_or(false))
    }
}

/// Reads members until what is asked of those named by `roots`, or whether there is a value at all, is
/// known. `None` if the whole does not tell, which is not so of any question that a complete resource
/// answers.
pub(crate) fn read_json<'t, A>(
    text: &'t [u8],
    limits: ReadLimits,
    roots: &[Key],
    asks_presence: bool,
    mut ask: impl FnMut(&Partial<'_, RawValue<'t>>) -> Option<A>,
) -> Result<Option<A>, ReadError> {
    let mut reader = JsonReader::new(text, limits)?;
    let mut members = reader.begin_object()?;
    let mut found = Partial::new(roots, asks_presence);
    if let Some(answer) = found.ask(&mut ask) {
        return Ok(Some(answer));
    }
    while let Some(name) = reader.next_name(&mut members)? {
        let value = reader.skip()?;
        let position = found.position(&name);
        if found.needs_presence() && value.is_present() {
            found.note_presence();
        }
        if let Some(position) = position {
            found.keep(position, value);
        }
        if let Some(answer) = found.ask(&mut ask) {
            reader.member_ends(&members)?;
            return Ok(Some(answer));
        }
    }
    reader.end()?;
    found.complete();
    Ok(found.ask(ask))
}
