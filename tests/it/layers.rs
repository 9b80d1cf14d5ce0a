//! The architecture, read from the sources: imports point down the table in `src/lib.rs`, SQLite
//! and WebSocket stay behind their modules, and the page never makes markup from text.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Ways of turning text into markup or code. Trusted Types stop them in the browser; this stops
/// them earlier.
const BANNED_IN_SCRIPTS: [&str; 9] = [
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "eval(",
    "new Function",
    "srcdoc",
    "createContextualFragment",
    "setHTMLUnsafe",
];
/// The folders of `assets/js`, each with those it may import from.
const SCRIPT_LAYERS: [(&str, &[&str]); 5] = [
    ("lib", &["lib"]),
    ("state", &["lib", "state"]),
    ("net", &["lib", "net"]),
    ("ui", &["lib", "state", "net", "ui"]),
    ("main.js", &["lib", "state", "net", "ui", "main.js"]),
];

/// All files below a folder with this extension, with their paths relative to it.
fn files(folder: &str, extension: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let (mut found, mut waiting) = (Vec::new(), vec![root.clone()]);
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(&root).unwrap().to_owned(), text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} was read");
    found
}

/// The first part of a path without its extension: `store` for `store/chats.rs`.
fn top(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str();
    Path::new(first).file_stem().unwrap().to_str().unwrap().to_owned()
}

/// Rust without its comments.
fn code(source: &str) -> String {
    let lines = source.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The modules of the crate that a source names, by `crate::x` or in `use crate::{x, y::z}`.
fn modules_named(code: &str) -> Vec<String> {
    let mut modules = Vec::new();
    for (at, found) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        // `super::crate` does not exist, but `$crate::` and `my_crate::` do.
        if before.is_some_and(|c| c == '$' || c == '_' || c.is_alphanumeric()) {
            continue;
        }
        let rest = &code[at + found.len()..];
        match rest.strip_prefix('{') {
            Some(group) => modules.extend(names_in_group(group)),
            None => modules.push(identifier(rest)),
        }
    }
    modules
}

/// The outermost names of a `{…}` whose opening brace has been read.
fn names_in_group(group: &str) -> Vec<String> {
    let (mut names, mut depth, mut at_name) = (Vec::new(), 1, true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => at_name = true,
            _ if at_name && c.is_alphabetic() => {
                names.push(identifier(&group[at..]));
                at_name = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The place of each module in the table of `src/lib.rs`, counted from the top. `main` and
/// `build` stand outside the library.
fn places() -> BTreeMap<String, usize> {
    let source = include_str!("../../src/lib.rs");
    let rows = source.lines().filter(|line| line.starts_with("//! | ") && line.contains('`'));
    let names = rows.flat_map(|row| {
        let modules = row.split('|').nth(2).unwrap();
        modules.split('`').skip(1).step_by(2)
    });
    names.enumerate().map(|(place, name)| (name.to_owned(), place)).collect()
}

#[test]
fn the_table_in_lib_names_every_module() {
    let places = places();
    for (path, _) in files("src", "rs") {
        let module = top(&path);
        let outside = ["lib", "main", "build"].contains(&module.as_str());
        assert!(outside || places.contains_key(&module), "{module} is not in {places:?}");
    }
}

#[test]
fn imports_point_down_the_table_in_lib() {
    let places = places();
    let mut imports = 0;
    for (path, source) in files("src", "rs") {
        let module = top(&path);
        let Some(place) = places.get(&module) else { continue };
        for named in modules_named(&code(&source)) {
            let Some(other) = places.get(&named) else { continue };
            imports += 1;
            assert!(other >= place, "{} uses {named}, which stands above {module}", path.display());
        }
    }
    assert!(imports > 60, "the imports were read: {imports}");
}

#[test]
fn sqlite_and_websocket_stay_behind_their_modules() {
    let homes: [(&str, &[&str]); 2] =
        [("rusqlite", &["store"]), ("tungstenite", &["socket", "hub"])];
    for (library, homes) in homes {
        let mut uses = 0;
        for (path, source) in files("src", "rs") {
            if !code(&source).contains(library) {
                continue;
            }
            let module = top(&path);
            assert!(homes.contains(&module.as_str()), "{} names {library}", path.display());
            uses += 1;
        }
        assert!(uses > 0, "{library} is used somewhere");
    }
}

#[test]
fn nothing_on_the_page_makes_markup_or_code_from_text() {
    for (path, source) in files("assets", "js") {
        for banned in BANNED_IN_SCRIPTS {
            assert!(!source.contains(banned), "{} has {banned}", path.display());
        }
    }
    for (path, source) in files("assets", "html") {
        for banned in ["javascript:", " onclick=", " onload=", " onerror=", " style=", "<style"] {
            assert!(!source.contains(banned), "{} has {banned}", path.display());
        }
    }
}

/// The addresses a script imports from, types in comments aside.
fn imports_of(source: &str) -> Vec<&str> {
    let lines = source.lines().map(str::trim_start);
    let lines = lines.filter(|line| !line.starts_with(['*', '/']));
    let starts = lines.filter(|line| {
        line.starts_with("import ") || line.contains("} from ") || line.contains(" import(")
    });
    starts.filter_map(|line| line.split('"').nth(1)).filter(|path| path.starts_with('.')).collect()
}

/// Where an import of `path` leads, relative to the scripts' folder.
fn resolve(path: &Path, import: &str) -> PathBuf {
    let mut target = path.parent().unwrap().to_owned();
    for part in import.split('/') {
        match part {
            "." => {}
            ".." => assert!(target.pop(), "{} imports {import}", path.display()),
            _ => target.push(part),
        }
    }
    target
}

#[test]
fn scripts_import_from_their_own_layer_and_those_below() {
    let mut imports = 0;
    for (path, source) in files("assets/js", "js") {
        let layer = path.components().next().unwrap().as_os_str().to_str().unwrap();
        let known = SCRIPT_LAYERS.iter().find(|(name, _)| *name == layer);
        let (_, below) = known.unwrap_or_else(|| panic!("{} is in no layer", path.display()));
        for import in imports_of(&source) {
            let target = resolve(&path, import);
            let other = target.components().next().unwrap().as_os_str().to_str().unwrap();
            assert!(below.contains(&other), "{} imports {import}", path.display());
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/js").join(&target);
            assert!(file.exists(), "{} imports {import}, which is not there", path.display());
            imports += 1;
        }
    }
    assert!(imports > 30, "the imports were read: {imports}");
}

#[test]
fn state_and_net_never_touch_the_document() {
    for (path, source) in files("assets/js", "js") {
        if !path.starts_with("state") && !path.starts_with("net") {
            continue;
        }
        for banned in ["document.", "window.", "customElements", "querySelector"] {
            let line = source.lines().find(|line| {
                let line = line.trim_start();
                line.contains(banned) && !line.starts_with(['*', '/'])
            });
            assert_eq!(line, None, "{} has {banned}", path.display());
        }
    }
}
