//! The architecture, read from the sources: imports point down the table in `src/lib.rs`, SQLite
//! and WebSocket stay behind their modules, and the page never makes markup from text.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Ways of turning text into markup or code. Trusted Types stop them in the browser; this stops
/// them earlier.
const BANNED_IN_SCRIPTS: [&str; 10] = [
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "eval(",
    "new Function",
    "srcdoc",
    "DOMParser",
    "createContextualFragment",
    "setHTMLUnsafe",
];
/// The folders of `assets/js`, lowest first: a script imports from its own layer and those above it
/// in this list, except that `state` and `net` do not import each other. `TOP` is the folder itself.
const SCRIPT_LAYERS: [(&str, &[&str]); 5] = [
    ("lib", &["lib"]),
    ("state", &["lib", "state"]),
    ("net", &["lib", "net"]),
    (SUBJECT, &["lib", "state", "net", SUBJECT]),
    (TOP, &["lib", "state", "net", SUBJECT, TOP]),
];
/// The folders of what people see, one per subject. They may import each other.
const SUBJECTS: [&str; 9] = [
    "sign-in",
    "chats",
    "chat",
    "composer",
    "people",
    "settings",
    "emoji",
    "notifications",
    "languages",
];
const SUBJECT: &str = "subject";
/// The scripts beside the folders: they start the page and connect its parts.
const TOP: &str = "main";

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

/// Rust without its comments and its test module.
fn code(source: &str) -> String {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = source.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// A script without its comments.
fn script(source: &str) -> String {
    let (mut code, mut rest) = (String::new(), source);
    while let Some((before, comment)) = rest.split_once("/*") {
        code.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    code.push_str(rest);
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
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
fn the_table_in_lib_names_every_module_and_no_other() {
    let places = places();
    let library = code(include_str!("../../src/lib.rs"));
    let lines = library.lines().map(|line| line.strip_prefix("pub ").unwrap_or(line));
    let declared = lines.filter_map(|line| line.strip_prefix("mod "));
    let mut declared: Vec<&str> = declared.map(|line| line.trim_end_matches(';')).collect();
    declared.sort_unstable();
    assert_eq!(declared, places.keys().collect::<Vec<_>>());
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
        // `lib` declares all; `main` and `build` stand outside.
        let Some(place) = places.get(&module) else { continue };
        for named in modules_named(&code(&source)) {
            let other = places.get(&named);
            let other = other.unwrap_or_else(|| panic!("{} uses {named}", path.display()));
            assert!(other >= place, "{} uses {named}, which stands above {module}", path.display());
            imports += 1;
        }
    }
    assert!(imports > 100, "the imports were read: {imports}");
}

#[test]
fn sqlite_and_websocket_stay_behind_their_modules() {
    let homes: [(&str, &[&str]); 2] =
        [("rusqlite", &["store"]), ("tungstenite", &["socket", "hub", "bench"])];
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
fn no_script_makes_markup_or_code_from_text() {
    let scripts = files("assets", "js");
    assert!(scripts.len() > 20, "the scripts were read");
    for (path, source) in scripts {
        let source = script(&source);
        for banned in BANNED_IN_SCRIPTS {
            assert!(!source.contains(banned), "{} has {banned}", path.display());
        }
    }
}

#[test]
fn pages_hold_no_inline_script_or_style_and_fetch_nothing_foreign() {
    for (path, source) in files("assets", "html") {
        let path = path.display();
        for banned in ["javascript:", " onclick=", " onload=", " onerror=", " style=\"", "<style"] {
            assert!(!source.contains(banned), "{path} has {banned}");
        }
        for element in source.split("<script").skip(1) {
            let (tag, rest) = element.split_once('>').unwrap();
            assert!(tag.contains("src="), "{path}: <script{tag}>");
            assert!(rest.starts_with("</script>"), "{path}: an inline script");
        }
        for address in source.split("src=\"").chain(source.split("href=\"")).skip(1) {
            let address = address.split('"').next().unwrap();
            let extension = address.rsplit('.').next();
            let is_asset = extension.is_some_and(|found| ["js", "css"].contains(&found));
            assert!(!is_asset || address.starts_with("/a/dev/"), "{path}: {address} is not ours");
        }
    }
}

/// The paths a script imports, at its top or by a call.
fn imports_of(script: &str) -> Vec<&str> {
    let lines = script.lines().map(str::trim_start);
    let imports = lines.filter_map(|line| match line.split_once("import(") {
        Some((_, call)) => call.strip_prefix('"')?.split('"').next(),
        None if line.starts_with("import ") || line.contains("} from ") => line.split('"').nth(1),
        None => None,
    });
    imports.collect()
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

/// The layer of the folder that a script is in.
fn layer_of(script: &Path) -> &str {
    let folder = script.parent().and_then(|parents| parents.components().next());
    let folder = folder.map_or(TOP, |folder| folder.as_os_str().to_str().unwrap());
    if SUBJECTS.contains(&folder) { SUBJECT } else { folder }
}

#[test]
fn scripts_import_from_their_own_layer_and_those_below() {
    let mut imports = 0;
    for (path, source) in files("assets/js", "js") {
        let layer = layer_of(&path);
        let known = SCRIPT_LAYERS.iter().find(|(name, _)| *name == layer);
        let (_, below) = known.unwrap_or_else(|| panic!("{} is in no layer", path.display()));
        for import in imports_of(&script(&source)) {
            assert!(import.starts_with('.'), "{} imports {import} from elsewhere", path.display());
            let target = resolve(&path, import);
            assert!(below.contains(&layer_of(&target)), "{} imports {import}", path.display());
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/js").join(&target);
            assert!(file.exists(), "{} imports {import}, which is not there", path.display());
            imports += 1;
        }
    }
    assert!(imports > 30, "the imports were read: {imports}");
}

#[test]
fn lines_of_scripts_are_within_120_columns() {
    for (path, source) in files("assets", "js") {
        for (number, line) in (1..).zip(source.lines()) {
            let columns = line.chars().count();
            assert!(columns <= 120, "{}:{number} has {columns} columns", path.display());
        }
    }
}

#[test]
fn state_and_net_never_touch_the_document() {
    for (path, source) in files("assets/js", "js") {
        if !path.starts_with("state") && !path.starts_with("net") {
            continue;
        }
        let source = script(&source);
        for banned in ["document.", "customElements", "querySelector"] {
            assert!(!source.contains(banned), "{} has {banned}", path.display());
        }
    }
}

/// A style outside of a layer would beat all that stand in one, whatever they say.
#[test]
fn every_style_stands_in_a_layer() {
    let styles = files("assets/css", "css");
    assert!(styles.len() > 10, "the styles were read");
    for (path, source) in styles {
        let mut depth = 0;
        for piece in uncommented(&source).split_inclusive(['{', '}', ';']) {
            let words = piece.trim();
            let inside = depth > 0 || ["", "}"].contains(&words);
            assert!(inside || words.starts_with("@layer"), "{}: {words}", path.display());
            depth += i32::from(words.ends_with('{')) - i32::from(words.ends_with('}'));
        }
        assert_eq!(depth, 0, "{}", path.display());
    }
}

/// A style sheet without its comments.
fn uncommented(source: &str) -> String {
    let rest = source.split("/*").skip(1).map(|piece| piece.split_once("*/").unwrap().1);
    source.split("/*").take(1).chain(rest).collect()
}
