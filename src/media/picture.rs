//! A user's picture: takes a JPEG, PNG or WebP, and makes two square JPEGs in sRGB without metadata.
//!
//! The upload may be hostile. Its header is checked before a pixel is decoded, but the decoders
//! allocate what some headers claim, so this must run in a process of its own (`child.rs`).

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage,
    codecs::jpeg::JpegEncoder, imageops::FilterType, metadata::Orientation,
};

use super::{colours, extent, refusal::Refusal};
use crate::model::Picture;

type Result<T> = std::result::Result<T, Refusal>;

/// A decoded upload.
struct Decoded {
    image: DynamicImage,
    orientation: Orientation,
    /// The ICC profile, which may be damaged.
    profile: Option<Vec<u8>>,
}

/// The side of the large picture in pixels: the width of a phone.
pub(crate) const LARGE_SIDE: u32 = 640;
/// The side of the small picture: enough for an avatar of 40 to 56 CSS pixels on dense screens.
pub(crate) const SMALL_SIDE: u32 = 128;
/// The longest side of an upload.
const SIDE_MAX: u32 = 8_192;
/// The most pixels of an upload. Photos of phones have 12 to 24 million.
const PIXELS_MAX: u64 = 40_000_000;
/// The most memory that a decoder may use, its output included.
const DECODER_BYTES_MAX: u64 = 192 * 1024 * 1024;
/// The JPEG quality at which faces of this size show no blocks.
const QUALITY: u8 = 86;

/// Makes both sizes.
pub(crate) fn make(bytes: &[u8]) -> Result<Picture> {
    let Decoded { image, orientation, profile } = decode(bytes)?;
    let is_grey = !image.color().has_color();
    let mut large = shrink(&on_white(centre(image)), LARGE_SIDE);
    // A square stays a square when it is rotated, and rotating the small one is cheaper.
    large.apply_orientation(orientation);
    let mut large = large.into_rgb8();
    if let Some(profile) = profile {
        // White stays white in every profile, so the transparent parts may already be white.
        colours::to_srgb(&mut large, is_grey, &profile);
    }
    let large = large.into();
    let small = shrink(&large, SMALL_SIDE).into_rgb8();
    Ok(Picture { large: encode(&large.into_rgb8())?, small: encode(&small)? })
}

fn decode(bytes: &[u8]) -> Result<Decoded> {
    let format = sniff(bytes)?;
    let bytes = match format {
        // The decoder would fill the missing rest of a JPEG with grey.
        ImageFormat::Jpeg => extent::of_jpeg(bytes).ok_or(Refusal::Damaged)?,
        _ => bytes,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(|e| refusal(&e))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(Refusal::TooLarge);
    }
    // The library does not count the output itself.
    limits.reserve(decoder.total_bytes()).map_err(|e| refusal(&e))?;
    decoder.set_limits(limits).map_err(|e| refusal(&e))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().unwrap_or_default();
    let image = DynamicImage::from_decoder(decoder).map_err(|e| refusal(&e))?;
    Ok(Decoded { image, orientation, profile })
}

/// The format according to the first bytes. The content type of the request is ignored.
fn sniff(bytes: &[u8]) -> Result<ImageFormat> {
    let known = |format: &ImageFormat| {
        matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)
    };
    image::guess_format(bytes).ok().filter(known).ok_or(Refusal::NotAPicture)
}

/// The largest square in the middle.
fn centre(image: DynamicImage) -> DynamicImage {
    let (width, height) = (image.width(), image.height());
    if width == height {
        return image;
    }
    let side = width.min(height);
    image.crop_imm((width - side) / 2, (height - side) / 2, side, side)
}

/// Puts a transparent picture on white. This comes before shrinking, because the hidden colours of
/// transparent pixels would show at the edges.
fn on_white(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return image;
    }
    let mut image = image.into_rgba8();
    for [red, green, blue, alpha] in image.as_chunks_mut().0 {
        let opacity = u16::from(*alpha);
        for colour in [red, green, blue] {
            let mixed = (u16::from(*colour) * opacity + 255 * (255 - opacity) + 127) / 255;
            *colour = u8::try_from(mixed).unwrap_or(u8::MAX);
        }
        *alpha = u8::MAX;
    }
    image.into()
}

/// Shrinks a square to `side` pixels. A smaller one stays as it is.
fn shrink(square: &DynamicImage, side: u32) -> DynamicImage {
    let wanted = side.min(square.width());
    let between = wanted * 2;
    if square.width() <= between {
        return square.resize_exact(wanted, wanted, FilterType::Lanczos3);
    }
    // Averaging reads each pixel once and leaves little work for the better but slower filter.
    let averaged = square.thumbnail_exact(between, between);
    averaged.resize_exact(wanted, wanted, FilterType::Lanczos3)
}

fn encode(image: &RgbImage) -> Result<Vec<u8>> {
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    // Writing to memory fails for no picture of this size.
    image.write_with_encoder(encoder).map_err(|_| Refusal::Damaged)?;
    Ok(jpeg)
}

fn refusal(error: &image::ImageError) -> Refusal {
    match error {
        image::ImageError::Limits(_) => Refusal::TooLarge,
        _ => Refusal::Damaged,
    }
}
