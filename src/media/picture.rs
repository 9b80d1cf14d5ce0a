//! A user's picture: takes a JPEG, PNG or WebP, and makes two square JPEGs without metadata.
//!
//! The upload may be hostile. Its header is checked before a pixel is decoded, and a panic in a
//! decoder counts as a damaged picture.

use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder,
    imageops::FilterType, metadata::Orientation,
};

use crate::{
    error::{Error, Result},
    model::Picture,
};

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
///
/// # Errors
/// [`Error::Invalid`] when the bytes are not a picture, or a damaged or too large one.
pub(crate) fn make(bytes: &[u8]) -> Result<Picture> {
    catch_unwind(AssertUnwindSafe(|| read(bytes))).unwrap_or_else(|_| {
        tracing::warn!(bytes = bytes.len(), "a decoder panicked on an uploaded picture");
        Err(damaged())
    })
}

fn read(bytes: &[u8]) -> Result<Picture> {
    let (image, orientation) = decode(bytes)?;
    let mut large = shrink(&on_white(centre(image)), LARGE_SIDE);
    // A square stays a square when it is rotated, and rotating the small one is cheaper.
    large.apply_orientation(orientation);
    let small = shrink(&large, SMALL_SIDE);
    Ok(Picture { large: encode(&large)?, small: encode(&small)? })
}

fn decode(bytes: &[u8]) -> Result<(DynamicImage, Orientation)> {
    let format = sniff(bytes)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(|e| refusal(&e))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(too_large());
    }
    // The library does not count the output itself.
    limits.reserve(decoder.total_bytes()).map_err(|e| refusal(&e))?;
    decoder.set_limits(limits).map_err(|e| refusal(&e))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(|e| refusal(&e))?;
    Ok((image, orientation))
}

/// The format according to the first bytes. The content type of the request is ignored.
fn sniff(bytes: &[u8]) -> Result<ImageFormat> {
    let known = |format: &ImageFormat| {
        matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)
    };
    let format = image::guess_format(bytes)
        .ok()
        .filter(known)
        .ok_or_else(|| invalid("this is not a JPEG, PNG or WebP; choose another picture"))?;
    if format == ImageFormat::Jpeg && is_cut_off(bytes) {
        return Err(damaged());
    }
    Ok(format)
}

/// Whether a JPEG is cut off; the decoder would fill the rest with grey. An end-of-image marker must
/// follow the last start-of-scan marker. Neither can occur inside a scan.
fn is_cut_off(jpeg: &[u8]) -> bool {
    let last = |marker: u8| jpeg.windows(2).rposition(|pair| pair == [0xFF, marker]);
    last(0xD9).is_none_or(|end| last(0xDA).is_some_and(|start| start > end))
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

fn encode(image: &DynamicImage) -> Result<Vec<u8>> {
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    image.to_rgb8().write_with_encoder(encoder).map_err(Error::internal)?;
    Ok(jpeg)
}

fn refusal(error: &image::ImageError) -> Error {
    match error {
        image::ImageError::Limits(_) => too_large(),
        _ => damaged(),
    }
}

fn invalid(reason: &'static str) -> Error {
    Error::invalid("invalid_picture", "picture", reason)
}

fn damaged() -> Error {
    invalid("the picture is damaged or cut off; choose another, or save it again")
}

fn too_large() -> Error {
    invalid("the picture is too large; use at most 8,192 pixels per side and 40 million in all")
}
