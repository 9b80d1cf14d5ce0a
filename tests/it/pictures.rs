//! Profile pictures: what is accepted and refused, what is stored, how it is served.

use std::io::{Cursor, Write};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::kit::{Reply, TestServer, User};

const PICTURE: &str = "/api/users/me/picture";
const RED: Rgb<u8> = Rgb([200, 30, 30]);
const GREEN: Rgb<u8> = Rgb([30, 170, 30]);
const BLUE: Rgb<u8> = Rgb([30, 30, 200]);
const GREY: Rgb<u8> = Rgb([120, 120, 120]);

/// A picture with a colour in each corner of its middle square, and grey around the square.
fn corners(width: u32, height: u32) -> DynamicImage {
    let side = width.min(height);
    let (left, top) = ((width - side) / 2, (height - side) / 2);
    let colour = |x: u32, y: u32| {
        if x < left || y < top || x >= left + side || y >= top + side {
            return GREY;
        }
        match (x < left + side / 2, y < top + side / 2) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => Rgb([255, 255, 255]),
        }
    };
    RgbImage::from_fn(width, height, colour).into()
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    image.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(&corners(width, height), ImageFormat::Png)
}

/// A JPEG with an Exif block that contains the camera's orientation.
fn jpeg_held(image: &DynamicImage, orientation: u8) -> Vec<u8> {
    let mut jpeg = encoded(image, ImageFormat::Jpeg);
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let block = [&[0xFF, 0xE1][..], &length, &exif].concat();
    jpeg.splice(2..2, block);
    jpeg
}

/// Sets the picture and returns its id.
async fn set(user: &User, bytes: Vec<u8>) -> String {
    let reply = user.put(PICTURE, bytes).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["picture"].as_str().unwrap().to_owned()
}

/// A served picture, decoded as JPEG.
async fn shown(user: &User, picture: &str, size: &str) -> RgbImage {
    let reply = user.get(&format!("/api/pictures/{picture}{size}")).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "image/jpeg"));
    image::load_from_memory_with_format(&reply.body, ImageFormat::Jpeg).unwrap().into_rgb8()
}

/// The colours a quarter in from each corner: upper left, upper right, lower left, lower right.
fn quarters(image: &RgbImage) -> [&'static str; 4] {
    let (near, far) = (image.width() / 4, image.width() * 3 / 4);
    [(near, near), (far, near), (near, far), (far, far)].map(|(x, y)| {
        let Rgb([red, green, blue]) = *image.get_pixel(x, y);
        match (red > 150, green > 140, blue > 150) {
            (true, false, false) => "red",
            (false, true, false) => "green",
            (false, false, true) => "blue",
            (true, true, true) => "white",
            _ => "other",
        }
    })
}

const UPRIGHT: [&str; 4] = ["red", "green", "blue", "white"];

#[tokio::test]
async fn each_format_becomes_a_square_jpeg_in_two_sizes() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        for (width, height) in [(900, 1300), (1300, 900), (700, 700)] {
            let picture = set(&alice, encoded(&corners(width, height), format)).await;
            for (size, side) in [("", 640), ("?size=large", 640), ("?size=small", 128)] {
                let image = shown(&alice, &picture, size).await;
                assert_eq!(image.dimensions(), (side, side), "{format:?} {size}");
                assert_eq!(quarters(&image), UPRIGHT, "{format:?} {width}×{height} {size}");
            }
        }
    }
}

#[tokio::test]
async fn small_pictures_are_not_enlarged_and_transparency_becomes_white() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    for (width, height, large, small) in
        [(1, 1, 1, 1), (3, 90, 3, 3), (129, 200, 129, 128), (640, 641, 640, 128)]
    {
        let picture = set(&alice, png(width, height)).await;
        assert_eq!(shown(&alice, &picture, "").await.width(), large, "{width}×{height}");
        assert_eq!(shown(&alice, &picture, "?size=small").await.width(), small);
    }
    let veil = RgbaImage::from_fn(300, 300, |x, _| Rgba([0, 0, 0, if x < 150 { 0 } else { 128 }]));
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let picture = set(&alice, encoded(&veil.clone().into(), format)).await;
        let image = shown(&alice, &picture, "").await;
        assert!(image.get_pixel(40, 150).0.iter().all(|part| *part > 250), "white");
        assert!(image.get_pixel(260, 150).0.iter().all(|part| (120..136).contains(part)), "grey");
    }
    let deep =
        DynamicImage::ImageLuma16(image::ImageBuffer::from_pixel(50, 50, image::Luma([0x8000])));
    let picture = set(&alice, encoded(&deep, ImageFormat::Png)).await;
    assert!((126..=130).contains(&shown(&alice, &picture, "").await.get_pixel(25, 25).0[0]));
}

