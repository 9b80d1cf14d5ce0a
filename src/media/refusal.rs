//! Why an upload is not accepted as a picture.

use crate::error::Error;

/// The reasons, each with a code for the pipe between the decoder's process and the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotAPicture,
    Damaged,
    TooLarge,
}

impl Refusal {
    const ALL: [Self; 3] = [Self::NotAPicture, Self::Damaged, Self::TooLarge];

    /// Never 0, which stands for success.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::NotAPicture => 1,
            Self::Damaged => 2,
            Self::TooLarge => 3,
        }
    }

    pub(super) fn of_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.code() == code)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let reason = match refusal {
            Refusal::NotAPicture => "this is not a JPEG, PNG or WebP; choose another picture",
            Refusal::Damaged => {
                "the picture is damaged or cut off; choose another, or save it again"
            }
            Refusal::TooLarge => {
                "the picture is too large; use at most 8,192 pixels per side and 40 million in all"
            }
        };
        Self::invalid("invalid_picture", "picture", reason)
    }
}
