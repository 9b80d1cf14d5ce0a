//! Pictures made to harm the server: each costs its upload and nothing else.

use std::io::{Cursor, Write};

use image::{DynamicImage, ImageFormat};
use tempfile::TempDir;

use crate::kit::{Program, TestServer, join};

const PICTURE: &str = "/api/users/me/picture";
/// The address space of the server in these tests: less than what the pictures ask for.
const ADDRESS_SPACE: &str = "--as=2500000000";
const GIB: u32 = 1 << 30;

/// A RIFF chunk that claims `length` bytes and has these.
fn riff(kind: [u8; 4], length: u32, data: &[u8]) -> Vec<u8> {
    [&kind[..], &length.to_le_bytes(), data, &[0][..data.len() % 2]].concat()
}

fn whole_riff(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    riff(kind, u32::try_from(data.len()).unwrap(), data)
}

fn webp(chunks: &[Vec<u8>]) -> Vec<u8> {
    whole_riff(*b"RIFF", &[b"WEBP".to_vec(), chunks.concat()].concat())
}

/// The header of an extended WebP of this size.
fn extended(flags: u8, width: u32, height: u32) -> Vec<u8> {
    let [width, height] = [width, height].map(|side| (side - 1).to_le_bytes());
    let data = [&[flags, 0, 0, 0], &width[..3], &height[..3]].concat();
    whole_riff(*b"VP8X", &data)
}

/// The pixels of a whole WebP, as a chunk.
fn lossless(width: u32, height: u32) -> Vec<u8> {
    encoded(&DynamicImage::new_rgb8(width, height), ImageFormat::WebP)[12..].to_vec()
}

/// An extended WebP with a chunk that claims to be longer than the address space has room for.
fn lying_webp(flag: u8, kind: [u8; 4], length: u32) -> Vec<u8> {
    webp(&[extended(flag, 8, 8), lossless(8, 8), riff(kind, length, &[0; 8])])
}

fn animated_webp(frame_length: u32, width: u32, height: u32) -> Vec<u8> {
    let [wide, high] = [width, height].map(|side| (side - 1).to_le_bytes());
    let place = [&[0; 6], &wide[..3], &high[..3], &[10, 0, 0, 0]].concat();
    let frame = [place, lossless(8, 8)].concat();
    let frame = riff(*b"ANMF", frame_length, &frame);
    webp(&[extended(2, width, height), whole_riff(*b"ANIM", &[0; 6]), frame])
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    image.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

/// A PNG chunk that claims `length` bytes and has these.
fn chunk(kind: &[u8], length: u32, data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(data);
    [&length.to_be_bytes()[..], kind, data, &crc.sum().to_be_bytes()].concat()
}

fn whole_chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
    chunk(kind, u32::try_from(data.len()).unwrap(), data)
}

/// A PNG of 8 × 8 grey pixels with these chunks before its pixels.
fn png_with(chunks: &[Vec<u8>]) -> Vec<u8> {
    let plain = encoded(&DynamicImage::new_luma8(8, 8), ImageFormat::Png);
    let pixels = plain.windows(4).position(|kind| kind == b"IDAT").unwrap() - 4;
    [&plain[..pixels], &chunks.concat(), &plain[pixels..]].concat()
}

/// `mebibytes` of zeros, compressed.
fn bomb(mebibytes: usize) -> Vec<u8> {
    let mut deflate = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..mebibytes {
        deflate.write_all(&vec![0; 1 << 20]).unwrap();
    }
    deflate.finish().unwrap()
}

fn jpeg() -> Vec<u8> {
    encoded(&DynamicImage::new_rgb8(64, 64), ImageFormat::Jpeg)
}

