//! Packs `assets/` for embedding: joins and minifies scripts and styles, writes a hash of all files
//! into the pages as their version, and compresses every text.

#![allow(clippy::disallowed_methods, reason = "a build script is not the server")]

#[path = "build/join.rs"]
mod join;
#[path = "assets/page.rs"]
mod page;
#[path = "build/styles.rs"]
mod styles;

use std::{
    collections::BTreeMap,
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Contents by path.
type Files = BTreeMap<String, Vec<u8>>;

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
    let mut files = BTreeMap::new();
    for path in paths {
        let content = fs::read(source.join(&path))?;
        files.insert(path, content);
    }
    let version = version_of(&files);
    println!("cargo:rustc-env=CHAAP_ASSETS_VERSION={version}");
    for (path, content) in &finished(&joined(&files, &version), &version) {
        pack(&packed.join(path), content)?;
    }
    Ok(())
}

/// The files with the modules and the styles of each page joined.
fn joined(sources: &Files, version: &str) -> Files {
    let read = |path: &str| text(sources, path);
    let mut files = sources.clone();
    // Modules are in folders, and those that are used are in a joined file. Scripts outside of folders are
    // not modules.
    files.retain(|path, _| !page::has_extension(path, "js") || !path.contains('/'));
    for path in sources.keys().filter(|path| page::has_extension(path, "html")) {
        let source = read(path);
        if let Some(first) = page::first_module(&source) {
            let scripts = join::join(first, version, read);
            files.extend(scripts.into_iter().map(|(path, code)| (path, code.into())));
        }
        let styles = styles::linked(&source);
        files.retain(|path, _| !styles.contains(&path.as_str()));
        let sheet = format!("css/{}", path.replace(".html", ".css"));
        files.insert(path.clone(), styles::relinked(&source, &sheet).into());
        let joined = styles::joined(&sheet, &styles, read);
        files.insert(sheet, joined.into());
    }
    files
}

/// The files as they are sent: with their addresses under the version, scripts and styles minified.
fn finished(files: &Files, version: &str) -> Files {
    let finish = |(path, content): (&String, &Vec<u8>)| {
        let mut content = content.clone();
        if page::is_template(path) {
            let paths = files.keys().map(String::as_str);
            content =
                page::finish(&text(files, path), version, paths, |path| text(files, path)).into();
        }
        let source = || String::from_utf8(content.clone()).expect("texts are UTF-8");
        if page::has_extension(path, "css") {
            content = styles::minify(&source()).into();
        } else if page::has_extension(path, "js") && !path.contains('/') {
            content = join::minify_script(&source()).into();
        }
        (path.clone(), content)
    };
    files.iter().map(finish).collect()
}

fn text(files: &Files, path: &str) -> String {
    let content = files.get(path).unwrap_or_else(|| panic!("{path} is linked or imported"));
    String::from_utf8(content.clone()).unwrap_or_else(|_| panic!("{path} is not UTF-8"))
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

fn version_of(files: &Files) -> String {
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
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
    // The last levels take seconds, which people who work on the page would wait at each build.
    let quality = if env::var_os("PROFILE").is_some_and(|it| it == "debug") { 5 } else { 11 };
    let params = brotli::enc::BrotliEncoderParams { quality, ..Default::default() };
    brotli::BrotliCompress(&mut &content[..], &mut brotli, &params)?;
    fs::write(format!("{}.gz", target.display()), gzip)?;
    fs::write(format!("{}.br", target.display()), brotli)
}
