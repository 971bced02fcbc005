//! [`Policy`]: which deviations of the input are tolerated, and [`Departure`]: that one was.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::{one_line, quoted, shown};

/// The tolerance for input, one field per difference between the presets (`docs/decisions.md`,
/// table Z). Output is always strict.
///
/// The default is [`Policy::strict`]. Where only one provider is connected, its profile
/// ([`Policy::entra`], [`Policy::okta`], …) tolerates what that one sends and nothing else. A host
/// starts from a preset and sets single fields:
///
/// ```
/// use scim_core::Policy;
/// let mut policy = Policy::strict();
/// policy.value_coercion = true;
/// assert_ne!(policy, Policy::lenient());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// Attributes that no schema of the type defines (W01, P33).
    pub unknown_attributes: Unknown,
    /// URIs in `schemas` that the type does not have, with their objects (W02, P22).
    pub unknown_schema_uris: Unknown,
    /// Complete a missing or incomplete `schemas` from the resource type (W04).
    pub complete_schemas: bool,
    /// Let an unqualified name mean the one extension that defines it (N03).
    pub unqualified_extension_names: bool,
    /// Read `X[f].s op v` in a filter as `X[(f) and s op v]` (F08).
    pub filter_path_suffix: bool,
    /// Compare a singular complex attribute by its `value` (F11).
    pub filter_complex_value_shorthand: bool,
    /// Literals of a neighbouring type or in another case, no space before a string (F04, F21, F33).
    pub filter_literal_coercion: bool,
    /// `Add`, `REPLACE`, … as names of PATCH operations (E05).
    pub op_case_insensitive: bool,
    /// Strings for booleans and numbers, scalars for complex values, single values for lists
    /// (P27, P28, S01, S09).
    pub value_coercion: bool,
    /// Value filters in the keys of a path-less PATCH value (N09).
    pub filter_in_value_key: bool,
    /// `add` whose value filter selects nothing (P01).
    pub add_unmatched_filter: Unmatched,
    /// `replace` whose value filter selects nothing (P02).
    pub replace_unmatched_filter: Unmatched,
    /// Apply `remove` with a `value` to the elements it lists, instead of refusing it (P06).
    pub remove_with_value: bool,
    /// Allow PATCH operations without a path (P05, P09).
    pub pathless_patch: bool,
    /// What `replace` does to a complex attribute (P07, P23).
    pub replace_complex: ReplaceComplex,
    /// Allow `add` and `replace` on a value path without sub-attribute (P08).
    pub value_path_without_sub: bool,
    /// Allow `add` and `replace` on a value path that selects several elements (P25).
    pub value_path_many_matches: bool,
    /// Refuse a single object where a multi-valued attribute is written (P11).
    pub multi_value_needs_array: bool,
    /// Ignore readOnly keys inside a PATCH value instead of comparing them with the current value (P20).
    pub ignore_readonly_in_patch_value: bool,
    /// Let `value` win over a contradictory `$ref` or `type` instead of refusing it (S06, G02).
    pub ignore_contradictory_reference: bool,
    /// Call unknown names in a PATCH `invalidSyntax` (P33).
    pub unknown_in_patch_is_syntax: bool,
    /// Check that a country has two letters (S12).
    pub country_alpha2: bool,
    /// What becomes of a member that names no resource (G01).
    pub referential_integrity: Integrity,
    /// Fold the case of query parameter names and of `sortOrder` (Q15, Q16).
    pub query_case_insensitive: bool,
}

/// What happens to something unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unknown {
    /// It is an error.
    Reject,
    /// It is left out and reported as a [`Departure`].
    Drop,
}

/// What happens to a member of a group that names no resource. Other references, such as `manager`, are kept as sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Integrity {
    /// It is an error.
    Reject,
    /// It is left out and reported as a [`Departure`], each by itself.
    Drop,
    /// It is kept as it was sent.
    Off,
}

/// What happens when a value filter selects no element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unmatched {
    /// The element that the filter's `eq` terms describe is created.
    Create,
    /// The operation fails with `noTarget`.
    NoTarget,
}

