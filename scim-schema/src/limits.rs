//! Every bound on what is checked, with its default and its reason.

/// Bounds of validation and write rules.
///
/// ```
/// use scim_schema::ValidationLimits;
/// let strings = ValidationLimits { string_bytes: 256, ..ValidationLimits::default() };
/// assert_eq!(strings.violations, 100);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValidationLimits {
    /// How many violations, and how many departures, are reported; 100 by default. A body of a
    /// million wrong elements would otherwise be answered by a million sentences. The rest is
    /// counted.
    pub violations: usize,
    /// Longest string in bytes; 64 KiB by default (decision S11): certificates and long
    /// descriptions fit, and no single value fills a database page cache.
    pub string_bytes: usize,
    /// Most elements of one multi-valued attribute as it is written, with those that are `null`;
    /// 1,000,000 by default: the largest groups seen in directories still fit.
    pub elements: usize,
}

impl Default for ValidationLimits {
    fn default() -> Self {
        Self {
            violations: 100,
            string_bytes: 64 << 10,
            elements: 1_000_000,
        }
    }
}

/// Bounds on schema and resource type documents.
///
/// ```
/// use scim_schema::DefinitionLimits;
/// assert_eq!(DefinitionLimits::default().attributes, 2_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefinitionLimits {
    /// Longest document in bytes; 4 MiB by default. The User schema has 20 KiB.
    pub bytes: usize,
    /// Most attributes, and most sub-attributes of one attribute; 2,000 by default. Of each object is
    /// asked which of them it lacks, so the bound keeps the work on a small one short.
    pub attributes: usize,
    /// Longest URI of a schema and longest name of an attribute in bytes; 512 by default, which leaves
    /// room for both in a path of a filter.
    pub name_bytes: usize,
    /// How many faults are reported; 100 by default.
    pub faults: usize,
}

impl Default for DefinitionLimits {
    fn default() -> Self {
        Self {
            bytes: 4 << 20,
            attributes: 2_000,
            name_bytes: 512,
            faults: 100,
        }
    }
}
