//! [`Source`]: where choices come from.

/// Choices, read one by one from bytes or from a seed.
///
/// ```
/// use scim_smith::Source;
/// let mut source = Source::new(&[1]);
/// assert_eq!(*source.pick(&["a", "b"]), "b");
/// assert_eq!(*source.pick(&["a", "b"]), "a", "what is used up gives the first");
/// ```
#[derive(Clone, Debug)]
pub struct Source<'d>(Choices<'d>);

#[derive(Clone, Debug)]
enum Choices<'d> {
    Bytes(&'d [u8]),
    /// The state of a SplitMix64 generator: enough to spread choices, nothing more.
    Seed(u64),
}

impl<'d> Source<'d> {
    /// Choices out of bytes; zeros once they are used up.
    pub fn new(bytes: &'d [u8]) -> Self {
        Self(Choices::Bytes(bytes))
    }

    /// Choices without end, the same for the same seed.
    pub fn from_seed(seed: u64) -> Self {
        Self(Choices::Seed(seed))
    }

    /// Whether all bytes are used up; a seed never is.
    pub fn is_empty(&self) -> bool {
        matches!(self.0, Choices::Bytes([]))
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        match &mut self.0 {
            Choices::Bytes(bytes) => {
                let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
                *bytes = rest;
                *first
            }
            Choices::Seed(state) => {
                *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut mixed = *state;
                mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
                (mixed ^ mixed >> 31).to_le_bytes()[0]
            }
        }
    }

    /// A number below `bound`, zero if that is zero.
    pub fn below(&mut self, bound: usize) -> usize {
        let mut number = usize::from(self.byte());
        // One byte decides small choices, so that a mutated byte changes one of them.
        if bound > 256 {
            for _ in 0..3 {
                number = number << 8 | usize::from(self.byte());
            }
        }
        number % bound.max(1)
    }

    /// Yes in `percent` of all cases; no once the bytes are used up.
    pub fn percent(&mut self, percent: u8) -> bool {
        self.below(100) >= usize::from(100 - percent.min(100)) && percent > 0
    }

    /// One of the choices.
    ///
    /// # Panics
    /// When there is none.
    pub fn pick<'t, T>(&mut self, among: &'t [T]) -> &'t T {
        let at = self.below(among.len());
        among.get(at).expect("something to pick from")
    }
}
