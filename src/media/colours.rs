//! From the colours of a picture's profile to sRGB.
//!
//! The pictures that are made carry no profile, and browsers then assume sRGB.

use image::RgbImage;
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// Converts the pixels from this ICC profile. A profile that is damaged, or for other pixels than
/// these, changes nothing: browsers ignore it too. `is_grey` says whether the upload had no colours;
/// then the three channels are equal.
///
/// The profile of a CMYK picture is not used: its decoder has already made RGB of the pixels.
pub(super) fn to_srgb(image: &mut RgbImage, is_grey: bool, profile: &[u8]) {
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return };
    let layout = match profile.color_space {
        DataColorSpace::Rgb => Layout::Rgb,
        DataColorSpace::Gray if is_grey => Layout::Gray,
        _ => return,
    };
    let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
    let transform = profile.create_transform_8bit(layout, &srgb, Layout::Rgb, options);
    let Ok(transform) = transform else { return };
    let held: Vec<u8> = match layout {
        Layout::Gray => image.iter().copied().step_by(3).collect(),
        _ => image.to_vec(),
    };
    let mut converted = vec![0; image.len()];
    if transform.transform(&held, &mut converted).is_ok() {
        image.copy_from_slice(&converted);
    }
}
