//! Classes of characters: which ones are seen, and which ones change the text around them.
//!
//! `isBlank` in `assets/js/lib/text.js` has the rule for blank texts too; a browser test compares
//! both.

use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// More marks than this on one letter run over the lines around it. No living script needs more
/// (UTS #39, section 5.4).
const MARKS_MAX: usize = 4;

/// Whether software shows nothing for this character (`Default_Ignorable_Code_Point`): joiners,
/// variation selectors, tags, Hangul fillers.
pub(super) fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Whether nothing is seen of this character when it stands alone.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_ignorable(c) || is_blank_sign(c)
}

/// Blank signs that Unicode does not list as ignorable: the empty braille cell, annotation marks,
/// format controls of hieroglyphs, a Khitan filler, a note without a head.
fn is_blank_sign(c: char) -> bool {
    matches!(c,
        '\u{2800}' | '\u{fff9}'..='\u{fffc}' | '\u{13430}'..='\u{1343f}' | '\u{16fe4}'
        | '\u{1d159}')
}

/// Whether this character is blank and no script or emoji needs it, so it can only hide something.
pub(super) fn is_filler(c: char) -> bool {
    let is_needed = matches!(c,
        // The joiners of Persian, Hindi and emoji; the direction of punctuation in Arabic, Hebrew.
        '\u{200c}'..='\u{200f}' | '\u{61c}'
        // Variants of Mongolian letters, emoji and ideographs; tags of flags; hieroglyphs.
        | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{e0100}'..='\u{e01ef}' | '\u{e0020}'..='\u{e007f}' | '\u{13430}'..='\u{1343f}');
    !is_needed && (is_ignorable(c) || is_blank_sign(c))
}

/// Controls, line and paragraph separators, and what overrides the direction of text.
pub(super) fn breaks_or_turns(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a letter of the text carries more than [`MARKS_MAX`] marks.
pub(super) fn has_tower(text: &str) -> bool {
    let mut marks = 0;
    // Taken apart, so that a letter with a mark of its own counts like any other.
    text.nfd().any(|c| {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        marks > MARKS_MAX
    })
}
