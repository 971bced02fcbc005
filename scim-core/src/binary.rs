//! Values of type binary: base64 text (RFC 7643 §2.3.6).

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Bytes of standard base64, with or without padding (decisions F24, S04).
pub fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let bytes = ENGINE.decode(text).ok()?;
    is_padded_or_not(text).then_some(bytes)
}

/// Whether padding is there as a whole, or not at all; the engine takes half of it as well.
fn is_padded_or_not(text: &str) -> bool {
    text.len().is_multiple_of(4) || !text.ends_with('=')
}

/// Whether [`decode_base64`] gives bytes; decodes no more than the end.
///
/// ```
/// use scim_core::is_base64;
/// assert!(is_base64("QUJD") && is_base64("QUI=") && is_base64("QUI"));
/// assert!(!is_base64("Q") && !is_base64("QQ=") && !is_base64("QUI!") && !is_base64("QQ==QUJD"));
/// ```
pub fn is_base64(text: &str) -> bool {
    // Padding and bits to spare can only be in the last four letters.
    let last = match text.len() % 4 {
        0 => text.len().min(4),
        rest => rest,
    };
    let Some((whole, last)) = text.as_bytes().split_at_checked(text.len() - last) else {
        return false;
    };
    let is_letter = |b: &u8| b.is_ascii_alphanumeric() | (*b == b'+') | (*b == b'/');
    // Without a stop at the first, so that many are looked at in one instruction.
    whole.iter().fold(true, |all, b| all & is_letter(b))
        && ENGINE.decode_slice(last, &mut [0; 3]).is_ok()
        && is_padded_or_not(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s04_is_base64_what_can_be_decoded() {
        const LETTERS: [char; 7] = ['A', 'Q', '/', '=', '!', '\n', 'é'];
        let mut texts = vec![String::new()];
        for length in 0..6 {
            let longer: Vec<_> = texts
                .iter()
                .filter(|text| text.chars().count() == length)
                .flat_map(|text| LETTERS.map(|letter| format!("{text}{letter}")))
                .collect();
            texts.extend(longer);
        }
        for text in texts {
            for text in [format!("QUJDREVG{text}"), text] {
                assert_eq!(is_base64(&text), decode_base64(&text).is_some(), "{text}");
            }
        }
    }
}
