//! The map in `src/lib.rs`, held against the code: imports point one way only, and what one
//! module keeps to itself (the database driver, the socket library) stays there.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Modules from the ground up; each may import those before it.
const MODULES: &[&str] = &[
    "config", "error", "words", "model", "wire", "http", // words
    "auth", "hub", "store", "app",  // state
    "chat", // rules
    "assets", "socket", "api", // edges
    "router", "server", // shell
];

/// Folders of the page's scripts and what each may import.
const FOLDERS: &[(&str, &[&str])] = &[
    ("lib", &["lib"]),
    ("state", &["lib", "state"]),
    ("net", &["lib", "net"]),
    ("ui", &["lib", "state", "net", "ui"]),
    // Parts of the view that are loaded when they are wanted.
    ("lazy", &["lib", "state", "net", "ui", "lazy"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder` with this extension, with its path relative to `folder`.
fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    fn collect(base: &Path, folder: &Path, extension: &str, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(base, &path, extension, found);
            } else if path.extension().is_some_and(|found| found == extension) {
                let name = path.strip_prefix(base).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let (base, mut found) = (root().join(folder), Vec::new());
    collect(&base, &base, extension, &mut found);
    assert!(found.len() > 5, "{folder} was found");
    found
}

/// The code of a Rust file: without comments and without its test module.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The module a file belongs to: `store/chats.rs` is `store`.
fn module(name: &str) -> &str {
    name.split('/').next().unwrap().trim_end_matches(".rs")
}

/// The top-level modules a file names after `crate::`, alone or in braces.
fn crate_imports(code: &str) -> Vec<String> {
    let mut imports = Vec::new();
    for (at, found) in code.match_indices("crate::") {
        let rest = &code[at + found.len()..];
        match rest.strip_prefix('{') {
            Some(list) => imports.extend(list_heads(list)),
            None => imports.push(identifier(rest)),
        }
    }
    imports
}

/// The first word of each item of a brace list, at its top level only.
fn list_heads(list: &str) -> Vec<String> {
    let (mut depth, mut heads, mut expects_head) = (0, Vec::new(), true);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expects_head = true,
            c if expects_head && c.is_alphabetic() => {
                heads.push(identifier(&list[at..]));
                expects_head = false;
            }
            _ => {}
        }
    }
    heads
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn imports_point_down_the_layers_only() {
    let rank = |module: &str| MODULES.iter().position(|known| *known == module);
    let mut checked = 0;
    for (name, text) in files("src", "rs") {
        let module = module(&name);
        if ["lib", "main", "build"].contains(&module) {
            continue;
        }
        let own = rank(module).unwrap_or_else(|| panic!("{name} is in no layer of this test"));
        for import in crate_imports(&code(&text)) {
            let other = rank(&import).unwrap_or_else(|| panic!("{name} imports crate::{import}"));
            assert!(other <= own, "{name} imports {import}, which is above it");
            checked += 1;
        }
    }
    assert!(checked > 100, "only {checked} imports were seen");
}

#[test]
fn the_database_driver_and_the_socket_library_stay_where_they_belong() {
    for (name, text) in files("src", "rs") {
        let code = code(&text);
        let may = |modules: &[&str]| modules.contains(&module(&name));
        assert!(may(&["store"]) || !code.contains("rusqlite"), "{name} names rusqlite");
        assert!(may(&["socket", "hub"]) || !code.contains("tungstenite"), "{name}: tungstenite");
        assert!(
            may(&["api", "hub", "socket", "router", "app", "chat", "server"])
                || !code.contains("crate::hub")
        );
    }
}

#[test]
fn every_module_of_the_map_exists_and_is_on_the_map() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    for module in MODULES {
        assert!(lib.contains(&format!("mod {module};")), "{module} is a module");
        assert!(lib.contains(&format!("`{module}`")), "the table in lib.rs names {module}");
    }
    let declared = lib.lines().filter(|line| line.starts_with("mod ")).count();
    assert_eq!(declared, MODULES.len(), "every module of lib.rs has a layer");
}

#[test]
fn scripts_import_in_one_direction_and_only_the_view_touches_the_document() {
    for (name, text) in files("assets/js", "js") {
        let Some((folder, _)) = name.split_once('/') else { continue };
        let (_, allowed) = FOLDERS.iter().find(|(known, _)| *known == folder).unwrap();
        for line in text.lines().filter(|line| line.starts_with("import ")) {
            let path = line.rsplit('"').nth(1).unwrap_or_else(|| panic!("{name}: {line}"));
            let target = match path.strip_prefix("../") {
                Some(path) => path.split('/').next().unwrap(),
                None => folder,
            };
            assert!(path.starts_with('.'), "{name} imports {path} from somewhere else");
            assert!(allowed.contains(&target), "{name} imports {path}");
        }
        if ["state", "net"].contains(&folder) {
            for word in ["document.", "window.document"] {
                assert!(!script_code(&text).contains(word), "{name} touches the {word}");
            }
        }
    }
}

#[test]
fn no_script_makes_markup_or_code_from_text() {
    let banned = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "DOMParser",
        "createContextualFragment",
        "srcdoc",
    ];
    let scripts = files("assets", "js");
    assert!(scripts.len() > 20);
    for (name, text) in scripts {
        for word in banned {
            assert!(!script_code(&text).contains(word), "{name} uses {word}");
        }
    }
}

#[test]
fn pages_hold_no_inline_script_or_style() {
    for (name, text) in [("index.html", "assets/index.html"), ("docs.html", "assets/docs.html")]
        .map(|(name, path)| (name, fs::read_to_string(root().join(path)).unwrap()))
    {
        assert!(!text.contains("<style"), "{name}");
        assert!(!text.contains(" style=\""), "{name}");
        assert!(!text.contains("javascript:"), "{name}");
        for script in text.split("<script").skip(1) {
            let (tag, rest) = script.split_once('>').unwrap();
            assert!(tag.contains("src="), "{name}: <script{tag}>");
            assert!(rest.starts_with("</script>"), "{name}: an inline script");
        }
        for address in text.split("src=\"").chain(text.split("href=\"")).skip(1) {
            let address = address.split('"').next().unwrap();
            let is_file = address.ends_with(".js") || address.ends_with(".css");
            assert!(!is_file || address.starts_with("/a/dev/"), "{name}: {address} is not ours");
        }
    }
}

/// A script without its comments.
fn script_code(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        code.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    code.push_str(rest);
    let without_lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    without_lines.collect::<Vec<_>>().join("\n")
}
