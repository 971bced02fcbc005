//! A part of a text, found without regard to ASCII case.

/// Whether a folded key, which has no upper case, is a part of ASCII text.
pub(super) fn is_inside(text: &[u8], key: &[u8]) -> bool {
    /// Bytes looked at in place before it is worth to fold a copy.
    const PATIENCE: usize = 256;
    let Some(&first) = key.first() else {
        return true;
    };
    let near = text.get(..PATIENCE + key.len()).unwrap_or(text);
    let mut patience = PATIENCE;
    for window in near.windows(key.len()) {
        if window.first().map(u8::to_ascii_lowercase) != Some(first) {
            continue;
        }
        let pairs = window.iter().zip(key);
        let alike = pairs
            .take_while(|(a, b)| a.to_ascii_lowercase() == **b)
            .count();
        if alike == key.len() {
            return true;
        }
        let Some(left) = patience.checked_sub(alike) else {
            return is_inside_folded(text, key);
        };
        patience = left;
    }
    near.len() < text.len() && is_inside_folded(text, key)
}

/// The same by the search of the standard library, which takes linear time whatever the text repeats, and
/// of long text less than a look at each byte.
fn is_inside_folded(text: &[u8], key: &[u8]) -> bool {
    const PIECE: usize = 1024;
    let contains = |text: &[u8]| match (str::from_utf8(text), str::from_utf8(key)) {
        (Ok(text), Ok(key)) => text.contains(key),
        _ => false,
    };
    if key.len() > PIECE / 2 {
        return contains(&text.to_ascii_lowercase());
    }
    // Piece by piece on the stack; what the end of one cuts in two, the next begins with.
    let mut piece = [0; PIECE];
    let mut starts = (0..text.len()).step_by(PIECE - key.len());
    starts.any(|start| {
        let text = text.get(start..).unwrap_or_default();
        let pairs = piece.iter_mut().zip(text);
        let length = pairs.len();
        pairs.for_each(|(folded, byte)| *folded = byte.to_ascii_lowercase());
        piece.get(..length).is_some_and(contains)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_wherever_it_stands() {
        for length in [0, 1, 255, 256, 300, 1_023, 1_024, 1_025, 3_000] {
            for key in ["k", "key", &"k".repeat(300), &"key".repeat(200)] {
                for filler in ["-", "K"] {
                    let text = filler.repeat(length);
                    let expected = text.to_lowercase().contains(key);
                    assert_eq!(is_inside(text.as_bytes(), key.as_bytes()), expected);
                    for start in (0..=length).step_by(7) {
                        let (before, behind) = text.split_at(start);
                        let text = format!("{before}{}{behind}", key.to_uppercase());
                        assert!(is_inside(text.as_bytes(), key.as_bytes()), "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_part_of_a_repetitive_text_is_found_in_linear_time() {
        let repeated = "aA".repeat(200_000);
        for length in [40, 100_000] {
            let key = format!("{}b", "a".repeat(length));
            assert!(!is_inside(repeated.as_bytes(), key.as_bytes()));
            let text = format!("{repeated}B");
            assert!(is_inside(text.as_bytes(), key.as_bytes()));
        }
        assert!(is_inside(b"AAAb", b"aab") && !is_inside(b"AAA", b"aab"));
        assert!(is_inside(b"", b"") && !is_inside(b"", b"a"));
    }
}