/// What `replace` does to a complex attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplaceComplex {
    /// Sub-attributes that are not given stay.
    Merge,
    /// Sub-attributes that are not given go.
    Whole,
}

impl Policy {
    /// The letter of the RFCs with verified errata; the default of the libraries.
    pub const fn strict() -> Self {
        Self {
            unknown_attributes: Unknown::Reject,
            unknown_schema_uris: Unknown::Reject,
            complete_schemas: false,
            unqualified_extension_names: false,
            filter_path_suffix: false,
            filter_complex_value_shorthand: false,
            filter_literal_coercion: false,
            op_case_insensitive: false,
            value_coercion: false,
            filter_in_value_key: false,
            add_unmatched_filter: Unmatched::Create,
            replace_unmatched_filter: Unmatched::NoTarget,
            remove_with_value: false,
            pathless_patch: true,
            replace_complex: ReplaceComplex::Merge,
            value_path_without_sub: true,
            value_path_many_matches: true,
            multi_value_needs_array: false,
            ignore_readonly_in_patch_value: false,
            ignore_contradictory_reference: false,
            unknown_in_patch_is_syntax: false,
            country_alpha2: true,
            referential_integrity: Integrity::Reject,
            query_case_insensitive: false,
        }
    }

    /// Strict, and every deviation that has exactly one sensible meaning; the default of the
    /// gateway. What Entra ID and Okta send is accepted.
    pub fn lenient() -> Self {
        Self {
            unknown_attributes: Unknown::Drop,
            unknown_schema_uris: Unknown::Drop,
            complete_schemas: true,
            unqualified_extension_names: true,
            filter_path_suffix: true,
            filter_complex_value_shorthand: true,
            filter_literal_coercion: true,
            op_case_insensitive: true,
            value_coercion: true,
            filter_in_value_key: true,
            replace_unmatched_filter: Unmatched::Create,
            remove_with_value: true,
            ignore_readonly_in_patch_value: true,
            ignore_contradictory_reference: true,
            country_alpha2: false,
            referential_integrity: Integrity::Off,
            query_case_insensitive: true,
            ..Self::strict()
        }
    }

    /// Strict, and what Entra ID sends: capitalised operations, `"True"`, a string for the manager,
    /// `remove` with a list, creation of what a filter describes, a foreign URI on groups.
    pub fn entra() -> Self {
        Self {
            unknown_schema_uris: Unknown::Drop,
            filter_path_suffix: true,
            filter_complex_value_shorthand: true,
            filter_literal_coercion: true,
            op_case_insensitive: true,
            value_coercion: true,
            filter_in_value_key: true,
            replace_unmatched_filter: Unmatched::Create,
            remove_with_value: true,
            ignore_contradictory_reference: true,
            country_alpha2: false,
            referential_integrity: Integrity::Off,
            ..Self::strict()
        }
    }

    /// Strict, and what Okta sends: `id` and other readOnly values beside those that change.
    pub fn okta() -> Self {
        Self {
            ignore_readonly_in_patch_value: true,
            country_alpha2: false,
            referential_integrity: Integrity::Off,
            ..Self::strict()
        }
    }

    /// Strict, and what OneLogin sends: single values for lists, attributes and URIs that its
    /// templates add.
    pub fn one_login() -> Self {
        Self {
            unknown_attributes: Unknown::Drop,
            unknown_schema_uris: Unknown::Drop,
            complete_schemas: true,
            value_coercion: true,
            ..Self::okta()
        }
    }

    /// Strict, and what Oracle Identity Cloud Service sends: capitalised operations, extensions that
    /// are not loaded or not listed.
    pub fn oracle() -> Self {
        Self {
            unknown_attributes: Unknown::Drop,
            unknown_schema_uris: Unknown::Drop,
            complete_schemas: true,
            op_case_insensitive: true,
            ..Self::okta()
        }
    }

