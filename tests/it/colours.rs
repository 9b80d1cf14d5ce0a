//! Colours of pictures: what a profile says is shown in sRGB, which is how pages show a JPEG without
//! a profile.

use image::{
    DynamicImage, ExtendedColorType, ImageEncoder, Rgb, RgbImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder},
};
use moxcms::ColorProfile;

use crate::kit::{TestServer, User};

const PICTURE: &str = "/api/users/me/picture";

/// Encodes with each encoder that has these colours.
fn with_profile(image: &DynamicImage, profile: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    fn write(mut encoder: impl ImageEncoder, image: &DynamicImage, profile: &[u8]) {
        encoder.set_icc_profile(profile.to_vec()).unwrap();
        let colour = ExtendedColorType::from(image.color());
        encoder.write_image(image.as_bytes(), image.width(), image.height(), colour).unwrap();
    }
    let [mut jpeg, mut png, mut webp] = [Vec::new(), Vec::new(), Vec::new()];
    write(PngEncoder::new(&mut png), image, profile);
    write(WebPEncoder::new_lossless(&mut webp), image, profile);
    let mut all = vec![("PNG", png), ("WebP", webp)];
    if !image.color().has_alpha() {
        write(JpegEncoder::new_with_quality(&mut jpeg, 100), image, profile);
        all.push(("JPEG", jpeg));
    }
    all
}

/// The colour in the middle of what is shown after this upload, in both sizes.
async fn shown(user: &User, bytes: Vec<u8>) -> [[u8; 3]; 2] {
    let reply = user.put(PICTURE, bytes).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let picture = reply.json()["picture"].as_str().unwrap().to_owned();
    let mut colours = [[0; 3]; 2];
    for (size, colour) in ["large", "small"].into_iter().zip(&mut colours) {
        let reply = user.get(&format!("/api/pictures/{picture}?size={size}")).await;
        let image = image::load_from_memory(&reply.body).unwrap().into_rgb8();
        let Rgb(middle) = image.get_pixel(image.width() / 2, image.height() / 2);
        *colour = *middle;
    }
    colours
}

async fn assert_shown(user: &User, what: &str, bytes: Vec<u8>, expected: [u8; 3]) {
    for colour in shown(user, bytes).await {
        let is_near = colour.iter().zip(expected).all(|(one, other)| one.abs_diff(other) <= 3);
        assert!(is_near, "{what}: {colour:?} instead of {expected:?}");
    }
}

/// The expected values were computed from the primaries in SMPTE EG 432-1 and IEC 61966-2-1.
#[tokio::test]
async fn display_p3_is_converted_to_srgb() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    for (held, expected) in [
        ([200, 100, 50], [215, 93, 31]),
        ([60, 180, 90], [0, 183, 78]),
        ([90, 80, 200], [92, 80, 207]),
        ([128, 128, 128], [128, 128, 128]),
        ([250, 10, 10], [255, 0, 0]),
    ] {
        let image = RgbImage::from_pixel(300, 200, Rgb(held)).into();
        for (format, bytes) in with_profile(&image, &profile) {
            assert_shown(&alice, &format!("{held:?} as {format}"), bytes, expected).await;
        }
    }
}

#[tokio::test]
async fn transparent_pixels_with_a_profile_become_white() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    let clear = image::RgbaImage::from_pixel(50, 50, image::Rgba([200, 0, 0, 0])).into();
    for (format, bytes) in with_profile(&clear, &profile) {
        assert_shown(&alice, format, bytes, [255; 3]).await;
    }
}

#[tokio::test]
async fn grey_with_another_gamma_is_converted_too() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let profile = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
    let image: DynamicImage = image::GrayImage::from_pixel(300, 300, image::Luma([128])).into();
    for (format, bytes) in with_profile(&image, &profile) {
        // Its encoder has no grey.
        if format == "WebP" {
            continue;
        }
        assert_shown(&alice, format, bytes, [146; 3]).await;
    }
}

/// A profile that is damaged, or for other pixels than these, does not count, as in browsers.
#[tokio::test]
async fn a_useless_profile_is_ignored() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let image = RgbImage::from_pixel(300, 300, Rgb([200, 100, 50])).into();
    let whole = ColorProfile::new_display_p3().encode().unwrap();
    let grey = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
    let mut lying = whole.clone();
    lying[128..132].copy_from_slice(&u32::MAX.to_be_bytes());
    for profile in [&b"nonsense"[..], &whole[..100], &lying, &grey, &vec![0xFF; 60_000]] {
        for (format, bytes) in with_profile(&image, profile) {
            assert_shown(&alice, format, bytes, [200, 100, 50]).await;
        }
    }
}