#[tokio::test]
async fn a_picture_is_turned_upright_and_loses_its_metadata() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let upright = corners(400, 300);
    // The stored pixels for each orientation that make the picture upright again.
    let held: [(u8, DynamicImage); 8] = [
        (1, upright.clone()),
        (2, upright.fliph()),
        (3, upright.rotate180()),
        (4, upright.flipv()),
        (5, upright.rotate270().flipv()),
        (6, upright.rotate270()),
        (7, upright.rotate90().flipv()),
        (8, upright.rotate90()),
    ];
    for (orientation, image) in held {
        let picture = set(&alice, jpeg_held(&image, orientation)).await;
        for size in ["", "?size=small"] {
            let image = shown(&alice, &picture, size).await;
            assert_eq!(quarters(&image), UPRIGHT, "orientation {orientation} {size}");
        }
        let bytes = alice.get(&format!("/api/pictures/{picture}")).await.body;
        assert!(!bytes.windows(4).any(|part| part == b"Exif"), "no metadata");
    }
    // An invalid Exif block does not make the picture invalid.
    let picture = set(&alice, jpeg_held(&upright, 99)).await;
    assert_eq!(quarters(&shown(&alice, &picture, "").await), UPRIGHT);
}

#[tokio::test]
async fn everyone_gets_a_new_picture_live_and_it_replaces_the_old_one() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let since = bob.get("/api/sync?since=0").await.json()["revision"].clone();
    let mut other = bob.connect().await;
    let first = set(&alice, png(200, 200)).await;
    let row = other.next_of("user").await;
    assert_eq!((&row["id"], &row["picture"]), (&json!(alice.id), &json!(first)));
    assert!(first.len() == 32 && first.bytes().all(|c| c.is_ascii_hexdigit()), "{first}");
    assert_eq!(quarters(&shown(&bob, &first, "?size=small").await), UPRIGHT);
    let second = set(&alice, png(200, 200)).await;
    assert_ne!(first, second, "the same picture set again has a new id");
    assert_eq!(other.next_of("user").await["picture"], json!(second));
    bob.get(&format!("/api/pictures/{first}")).await.assert_error(404, "no_such_picture");
    shown(&bob, &second, "").await;
    let missed = bob.get(&format!("/api/sync?since={since}")).await.json();
    assert_eq!(missed["rows"].as_array().unwrap().len(), 1);
    assert_eq!(missed["rows"][0]["picture"], json!(second));

    let reply = alice.request("DELETE", PICTURE).await;
    assert_eq!((reply.status, &reply.json()["picture"]), (200, &Value::Null));
    assert_eq!(other.next_of("user").await["picture"], Value::Null);
    bob.get(&format!("/api/pictures/{second}")).await.assert_error(404, "no_such_picture");
    let again = alice.request("DELETE", PICTURE).await;
    assert_eq!(again.json(), reply.json(), "nothing to remove is no change");
    assert_eq!(other.pending().await, Vec::<Value>::new());
    assert_eq!(rows(&server), 0);
}

#[tokio::test]
async fn a_picture_needs_a_token_and_is_cached_privately() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let picture = set(&alice, png(50, 50)).await;
    let path = format!("/api/pictures/{picture}");
    server.get(&path).await.assert_error(401, "unauthorized");
    for method in ["PUT", "DELETE"] {
        server.request(method, PICTURE, &[], png(9, 9)).await.assert_error(401, "unauthorized");
    }
    let reply = bob.get(&path).await;
    assert_eq!(reply.header("cache-control"), "private, max-age=31536000, immutable");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("vary"), "authorization");
    let head = bob.request("HEAD", &path).await;
    assert_eq!(head.header("content-length"), reply.body.len().to_string());
    let bearer = format!("Bearer {}", bob.token);
    let known = [("authorization", bearer.as_str()), ("if-none-match", reply.header("etag"))];
    let fresh = server.request("GET", &path, &known, "").await;
    assert_eq!((fresh.status, fresh.body.len()), (304, 0));
    assert_eq!(fresh.header("vary"), "authorization");
    let small = server.request("GET", &format!("{path}?size=small"), &known, "").await;
    assert_eq!(small.status, 200, "the other size has another tag");
    bob.get(&format!("{path}?size=huge")).await.assert_error(422, "invalid_query");
    let upper = picture.to_uppercase();
    for odd in ["0", "x", "..", "+", &"0".repeat(32), &"f".repeat(33), &upper] {
        bob.get(&format!("/api/pictures/{odd}")).await.assert_error(404, "no_such_picture");
    }
}

