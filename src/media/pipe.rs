//! What the decoder's process writes to the server: one byte when it is ready, then the answer.

use super::refusal::Refusal;
use crate::model::Picture;

/// The process has limited itself and reads the upload now. Without this byte it never began.
pub(super) const READY: u8 = b'R';
/// The most bytes of one JPEG. Noise of 640 × 640 pixels has half as many.
const JPEG_BYTES_MAX: usize = 1024 * 1024;
/// The longest answer: a code, and two JPEGs with their lengths.
pub(super) const ANSWER_BYTES_MAX: usize = 1 + 2 * (4 + JPEG_BYTES_MAX);

/// The code 0, and both JPEGs with their lengths before them; or the code of a refusal.
pub(super) fn encode(made: &Result<Picture, Refusal>) -> Vec<u8> {
    let picture = match made {
        Ok(picture) => picture,
        Err(refusal) => return vec![refusal.code()],
    };
    let mut answer = vec![0];
    for jpeg in [&picture.large, &picture.small] {
        let length = u32::try_from(jpeg.len()).expect("a JPEG of 640 pixels a side is small");
        answer.extend(length.to_be_bytes());
        answer.extend(jpeg);
    }
    answer
}

/// The answer in these bytes. `None` if they are none: the process ended early, or something in the
/// upload has taken it over. Nothing in them is trusted.
pub(super) fn decode(answer: &[u8]) -> Option<Result<Picture, Refusal>> {
    match answer.split_first()? {
        (0, rest) => {
            let (large, rest) = take_jpeg(rest)?;
            let (small, rest) = take_jpeg(rest)?;
            rest.is_empty().then_some(Ok(Picture { large, small }))
        }
        (code, []) => Refusal::of_code(*code).map(Err),
        _ => None,
    }
}

fn take_jpeg(bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    if length > JPEG_BYTES_MAX {
        return None;
    }
    let (jpeg, rest) = rest.split_at_checked(length)?;
    let is_jpeg = jpeg.starts_with(&[0xFF, 0xD8, 0xFF]) && jpeg.ends_with(&[0xFF, 0xD9]);
    is_jpeg.then(|| (jpeg.to_vec(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(bytes: usize) -> Vec<u8> {
        [&[0xFF, 0xD8, 0xFF][..], &vec![7; bytes], &[0xFF, 0xD9]].concat()
    }

    #[test]
    fn answers_come_back_as_they_were() {
        let (large, small) = (jpeg(500), jpeg(0));
        let answer = encode(&Ok(Picture { large: large.clone(), small: small.clone() }));
        let made = decode(&answer).unwrap().unwrap();
        assert_eq!((made.large, made.small), (large, small));
        for refusal in [Refusal::NotAPicture, Refusal::Damaged, Refusal::TooLarge] {
            assert_eq!(decode(&encode(&Err(refusal))).unwrap().err(), Some(refusal));
        }
    }

    #[test]
    fn anything_else_is_no_answer() {
        let whole = encode(&Ok(Picture { large: jpeg(9), small: jpeg(9) }));
        for length in 0..whole.len() {
            assert!(decode(&whole[..length]).is_none(), "{length}");
        }
        let html = |large: &[u8]| encode(&Ok(Picture { large: large.to_vec(), small: jpeg(9) }));
        for answer in [
            [&whole[..], &[0]].concat(),
            html(b"<script>"),
            html(&[]),
            html(&jpeg(JPEG_BYTES_MAX)),
            vec![0, 0xFF, 0xFF, 0xFF, 0xFF],
            vec![2, 2],
            vec![99],
        ] {
            assert!(decode(&answer).is_none());
        }
    }
}
