//! Where a JPEG ends. Phones append a video to "motion photos", and that may contain anything.

const START_OF_IMAGE: u8 = 0xD8;
const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;

/// The bytes of the JPEG at the beginning of `bytes`, its end-of-image marker included. `None` if it
/// has no such marker, because it is cut off. (ITU-T T.81, annex B.)
///
/// Segments are skipped by their length, since a thumbnail in one has markers of its own.
pub(crate) fn of_jpeg(bytes: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    let mut has_pixels = false;
    loop {
        // Bytes between segments that belong to none are skipped, as decoders do.
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xFF)? + 1;
        match *bytes.get(at)? {
            // Inside a scan: an escaped byte, or a restart. Before a marker: a fill byte.
            0x00 | 0x01 | 0xD0..=0xD7 | START_OF_IMAGE => at += 1,
            0xFF => {}
            END_OF_IMAGE => return has_pixels.then_some(&bytes[..=at]),
            marker => {
                has_pixels |= marker == START_OF_SCAN;
                let length = bytes.get(at + 1..at + 3)?;
                at += 1 + usize::from(u16::from_be_bytes([length[0], length[1]]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCAN: [u8; 9] = [0xFF, 0xDA, 0, 4, 1, 2, 0xFF, 0x00, 7];

    fn jpeg(parts: &[&[u8]]) -> Vec<u8> {
        [&[0xFF, 0xD8][..], &parts.concat()].concat()
    }

    #[test]
    fn it_ends_at_its_own_marker() {
        let thumbnail: &[u8] = &[0xFF, 0xE1, 0, 8, 0xFF, 0xD8, 0xFF, 0xDA, 0xFF, 0xD9];
        let end: &[u8] = &[0xFF, 0xD9];
        let restart: &[u8] = &[0xFF, 0xD0, 9, 0xFF, 0xFF, 0xD7];
        for whole in [
            jpeg(&[&SCAN, end]),
            jpeg(&[thumbnail, &SCAN, end]),
            jpeg(&[&SCAN, restart, &SCAN, &[0xFF], end]),
            jpeg(&[&SCAN, &[0xFF, 0xC4, 0, 2], &SCAN, end]),
        ] {
            let video = [0, 0, 0, 9, 0xFF, 0xDA, 0xFF, 0xD8, 0xFF, 0xD9, 0xFF];
            assert_eq!(of_jpeg(&whole), Some(&whole[..]));
            assert_eq!(of_jpeg(&[&whole[..], &video].concat()), Some(&whole[..]));
            for length in 0..whole.len() {
                assert_eq!(of_jpeg(&whole[..length]), None, "{length} of {whole:?}");
            }
        }
    }

    #[test]
    fn without_pixels_or_with_lying_lengths_it_has_no_end() {
        for bytes in [
            &[][..],
            &jpeg(&[&[0xFF, 0xD9]]),
            &jpeg(&[&[0xFF, 0xE1, 0xFF, 0xFF], &SCAN, &[0xFF, 0xD9]]),
            &jpeg(&[&[0xFF; 100]]),
            &jpeg(&[&[0xFF, 0xDA, 0, 0].repeat(50)]),
        ] {
            assert_eq!(of_jpeg(bytes), None, "{bytes:?}");
        }
    }
}
