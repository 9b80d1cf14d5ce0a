//! The architecture, checked in the sources: imports point down the table in `src/lib.rs`, only
//! their modules use SQLite and WebSocket, the page never turns text into markup, and no file names
//! the host of a package registry.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Ways to turn text into markup or code. Trusted Types prevent them in the browser; this test
/// finds them earlier.
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
const SUBJECTS: [&str; 13] = [
    "sign-in",
    "invite",
    "chats",
    "chat",
    "composer",
    "people",
    "groups",
    "settings",
    "keys",
    "install",
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

/// The first part of a path, without extension: `store` for `store/chats.rs`.
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

/// The paths of a source that begin with `crate`, `super` or `self`, `use` trees expanded.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for root in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(root) {
            let before = code[..at].chars().next_back();
            // `$crate::` and `my_crate::` do not count; `super::super::` is one path.
            if before.is_some_and(|c| "$_:".contains(c) || c.is_alphanumeric()) {
                continue;
            }
            expand(&code[at..], &mut Vec::new(), &mut paths);
        }
    }
    paths
}

/// Adds each path of a `use` tree, with `prefix` in front.
fn expand(tree: &str, prefix: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
    if let Some(group) = tree.strip_prefix('{') {
        for part in parts_of(group) {
            expand(part, prefix, paths);
        }
        return;
    }
    let name: String = tree.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let rest = &tree[name.len()..];
    prefix.push(name);
    match rest.strip_prefix("::") {
        Some(rest) => expand(rest, prefix, paths),
        None => paths.push(prefix.clone()),
    }
    prefix.pop();
}

/// The parts of a `{…}` after its opening brace.
fn parts_of(group: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 1);
    for (at, c) in group.char_indices() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if depth == 0 || (c == ',' && depth == 1) {
            parts.push(group[start..at].trim());
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The module of a file: `["store", "chats"]` for `store/chats.rs`.
fn module_of(path: &Path) -> Vec<String> {
    let names = path.with_extension("");
    names.components().map(|part| part.as_os_str().to_str().unwrap().to_owned()).collect()
}

/// The innermost of `modules` that a path in `module` leads to.
fn target_of(module: &[String], path: &[String], modules: &BTreeSet<Vec<String>>) -> Vec<String> {
    let mut target = Vec::new();
    for name in path {
        match name.as_str() {
            "crate" => target.clear(),
            "self" if target.is_empty() => target = module.to_vec(),
            "super" => {
                if target.is_empty() {
                    target = module.to_vec();
                }
                target.pop();
            }
            _ => {
                target.push(name.clone());
                if !modules.contains(&target) {
                    target.pop();
                    break;
                }
            }
        }
    }
    target
}

/// The position of each module in the table of `src/lib.rs`, counted from the top. `main` and
/// `build` are not part of the library.
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
        // `lib` declares all modules; `main` and `build` are not part of the library.
        let Some(place) = places.get(&module) else { continue };
        let paths = paths(&code(&source)).into_iter();
        for named in paths.filter(|path| path[0] == "crate").map(|path| path[1].clone()) {
            let other = places.get(&named);
            let other = other.unwrap_or_else(|| panic!("{} uses {named}", path.display()));
            assert!(other >= place, "{} uses {named}, which is above {module}", path.display());
            imports += 1;
        }
    }
    assert!(imports > 100, "the imports were read: {imports}");
}

/// Files of one module must not import each other, in a cycle of any length. Exception: a file and
/// the files in its folder, because a parent uses its parts, and parts use its declarations.
#[test]
fn no_files_of_one_module_import_each_other() {
    let files = files("src", "rs");
    let modules: BTreeSet<_> = files.iter().map(|(path, _)| module_of(path)).collect();
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, source) in &files {
        let module = module_of(path);
        for path in paths(&code(source)) {
            let target = target_of(&module, &path, &modules);
            let common = module.iter().zip(&target).take_while(|(one, other)| one == other).count();
            let is_inside = common > 0 && common < module.len().min(target.len());
            if is_inside {
                let [from, to] = [&module, &target].map(|path| path[..=common].join("::"));
                imports.entry(from).or_default().insert(to);
            }
        }
    }
    assert!(imports.len() > 20, "the imports were read: {imports:?}");
    let reaches = |from: &str, to: &str| {
        let (mut seen, mut waiting) = (BTreeSet::new(), vec![from]);
        while let Some(next) = waiting.pop() {
            for other in imports.get(next).into_iter().flatten() {
                if seen.insert(other.as_str()) {
                    waiting.push(other);
                }
            }
        }
        seen.contains(to)
    };
    let circular: Vec<_> = imports.keys().filter(|module| reaches(module, module)).collect();
    assert_eq!(circular, [""; 0], "these import each other");
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
fn pages_have_no_inline_script_or_style_and_load_nothing_foreign() {
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

/// The build script joins modules, and then a module's own address says nothing about its folder.
#[test]
fn only_one_script_asks_for_its_own_address() {
    for (path, source) in files("assets/js", "js") {
        let asks = script(&source).contains("import.meta");
        assert_eq!(asks, path == Path::new("lib/load.js"), "{}", path.display());
    }
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

/// Styles outside a layer would override all styles in layers.
#[test]
fn every_style_is_in_a_layer() {
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

/// Packages are installed with the registries' clients, by name and version.
#[test]
fn no_file_names_the_host_of_a_package_registry() {
    // In two parts, because this file is searched too.
    let hosts = [
        ("npm", "js."),
        ("yarn", "pkg.com"),
        ("un", "pkg.com"),
        ("js", "delivr.net"),
        ("crates", ".io"),
        ("py", "pi.org"),
        ("python", "hosted.org"),
        ("ruby", "gems.org"),
        ("proxy.go", "lang.org"),
    ];
    // The name of the default registry, as cargo and cargo-deny write it.
    let index = format!("https://github.com/rust-lang/crates{}-index", ".io");
    let mut read = 0;
    let mut waiting = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR"))];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            // Folders that git ignores.
            if [".git", "target", "chaap-data", "corpus", "artifacts"].contains(&name) {
                continue;
            }
            if path.is_dir() {
                waiting.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&bytes).replace(&index, "");
            for (one, two) in hosts {
                let host = format!("{one}{two}");
                assert!(!text.contains(&host), "{} names {host}", path.display());
            }
            read += 1;
        }
    }
    assert!(read > 200, "the files were read: {read}");
}

/// A style sheet without its comments.
fn uncommented(source: &str) -> String {
    let rest = source.split("/*").skip(1).map(|piece| piece.split_once("*/").unwrap().1);
    source.split("/*").take(1).chain(rest).collect()
}
