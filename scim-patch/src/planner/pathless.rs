//! Operations without path, and on the object of an extension: one operation for each key (P09, P23).

use scim_core::{
    Place, ReplaceComplex, ResolveErrorKind, Resolved, Schema, ScimType, Tolerance, Unknown, Value,
    quoted,
};
use scim_filter::{Parsed, Parser, Path};
use scim_schema::Site;

use super::{Done, Op, Planner, fail, is_read_only};
use crate::action::Action;
use crate::journal::Slot;

impl<'s> Planner<'s, '_> {
    /// An operation without path, or on the object of an extension (P09, P23); `site` is that of its
    /// value.
    pub(super) fn pathless(
        &mut self,
        op: Op,
        value: Option<&Value>,
        extension: Option<&'s Schema>,
        site: &Site<'_>,
    ) -> Done {
        if extension.is_none() {
            if !self.policy.pathless_patch {
                return fail(ScimType::InvalidSyntax, "an operation needs a `path`");
            }
            if op == Op::Remove {
                return fail(ScimType::NoTarget, "`remove` needs a `path`");
            }
        }
        let object = match value {
            None => return fail(ScimType::InvalidValue, "the operation needs a `value`"),
            Some(Value::Object(object)) => object,
            Some(Value::Null) if op == Op::Add => return Ok(()),
            Some(Value::Null) if extension.is_some() => return self.remove_extension(extension),
            Some(other) => {
                return fail(
                    ScimType::InvalidValue,
                    format!("expected an object of attributes, found {}", other.kind()),
                );
            }
        };
        let whole = extension
            .filter(|_| op == Op::Replace && self.policy.replace_complex == ReplaceComplex::Whole);
        if let Some(extension) = whole
            && !object.iter().any(|(_, value)| value.has_content())
        {
            // As null does (RFC 7643 §2.5).
            self.push(Action::RemoveExtension(extension));
        } else if let Some(extension) = whole {
            let keep = object
                .iter()
                .filter_map(|(name, _)| extension.attribute(name.as_str()))
                .collect();
            self.push(Action::ClearExtension { extension, keep });
        }
        for (key, value) in object.iter() {
            let site = site.name(key.as_str());
            match extension {
                Some(extension) => match self.place_in(extension, key.as_str()) {
                    Some(found) => self.key(op, found, None, value, &site)?,
                    None => self.unknown_key(
                        format!(
                            "unknown attribute {} of `{}`",
                            quoted(key.as_str()),
                            extension.id
                        ),
                        Unknown::Reject == self.policy.unknown_attributes,
                        Tolerance::UnknownAttributes,
                        &site,
                    )?,
                },
                None => self.top_key(op, key.as_str(), value, &site)?,
            }
        }
        Ok(())
    }

    /// What a key names in the object of an extension: an attribute, or a path below one (N09, P23).
    fn place_in(&self, extension: &'s Schema, key: &str) -> Option<Place<'s>> {
        let (name, sub) = match key.split_once('.') {
            Some((name, sub)) if self.policy.pathless_patch => (name, Some(sub)),
            _ => (key, None),
        };
        let attribute = extension.attribute(name)?;
        let sub = match sub {
            Some(sub) => Some(attribute.sub_attribute(sub)?),
            None => None,
        };
        Some(Place::new(Some(extension), attribute, sub))
    }

    /// A key of a path-less value: a path of its own (N09).
    fn top_key(&mut self, op: Op, key: &str, value: &Value, site: &Site<'_>) -> Done {
        let path = match Parser::new().policy(self.policy).parse_path(key) {
            Ok(path) => path,
            Err(error) => {
                return self.unknown_key(
                    error.to_string(),
                    self.policy.unknown_attributes == Unknown::Reject,
                    Tolerance::UnknownAttributes,
                    site,
                );
            }
        };
        if path.filter.is_some() {
            if !self.policy.filter_in_value_key {
                return fail(
                    ScimType::InvalidValue,
                    format!("the name {} of a value cannot hold a filter", quoted(key)),
                );
            }
            let detail = "a filter in the name of a value";
            self.depart(Tolerance::FilterInValueKey, site, detail);
        }
        match self.schema.resolve(&path.attr, self.policy) {
            Ok(Resolved::Resource) => self.pathless(op, Some(value), None, site),
            Ok(Resolved::Extension(extension)) => {
                self.pathless(op, Some(value), Some(extension), site)
            }
            Ok(Resolved::Attribute(found)) => {
                self.tolerated(&found, site);
                let computed = found.extension.is_none()
                    && (found.attribute.name == *"schemas" || found.attribute.name == *"meta");
                if computed {
                    return Ok(());
                }
                self.key(op, found, Some(&path), value, site)
            }
            Err(error) => {
                let (unknown, tolerance) = match error.kind() {
                    ResolveErrorKind::UnknownSchema => (
                        self.policy.unknown_schema_uris,
                        Tolerance::UnknownSchemaUris,
                    ),
                    _ => (self.policy.unknown_attributes, Tolerance::UnknownAttributes),
                };
                self.unknown_key(
                    error.to_string(),
                    unknown == Unknown::Reject,
                    tolerance,
                    site,
                )
            }
        }
    }

    /// One attribute of a path-less value: the same as an operation with its path, but for readOnly
    /// attributes (P20).
    fn key(
        &mut self,
        op: Op,
        found: Place<'s>,
        path: Option<&Parsed<Path>>,
        value: &Value,
        site: &Site<'_>,
    ) -> Done {
        if is_read_only(&found) {
            if self.policy.ignore_readonly_in_patch_value {
                let detail = format!("left out what is readOnly: `{}`", found.path());
                self.depart(Tolerance::IgnoreReadonlyInPatchValue, site, detail);
            } else {
                let mut slot = Slot::attribute(found.extension, found.attribute);
                slot.sub = found.sub_attribute;
                let value = value.clone();
                self.push(Action::Expect { slot, value });
            }
            return Ok(());
        }
        // A key is not the `path` of the operation.
        let target = self.target(&found, path, site);
        match target.map_err(|error| error.in_path(None))? {
            Some(target) => self.write_or_remove(op, &found, target, Some(value), site),
            None => Ok(()),
        }
    }

    pub(crate) fn unknown_key(
        &mut self,
        message: String,
        reject: bool,
        tolerance: Tolerance,
        site: &Site<'_>,
    ) -> Done {
        if reject {
            return fail(self.unknown_keyword(ScimType::InvalidValue), message);
        }
        self.depart(tolerance, site, format!("left out: {message}"));
        Ok(())
    }
}