/// A progressive JPEG of this size with `scans` scans of no data.
fn progressive(width: u16, height: u16, scans: usize) -> Vec<u8> {
    let base = jpeg();
    let frame = base.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    let scan = base.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    let mut head = base[..scan].to_vec();
    head[frame + 1] = 0xC2;
    head[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    head[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    // One component, its low coefficients, no data: every block counts as empty.
    let empty = [0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 63, 0, 0];
    [head, empty.repeat(scans), vec![0xFF, 0xD9]].concat()
}

/// Each must be refused with 422.
fn refused() -> Vec<(&'static str, Vec<u8>)> {
    let wide = u32::from(u16::MAX);
    let mut cut = jpeg();
    cut.truncate(cut.len() / 2);
    vec![
        ("a WebP whose metadata claims 2 GiB", lying_webp(8, *b"EXIF", 0x7fff_ff00)),
        ("a WebP whose metadata claims 4 GiB", lying_webp(8, *b"EXIF", u32::MAX - 1)),
        ("a WebP whose profile claims 2 GiB", lying_webp(0x20, *b"ICCP", 0x7fff_ff00)),
        ("a WebP with pixels of 2 GiB", webp(&[riff(*b"VP8L", 0x7fff_ff00, &[0x2F; 64])])),
        ("a WebP of 16,384 × 16,384", webp(&[extended(0, 16_384, 16_384), lossless(8, 8)])),
        ("an animation of 8,192 × 8,192", animated_webp(64, 8_192, 8_192)),
        ("a PNG of 2 × 10⁹ pixels a side", {
            let mut png = png_with(&[]);
            let header = [&GIB.to_be_bytes()[..], &GIB.to_be_bytes(), &[16, 6, 0, 0, 0]].concat();
            png.splice(8..33, whole_chunk(b"IHDR", &header));
            png
        }),
        ("a PNG whose text claims 2 GiB", png_with(&[chunk(b"tEXt", 0x7fff_fff0, b"a\0b")])),
        ("a PNG whose pixels claim 2 GiB", png_with(&[chunk(b"IDAT", 0x7fff_fff0, &bomb(1))])),
        ("a JPEG of 65,535 × 65,535", progressive(u16::MAX, u16::MAX, 1)),
        ("a JPEG whose segment is cut off", [&jpeg()[..2], &[0xFF, 0xE1, 0xFF, 0xFF, 0]].concat()),
        ("half a JPEG", cut),
        ("the first bytes of a JPEG", jpeg()[..3].to_vec()),
        ("the first bytes of a PNG", png_with(&[])[..9].to_vec()),
        ("the first bytes of a WebP", lying_webp(8, *b"EXIF", 8)[..13].to_vec()),
        ("no bytes", Vec::new()),
        ("zeros", vec![0; 100_000]),
        ("a GIF", [b"GIF89a".to_vec(), vec![0xFF; 200]].concat()),
        ("a BMP", [b"BM".to_vec(), wide.to_le_bytes().to_vec(), vec![0xFF; 200]].concat()),
    ]
}

/// Each may be accepted or refused. It must not cost more than that.
fn heavy() -> Vec<(&'static str, Vec<u8>)> {
    let bomb = bomb(2_000);
    let named = [b"bomb\0\0", &bomb[..]].concat();
    let segments = [vec![0xFF, 0xE1], vec![0xFF; 0xFFFF]].concat().repeat(60);
    let frames = [
        [&8_u32.to_be_bytes()[..], &0_u32.to_be_bytes()].concat(),
        [0_u32, 8_192, 8_192, 0, 0].map(u32::to_be_bytes).concat(),
    ];
    vec![
        ("an animation whose frame claims 2 GiB", animated_webp(0x7fff_ff00, 8, 8)),
        ("a colour profile of 2 GB", png_with(&[whole_chunk(b"iCCP", &named)])),
        ("a text of 2 GB", png_with(&[whole_chunk(b"zTXt", &named)])),
        ("pixels of 2 GB", png_with(&[whole_chunk(b"IDAT", &bomb)])),
        ("4 MB of segments", [&jpeg()[..2], &segments, &jpeg()[2..]].concat()),
        ("300,000 empty scans", progressive(6_000, 6_000, 300_000)),
        (
            "an animated PNG",
            png_with(&[
                whole_chunk(b"acTL", &frames[0]),
                whole_chunk(b"fcTL", &[&frames[1][..], &[0, 1, 0, 1, 0, 0]].concat()),
            ]),
        ),
    ]
}

/// The resident memory of a process, in KiB.
fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn each_costs_one_upload_where_memory_is_short() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let program = Program::serve_under("prlimit", [ADDRESS_SPACE], &data, &[]).await;
    let (alice, bob) = (join(&program, "alice").await, join(&program, "bob").await);
    let good = encoded(&DynamicImage::new_rgb8(300, 300), ImageFormat::WebP);
    assert_eq!(alice.put(PICTURE, good.clone()).await.status, 200);
    let before = resident(program.pid());
    let all = refused().into_iter().map(|(what, bytes)| (what, bytes, true));
    for (what, bytes, is_refused) in
        all.chain(heavy().into_iter().map(|(what, bytes)| (what, bytes, false)))
    {
        let mut reply = alice.put(PICTURE, bytes.clone()).await;
        // A machine with other work may not decode it in the time that an upload has.
        for _ in 0..3 {
            if reply.status == 503 {
                reply = alice.put(PICTURE, bytes.clone()).await;
            }
        }
        if is_refused || reply.status != 200 {
            assert_eq!((what, reply.status), (what, 422));
            reply.assert_error(422, "invalid_picture");
        }
        // Uploads may take so long that the server closes a socket which answers no ping.
        let mut device = bob.connect().await;
        device.post_to(&alice, what).await;
        device.close().await;
    }
    let grown = resident(program.pid()).saturating_sub(before);
    assert!(grown < 48 * 1024, "the server grew by {grown} KiB");
    assert_eq!(alice.put(PICTURE, good).await.status, 200, "pictures are still accepted");
    program.signal("TERM").await;
    assert_eq!(program.finish().await.code, Some(0));
}

/// The limits of the decoder's process leave room for the largest pictures that are accepted.
#[tokio::test]
async fn forty_million_pixels_are_accepted() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let clear = DynamicImage::new_rgba8(8_000, 5_000);
    let pictures = [
        ("a progressive JPEG", progressive(8_000, 5_000, 1)),
        ("a PNG with transparency", encoded(&clear, ImageFormat::Png)),
    ];
    for (what, bytes) in pictures {
        let reply = alice.put(PICTURE, bytes).await;
        assert_eq!((what, reply.status), (what, 200), "{}", reply.text());
    }
}