/// The content type is ignored, and only pictures are accepted.
#[tokio::test]
async fn other_files_are_refused_and_the_old_picture_stays() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let picture = set(&alice, png(20, 20)).await;
    let whole = [
        png(300, 300),
        encoded(&corners(300, 300), ImageFormat::Jpeg),
        encoded(&corners(300, 300), ImageFormat::WebP),
    ];
    let mut bad: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"{}".to_vec(),
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(),
        b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(),
        b"\x89PNG\r\n\x1a\n".to_vec(),
        b"RIFF\x04\0\0\0WEBP".to_vec(),
        vec![0xFF, 0xD8, 0xFF, 0xD9],
        vec![0; 1_000],
    ];
    for bytes in &whole {
        bad.extend([1, 3].map(|part| bytes[..bytes.len() * part / 4].to_vec()));
        bad.push(bytes[..40].to_vec());
    }
    for bytes in bad {
        let headers =
            [("authorization", &*format!("Bearer {}", alice.token)), ("content-type", "image/png")];
        let start = bytes.iter().take(12).copied().collect::<Vec<_>>();
        let reply = server.request("PUT", PICTURE, &headers, bytes).await;
        assert_eq!(reply.status, 422, "{start:?}");
        reply.assert_error(422, "invalid_picture");
    }
    let users = alice.get("/api/users").await.json();
    assert_eq!(users["users"][0]["picture"], json!(picture));
    let headers =
        [("authorization", &*format!("Bearer {}", alice.token)), ("content-type", "text/html")];
    assert_eq!(server.request("PUT", PICTURE, &headers, whole[1].clone()).await.status, 200);
}

/// A black grey-scale PNG of this size; it compresses to a thousandth.
fn black_png(width: u32, height: u32) -> Vec<u8> {
    let chunk = |kind: &[u8], data: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(data);
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], kind, data, &crc.sum().to_be_bytes()].concat()
    };
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[16, 6, 0, 0, 0]].concat();
    let mut deflate = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let line = vec![0; 1 + width as usize * 8];
    for _ in 0..height.min(2_000) {
        deflate.write_all(&line).unwrap();
    }
    let data = deflate.finish().unwrap();
    let chunks = [chunk(b"IHDR", &header), chunk(b"IDAT", &data), chunk(b"IEND", &[])];
    [&b"\x89PNG\r\n\x1a\n"[..], &chunks.concat()].concat()
}

/// A JPEG whose header claims this size.
fn inflated_jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut jpeg = encoded(&corners(64, 64), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

#[tokio::test]
async fn a_picture_too_large_to_decode_is_refused_by_its_header() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let refused = [
        black_png(8_193, 1),
        black_png(1, 8_193),
        black_png(100_000, 100_000),
        black_png(6_400, 6_400),
        // Not too many pixels, but eight bytes each.
        black_png(6_000, 6_000),
        inflated_jpeg(65_535, 65_535),
        inflated_jpeg(8_192, 8_192),
    ];
    for bytes in refused {
        let reply = alice.put(PICTURE, bytes).await;
        reply.assert_error(422, "invalid_picture");
        let detail = reply.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("8,192"), "{detail}");
    }
    let picture = set(&alice, black_png(2_000, 2_000)).await;
    assert_eq!(shown(&alice, &picture, "").await.width(), 640);
}

#[tokio::test]
async fn four_mebibytes_are_accepted_and_more_is_refused() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    // Bytes after the end of a JPEG are ignored.
    let mut jpeg = encoded(&corners(64, 64), ImageFormat::Jpeg);
    jpeg.resize(4 * 1024 * 1024, 0);
    set(&alice, jpeg.clone()).await;
    jpeg.push(0);
    let refused = |reply: Reply| {
        reply.assert_error(413, "too_large");
        assert!(reply.json()["detail"].as_str().unwrap().contains("4194304"), "{}", reply.text());
    };
    refused(alice.put(PICTURE, jpeg.clone()).await);
    jpeg.resize(12 * 1024 * 1024, 0);
    refused(alice.put(PICTURE, jpeg).await);
}

