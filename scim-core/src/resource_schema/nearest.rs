//! What the writer of an unknown name may have meant.

use super::{ExtensionSchema, ResolveErrorKind, ResourceSchema};
use crate::{AttrName, AttrPath, Attribute, Policy, Schema, SchemaUri};

impl ResourceSchema {
    /// What the writer of a path that is unknown in that way may have meant.
    pub(super) fn suggestion(&self, path: &AttrPath, kind: ResolveErrorKind) -> Option<AttrPath> {
        match kind {
            ResolveErrorKind::UnknownSchema => self.nearest_schema(path),
            ResolveErrorKind::UnknownAttribute => self.nearest_path(path),
            ResolveErrorKind::UnknownSubAttribute => self.nearest_sub_path(path),
        }
    }

    /// The same path below a schema of the type, or that schema alone.
    fn nearest_schema(&self, path: &AttrPath) -> Option<AttrPath> {
        let uris = || {
            let extensions = self.inner.extensions.iter().map(|e| &e.schema.id);
            let uris = std::iter::once(&self.inner.base.id).chain(extensions);
            uris.map(|uri| (uri.as_str(), uri))
        };
        let below = |uri: &SchemaUri| AttrPath::of(Some(uri.as_str()), path.attr(), path.sub());
        let is_known = |path: &AttrPath| self.resolve(path, &Policy::strict()).is_ok();
        nearest(path.schema()?, uris())
            .map(below)
            .filter(is_known)
            .or_else(|| nearest(path.as_str(), uris())?.as_str().parse().ok())
    }

    /// An attribute: of the extension that is named, else of the base schema, else of an extension, which
    /// then has to be named; or the only sub-attribute of that name.
    fn nearest_path(&self, path: &AttrPath) -> Option<AttrPath> {
        let shown = |a: &&Attribute| !a.is_hidden();
        let of = |extension: &ExtensionSchema| {
            let attributes = extension.schema.attributes.iter().filter(shown);
            let name = nearest(path.attr(), attributes.map(named))?;
            let uri = extension.schema.id.as_str();
            Some(AttrPath::of(Some(uri), name.as_str(), None))
        };
        if let Some(extension) = path.schema().and_then(|uri| self.extension(uri)) {
            return of(extension);
        }
        nearest(
            path.attr(),
            self.attributes().iter().filter(shown).map(named),
        )
        .map(|name| AttrPath::of(None, name.as_str(), None))
        .or_else(|| self.inner.extensions.iter().find_map(of))
        .or_else(|| {
            let parents = self.attributes().iter().filter(shown);
            let mut found = parents.filter_map(|parent| {
                let sub = parent.sub_attribute(path.attr()).filter(shown)?;
                let (parent, sub) = (parent.name.as_str(), sub.name.as_str());
                Some(AttrPath::of(None, parent, Some(sub)))
            });
            found.next().filter(|_| found.next().is_none())
        })
    }

    /// A sub-attribute of the attribute that the path names.
    fn nearest_sub_path(&self, path: &AttrPath) -> Option<AttrPath> {
        let extension = path.schema().and_then(|uri| self.extension(uri));
        let attribute = match extension {
            Some(extension) => extension.schema.attribute(path.attr()),
            None => self.attribute(path.attr()),
        }?;
        let subs = attribute.sub_attributes.iter().filter(|a| !a.is_hidden());
        let sub = nearest(path.sub()?, subs.map(named))?;
        Some(AttrPath::of(path.schema(), path.attr(), Some(sub.as_str())))
    }
}

impl Attribute {
    /// The sub-attribute whose name a writer may have meant: at most two letters away.
    ///
    /// ```
    /// let emails = scim_core::builtin::user().attribute("emails").ok_or("emails")?;
    /// assert_eq!(emails.nearest_sub_attribute("tpye").ok_or("none")?, "type");
    /// # Ok::<(), &str>(())
    /// ```
    pub fn nearest_sub_attribute(&self, name: &str) -> Option<&AttrName> {
        nearest(name, self.sub_attributes.iter().map(named))
    }
}

impl Schema {
    /// The attribute whose name a writer may have meant: at most two letters away.
    ///
    /// ```
    /// let name = scim_core::builtin::user().nearest_attribute("usrName");
    /// assert_eq!(name.ok_or("none")?, "userName");
    /// # Ok::<(), &str>(())
    /// ```
    pub fn nearest_attribute(&self, name: &str) -> Option<&AttrName> {
        nearest(name, self.attributes.iter().map(named))
    }
}

fn named(attribute: &Attribute) -> (&str, &AttrName) {
    (attribute.name.as_str(), &attribute.name)
}

/// What bears the name at most two edits away from `name`, if there is one: one edit in three letters at
/// most, since short names are all near each other.
fn nearest<'a, T>(name: &str, among: impl Iterator<Item = (&'a str, T)>) -> Option<T> {
    // Distance costs the product of the lengths; a name of no sensible length is not misspelt.
    if name.len() > 128 {
        return None;
    }
    among
        .map(|(known, item)| (edits(name, known), known, item))
        .filter(|(edits, known, _)| *edits <= 2 && edits * 3 <= known.len().min(name.len()))
        .min_by_key(|(edits, ..)| *edits)
        .map(|(.., item)| item)
}

/// Edits from one name to the other without regard to ASCII case: a letter more, less or other, or two
/// neighbours swapped.
fn edits(a: &str, b: &str) -> usize {
    let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or_default();
    let mut before = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut last = None;
    for (i, x) in a.bytes().enumerate() {
        let mut row = vec![i + 1];
        let mut previous = None;
        for (j, y) in b.bytes().enumerate() {
            let cost = usize::from(!x.eq_ignore_ascii_case(&y));
            let mut best = (cell(&above, j) + cost)
                .min(cell(&above, j + 1) + 1)
                .min(cell(&row, j) + 1);
            let swapped = |c: Option<u8>, d: u8| c.is_some_and(|c| c.eq_ignore_ascii_case(&d));
            if j > 0 && swapped(last, y) && swapped(previous, x) {
                best = best.min(cell(&before, j - 1) + 1);
            }
            row.push(best);
            previous = Some(y);
        }
        before = std::mem::replace(&mut above, row);
        last = Some(x);
    }
    above.last().copied().unwrap_or_default()
}
