//! The files of the page: compiled in and compressed at build time. Their addresses contain a hash
//! of all of them.
//!
//! Browsers may cache everything under `/a/<version>/` for a year. A tab from before an upgrade that
//! asks for an old version gets the current file, uncached. Pictures and styles go on working there;
//! scripts do not load into it (`src/build/join.rs`). With `--assets-dir` the files come from disk
//! without a version, for work on the page.

mod page;

use std::{
    collections::{BTreeMap, HashMap},
    io::Read,
    path::Path,
    sync::{LazyLock, Mutex},
};

use hyper::{
    StatusCode,
    body::Bytes,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};
use include_dir::{Dir, include_dir};

use crate::{
    config::Config,
    error::{Error, Result},
    http::{self, Reply},
};

static PACKED: Dir<'_> = include_dir!("$OUT_DIR/assets");
/// The hash of all files, made by the build script.
const VERSION: &str = env!("CHAAP_ASSETS_VERSION");
static FILES: LazyLock<HashMap<&'static str, Asset>> = LazyLock::new(index);

/// Allows scripts and styles of this server only, no markup made from text, and no frames. The one
/// Trusted Types policy is for the address of the service worker, which browsers guard too.
/// `connect-src 'self'` includes the WebSocket of the same host.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; \
     worker-src 'self'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types chaap-worker";

/// A page that one of ours was opened from, or that it opens, gets no handle on it.
const CROSS_ORIGIN_OPENER_POLICY: (HeaderName, &str) =
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
/// What the page never asks for, so that nothing in it can.
const PERMISSIONS_POLICY: (HeaderName, &str) = (
    HeaderName::from_static("permissions-policy"),
    "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), \
     geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), \
     microphone=(), midi=(), payment=(), serial=(), usb=(), xr-spatial-tracking=()",
);

/// An embedded file: plain, or in its two compressed forms.
#[derive(Debug, Clone, Copy)]
enum Asset {
    Plain(&'static [u8]),
    Packed { gzip: &'static [u8], brotli: &'static [u8] },
}

/// A file with a fixed address, such as `index.html` or `openapi.json`. Browsers ask for a newer
/// version at every use.
pub(crate) fn show(config: &Config, headers: &HeaderMap, path: &str) -> Result<Reply> {
    if let Some(folder) = &config.assets_dir {
        return from_disk(folder, path);
    }
    let asset = FILES.get(path).ok_or(Error::NotFound("page"))?;
    Ok(reply(*asset, path, headers, "no-cache"))
}

/// `GET /a/{version}/{path}`: a file of the page.
pub(crate) fn show_versioned(
    config: &Config,
    headers: &HeaderMap,
    version: &str,
    path: &str,
) -> Result<Reply> {
    if let Some(folder) = &config.assets_dir {
        return from_disk(folder, path);
    }
    let asset = FILES.get(path).ok_or(Error::NotFound("file"))?;
    let caching =
        if version == VERSION { "public, max-age=31536000, immutable" } else { "no-cache" };
    Ok(reply(*asset, path, headers, caching))
}

fn reply(asset: Asset, path: &str, headers: &HeaderMap, caching: &'static str) -> Reply {
    let etag = HeaderValue::from_static(concat!("\"", env!("CHAAP_ASSETS_VERSION"), "\""));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let fresh = known.is_some_and(|known| known == "*" || known.contains(VERSION));
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let accepts = |encoding| accepted.is_some_and(|list| accepts(list, encoding));
    let (encoding, bytes) = match asset {
        _ if fresh => (None, Bytes::new()),
        Asset::Plain(bytes) => (None, Bytes::from_static(bytes)),
        Asset::Packed { brotli, .. } if accepts("br") => (Some("br"), Bytes::from_static(brotli)),
        Asset::Packed { gzip, .. } if accepts("gzip") => (Some("gzip"), Bytes::from_static(gzip)),
        Asset::Packed { gzip, .. } => (None, unpacked(gzip)),
    };
    let mut reply = http::whole(bytes);
    let headers = reply.headers_mut();
    headers.insert(header::ETAG, etag);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if fresh {
        *reply.status_mut() = StatusCode::NOT_MODIFIED;
        return reply;
    }
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    describe(headers, path);
    reply
}

/// The plain text, for clients that accept no compression. All browsers accept it.
///
/// All replies share one copy: strangers who ask for many and read slowly would fill the memory.
fn unpacked(gzip: &'static [u8]) -> Bytes {
    static UNPACKED: Mutex<BTreeMap<&[u8], Bytes>> = Mutex::new(BTreeMap::new());
    let unpack = || {
        let mut plain = Vec::new();
        let mut decoder = flate2::read::GzDecoder::new(gzip);
        decoder.read_to_end(&mut plain).expect("packed by the build script");
        plain.into()
    };
    let mut all = UNPACKED.lock().expect("no panic while holding the unpacked files");
    all.entry(gzip).or_insert_with(unpack).clone()
}

/// Adds the content type, and to pages their security policies.
fn describe(headers: &mut HeaderMap, path: &str) {
    let kind = content_type(path);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if kind.starts_with("text/html") {
        let policy = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        for (name, value) in [CROSS_ORIGIN_OPENER_POLICY, PERMISSIONS_POLICY] {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

/// Whether an `Accept-Encoding` list names this encoding, and not with `q=0`.
fn accepts(list: &str, encoding: &str) -> bool {
    list.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        named && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn index() -> HashMap<&'static str, Asset> {
    let mut contents = HashMap::new();
    gather(&PACKED, &mut contents);
    let asset = |(&name, &content): (&&'static str, &&'static [u8])| {
        if page::has_extension(name, "br") {
            return None;
        }
        let Some(path) = name.strip_suffix(".gz") else {
            return Some((name, Asset::Plain(content)));
        };
        let brotli = contents.get(format!("{path}.br").as_str());
        let brotli = brotli.expect("the build script writes both forms");
        Some((path, Asset::Packed { gzip: content, brotli }))
    };
    contents.iter().filter_map(asset).collect()
}

fn gather(folder: &Dir<'static>, contents: &mut HashMap<&'static str, &'static [u8]>) {
    for file in folder.files() {
        let path = file.path().to_str().expect("the build script refuses other names");
        contents.insert(path, file.contents());
    }
    folder.dirs().for_each(|inner| gather(inner, contents));
}

/// The file as it is on disk now. Blocking reads are fine, because only a developer uses this.
fn from_disk(folder: &Path, path: &str) -> Result<Reply> {
    let missing = || Error::NotFound("file");
    if path.split('/').any(|part| part.is_empty() || part.starts_with('.')) {
        return Err(missing());
    }
    let mut content = std::fs::read(folder.join(path)).map_err(|_| missing())?;
    if page::is_template(path) {
        let paths = FILES.keys().copied();
        let read = |path: &str| std::fs::read_to_string(folder.join(path)).unwrap_or_default();
        content = page::finish(&String::from_utf8_lossy(&content), "dev", paths, read).into_bytes();
    }
    let mut reply = http::whole(content);
    let headers = reply.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    describe(headers, path);
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_replies_share_one_unpacked_copy() {
        let packed = FILES.values().find_map(|asset| match asset {
            Asset::Packed { gzip, .. } => Some(*gzip),
            Asset::Plain(_) => None,
        });
        let (one, other) = (unpacked(packed.unwrap()), unpacked(packed.unwrap()));
        assert!(!one.is_empty());
        assert_eq!(one.as_ptr(), other.as_ptr());
    }
}