/// A phone's "motion photo" is a picture with a video behind it.
#[tokio::test]
async fn what_follows_a_picture_is_ignored() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let video =
        [&[0, 0, 0, 24][..], b"ftypmp42\0\0\0\0", &[0xFF, 0xDA, 0, 8, 0xFF, 0xC2, 0xFF, 0xD8]];
    let video = video.concat().repeat(3_000);
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let bytes = [encoded(&corners(300, 300), format), video.clone()].concat();
        let picture = set(&alice, bytes).await;
        assert_eq!(quarters(&shown(&alice, &picture, "").await), UPRIGHT, "{format:?}");
    }
    // A thumbnail inside has an end of its own, and a restart marker is no end.
    let mut thumbnail = encoded(&corners(64, 64), ImageFormat::Jpeg);
    let length = u16::try_from(thumbnail.len() + 2).unwrap().to_be_bytes();
    let block = [&[0xFF, 0xE1][..], &length, &thumbnail].concat();
    let mut outer = encoded(&corners(300, 300), ImageFormat::Jpeg);
    outer.splice(2..2, block);
    let picture = set(&alice, [outer.clone(), video.clone()].concat()).await;
    assert_eq!(quarters(&shown(&alice, &picture, "").await), UPRIGHT);
    // Cut off within the pixels: the end in the thumbnail, or in the video, is not its own.
    outer.truncate(outer.len() - 200);
    alice.put(PICTURE, outer).await.assert_error(422, "invalid_picture");
    thumbnail.truncate(thumbnail.len() - 200);
    alice.put(PICTURE, thumbnail).await.assert_error(422, "invalid_picture");
}

#[tokio::test]
async fn many_uploads_at_once_leave_one_picture_per_user() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut people = vec![alice.clone()];
    for n in 0..19 {
        people.push(server.user(&format!("user-{n}")).await);
    }
    let bytes = encoded(&corners(300, 300), ImageFormat::Jpeg);
    let uploads: Vec<_> = people
        .iter()
        .chain(&people)
        .map(|user| {
            let (user, bytes) = (user.clone(), bytes.clone());
            tokio::spawn(async move { user.put(PICTURE, bytes).await })
        })
        .collect();
    let mut device = bob.connect().await;
    device.post_to(&alice, "messages go on").await;
    let (mut taken, mut busy) = (0, 0);
    for upload in uploads {
        let reply = upload.await.unwrap();
        if reply.status == 200 {
            taken += 1;
        } else {
            reply.assert_error(503, "busy");
            assert_eq!(reply.header("retry-after"), "1");
            busy += 1;
        }
    }
    assert!(taken >= 16 && taken + busy == 40, "{taken} were accepted, {busy} were not");
    let users = alice.get("/api/users").await.json();
    let pictures = users["users"].as_array().unwrap().iter().map(|user| &user["picture"]);
    let pictures: Vec<&str> = pictures.filter_map(Value::as_str).collect();
    assert!(pictures.len() > 1, "{pictures:?}");
    for picture in &pictures {
        assert_eq!(quarters(&shown(&bob, picture, "").await), UPRIGHT);
    }
    assert_eq!(
        rows(&server),
        i64::try_from(pictures.len()).unwrap(),
        "replaced pictures are deleted"
    );
}

#[tokio::test]
async fn pictures_are_in_the_database_and_survive_a_restart() {
    let mut server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let picture = set(&alice, png(300, 300)).await;
    let before = alice.get(&format!("/api/pictures/{picture}")).await.body;
    server.restart().await;
    assert_eq!(alice.get(&format!("/api/pictures/{picture}")).await.body, before);
    let files = std::fs::read_dir(server.data()).unwrap();
    let mut names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    names.retain(|name| !name.to_string_lossy().starts_with("chaap.db"));
    assert_eq!(names, ["chaap.key"], "a copy of the database is a copy of everything");
}

/// The number of pictures in the database.
fn rows(server: &TestServer) -> i64 {
    let path = server.data().join("chaap.db");
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    database.query_row("SELECT count(*) FROM pictures", (), |row| row.get(0)).unwrap()
}