    /// Strict, and what Google's clients send: `members eq` in filters, `remove` with a list.
    pub fn google() -> Self {
        Self {
            filter_complex_value_shorthand: true,
            remove_with_value: true,
            ..Self::okta()
        }
    }

    /// Strict, and what JumpCloud and Salesforce send: members as plain strings, `remove` with a list
    /// or an object that holds one.
    pub fn jump_cloud() -> Self {
        Self {
            value_coercion: true,
            remove_with_value: true,
            ..Self::okta()
        }
    }

    /// Strict, narrowed to the interoperability profile draft.
    pub fn interop() -> Self {
        Self {
            pathless_patch: false,
            replace_complex: ReplaceComplex::Whole,
            value_path_without_sub: false,
            value_path_many_matches: false,
            multi_value_needs_array: true,
            unknown_in_patch_is_syntax: true,
            country_alpha2: false,
            ..Self::strict()
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::strict()
    }
}

/// A preset by its name: `strict`, `lenient` or `interop`. The profiles of vendors are for code, which
/// knows whom it talks to.
impl FromStr for Policy {
    type Err = UnknownPolicy;

    fn from_str(name: &str) -> Result<Self, UnknownPolicy> {
        match name {
            "strict" => Ok(Self::strict()),
            "lenient" => Ok(Self::lenient()),
            "interop" => Ok(Self::interop()),
            other => Err(UnknownPolicy(other.into())),
        }
    }
}

/// A name that belongs to no preset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a policy; expected `strict`, `lenient` or `interop`", quoted(.0))]
pub struct UnknownPolicy(Box<str>);

/// A tolerance that fired: the input deviated, and the policy let it pass.
///
/// ```
/// use scim_core::{Departure, Tolerance};
/// let departure = Departure::new(Tolerance::UnknownAttributes, "/nickname2", "dropped");
/// assert_eq!(departure.to_string(), "unknown_attributes at /nickname2: dropped");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Departure {
    /// Which tolerance.
    pub tolerance: Tolerance,
    /// Where: a JSON pointer, an attribute path, or an operation.
    pub place: String,
    /// What was done about it.
    pub detail: String,
}

impl Departure {
    /// A report of one deviation.
    pub fn new(tolerance: Tolerance, place: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            tolerance,
            place: place.into(),
            detail: detail.into(),
        }
    }
}

impl fmt::Display for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = shown(&self.place);
        let detail = one_line(&self.detail);
        write!(f, "{} at {place}: {detail}", self.tolerance)
    }
}

macro_rules! tolerances {
    ($($variant:ident = $name:literal,)*) => {
        /// The field of [`Policy`], or of the policy that a service provider has for HTTP, that allowed a
        /// [`Departure`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[expect(missing_docs, reason = "each is documented at the field of the same name")]
        pub enum Tolerance { $($variant,)* }

        impl Tolerance {
            /// The name of the field.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

tolerances! {
    UnknownAttributes = "unknown_attributes",
    UnknownSchemaUris = "unknown_schema_uris",
    CompleteSchemas = "complete_schemas",
    UnqualifiedExtensionNames = "unqualified_extension_names",
    FilterPathSuffix = "filter_path_suffix",
    FilterComplexValueShorthand = "filter_complex_value_shorthand",
    FilterLiteralCoercion = "filter_literal_coercion",
    OpCaseInsensitive = "op_case_insensitive",
    ValueCoercion = "value_coercion",
    FilterInValueKey = "filter_in_value_key",
    ReplaceUnmatchedFilter = "replace_unmatched_filter",
    RemoveWithValue = "remove_with_value",
    IgnoreReadonlyInPatchValue = "ignore_readonly_in_patch_value",
    IgnoreContradictoryReference = "ignore_contradictory_reference",
    QueryCaseInsensitive = "query_case_insensitive",
    BadFailOnErrors = "bad_fail_on_errors",
    MissingBulkId = "missing_bulk_id",
    CursorAndStartIndex = "cursor_and_start_index",
    ReferentialIntegrity = "referential_integrity",
}

impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Tolerance {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
