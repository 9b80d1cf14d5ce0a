//! Packs `assets/` for embedding: writes a hash of all files into the pages as their version,
//! removes comments, and compresses every text at the highest level.

#![allow(clippy::disallowed_methods, reason = "a build script is not the server")]

#[path = "build/comments.rs"]
mod comments;
#[path = "assets/page.rs"]
mod page;

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=assets");
    println!("cargo:rerun-if-changed=src/build.rs");
    println!("cargo:rerun-if-changed=src/build");
    println!("cargo:rerun-if-changed=src/assets/page.rs");
    let source =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo")).join("assets");
    let packed = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo")).join("assets");
    if packed.exists() {
        fs::remove_dir_all(&packed)?;
    }
    fs::create_dir_all(&packed)?;
    let mut paths = Vec::new();
    collect(&source, &source, &mut paths)?;
    paths.sort();
    let version = version_of(&source, &paths)?;
    println!("cargo:rustc-env=CHAAP_ASSETS_VERSION={version}");
    for path in &paths {
        let mut content = fs::read(source.join(path))?;
        if page::is_template(path) {
            let text = String::from_utf8(content).map_err(io::Error::other)?;
            let paths = paths.iter().map(String::as_str);
            let read = |path: &str| {
                let content = fs::read_to_string(source.join(path));
                content.unwrap_or_else(|error| panic!("{path} is imported: {error}"))
            };
            content = page::finish(&text, &version, paths, read).into_bytes();
        }
        if page::has_extension(path, "js") || page::has_extension(path, "css") {
            let text = String::from_utf8(content).map_err(io::Error::other)?;
            content = comments::without_comments(&text).into_bytes();
        }
        pack(&packed.join(path), &content)?;
    }
    Ok(())
}

fn collect(root: &Path, folder: &Path, paths: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, paths)?;
        } else {
            let relative = path.strip_prefix(root).expect("below the root");
            paths.push(relative.to_str().expect("asset names are UTF-8").replace('\\', "/"));
        }
    }
    Ok(())
}

fn version_of(source: &Path, paths: &[String]) -> io::Result<String> {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        path.hash(&mut hasher);
        fs::read(source.join(path))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Writes the content, or its brotli and gzip forms instead if they save a tenth or more. Browsers
/// accept brotli over https only, and gzip everywhere. For a client that accepts neither, the server
/// unpacks the gzip form, so the binary does not contain the plain text too.
fn pack(target: &Path, content: &[u8]) -> io::Result<()> {
    fs::create_dir_all(target.parent().expect("below the root"))?;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(content)?;
    let gzip = gzip.finish()?;
    if gzip.len() * 10 >= content.len() * 9 {
        return fs::write(target, content);
    }
    let mut brotli = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    brotli::BrotliCompress(&mut &content[..], &mut brotli, &params)?;
    fs::write(format!("{}.gz", target.display()), gzip)?;
    fs::write(format!("{}.br", target.display()), brotli)
}
