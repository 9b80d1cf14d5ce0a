//! Somebody's picture: any JPEG, PNG or WebP in, two square JPEGs without metadata out.
//!
//! The upload is hostile until proven otherwise: its header is judged before a pixel is decoded,
//! and a decoder that panics has met a bad picture, not ended the server.

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

/// The side of the large form, in pixels: fills a phone's width.
pub(crate) const LARGE_SIDE: u32 = 640;
/// The side of the small form: an avatar of 40 to 56 pixels on the densest screens.
pub(crate) const SMALL_SIDE: u32 = 128;
/// The longest side of what is uploaded.
const SIDE_MAX: u32 = 8_192;
/// The most pixels of what is uploaded; telephones make 12 to 24 million.
const PIXELS_MAX: u64 = 40_000_000;
/// What a decoder may take for its output and beside it.
const DECODER_BYTES_MAX: u64 = 192 * 1024 * 1024;
/// JPEG quality at which faces of this size show no blocks.
const QUALITY: u8 = 86;

/// Makes both forms.
///
/// # Errors
/// [`Error::Invalid`] when the bytes are no picture, a damaged one, or too large a one.
pub(crate) fn make(bytes: &[u8]) -> Result<Picture> {
    catch_unwind(AssertUnwindSafe(|| read(bytes))).unwrap_or_else(|_| {
        tracing::warn!(bytes = bytes.len(), "a decoder panicked on an uploaded picture");
        Err(damaged())
    })
}

fn read(bytes: &[u8]) -> Result<Picture> {
    let (image, orientation) = decode(bytes)?;
    let mut large = shrink(&on_white(centre(image)), LARGE_SIDE);
    // A square stays one when turned, and turning it when it is small is cheap.
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
    // The library leaves counting the output itself to the caller.
    limits.reserve(decoder.total_bytes()).map_err(|e| refusal(&e))?;
    decoder.set_limits(limits).map_err(|e| refusal(&e))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(|e| refusal(&e))?;
    Ok((image, orientation))
}

/// The format by its first bytes; whatever the request calls it means nothing.
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

/// Whether a JPEG ends in the middle. Its decoder would fill the rest with grey. After the last
/// start of a scan an end of image must come: inside a scan neither pair of bytes can occur.
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

/// What is transparent, on white. Before shrinking: what a transparent pixel hides would shine
/// through at the edges.
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

/// At most `side` wide; never enlarged.
fn shrink(square: &DynamicImage, side: u32) -> DynamicImage {
    let wanted = side.min(square.width());
    let between = wanted * 2;
    if square.width() <= between {
        return square.resize_exact(wanted, wanted, FilterType::Lanczos3);
    }
    // Averaging visits each pixel of a photo once; then the better filter has little to do.
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
    invalid("the picture is damaged or incomplete; choose another, or save it again")
}

fn too_large() -> Error {
    invalid("the picture is too large; use at most 8,192 pixels per side and 40 million in all")
}
