// Writes addresses into the pages and the service worker when they are packed or, in development,
// served. The build script uses this file too, so it may use the standard library only.

use std::collections::BTreeSet;

/// The prefix in the sources. It is replaced by one with a hash of all files, so that browsers may
/// cache everything under it without a time limit.
pub(crate) const PREFIX_IN_SOURCE: &str = "/a/dev/";
const PRELOADS_IN_SOURCE: &str = "<!-- modulepreload -->";
const FIRST_MODULE_IN_SOURCE: &str = "<script type=\"module\" src=\"/a/dev/";
const SHELL_IN_SOURCE: &str = "/* shell */";

/// Whether addresses are written into this file: pages and the service worker.
pub(crate) fn is_template(path: &str) -> bool {
    has_extension(path, "html") || path == "sw.js"
}

/// `text` with its asset addresses under `/a/<version>/`. A page gets a preload line for each
/// module it needs at once, so that the browser does not discover them one by one; the service
/// worker gets the addresses of all files the page may need without a network. `paths` are all
/// assets, and `read` returns the source of one.
pub(crate) fn finish<'a>(
    text: &str,
    version: &str,
    paths: impl Iterator<Item = &'a str>,
    read: impl Fn(&str) -> String,
) -> String {
    let prefix = format!("/a/{version}/");
    let mut paths: Vec<&str> = paths.collect();
    paths.sort_unstable();
    let preload = |path: &String| format!("<link rel=\"modulepreload\" href=\"{prefix}{path}\">");
    let modules =
        first_module(text).map_or_else(BTreeSet::new, |first| modules_of_page(first, read));
    let preloads: Vec<_> = modules.iter().map(preload).collect();
    let quoted = |path: &&str| format!("\"{prefix}{path}\"");
    let shell: Vec<_> = paths.iter().filter(|path| is_shell(path)).map(quoted).collect();
    text.replace(PRELOADS_IN_SOURCE, &preloads.join("\n"))
        .replace(SHELL_IN_SOURCE, &shell.join(", "))
        .replace(PREFIX_IN_SOURCE, &prefix)
}

/// The path of the module that starts a page.
pub(crate) fn first_module(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(FIRST_MODULE_IN_SOURCE)?;
    rest.split('"').next()
}

/// The modules that the page needs at once: the first one and all that it imports, directly or
/// through others. A module that is only imported by a call (`import("…")`) loads when it is wanted.
fn modules_of_page(first: &str, read: impl Fn(&str) -> String) -> BTreeSet<String> {
    let (mut found, mut waiting) = (BTreeSet::new(), vec![first.to_owned()]);
    while let Some(path) = waiting.pop() {
        if found.contains(&path) {
            continue;
        }
        let source = read(&path);
        let statements =
            source.lines().filter(|line| line.starts_with("import ") || line.contains("} from "));
        let imports = statements.filter_map(|line| line.split('"').nth(1));
        waiting.extend(imports.map(|import| resolve(&path, import)));
        found.insert(path);
    }
    found
}

/// The path of the file that the module at `path` imports.
pub(crate) fn resolve(path: &str, import: &str) -> String {
    let mut target: Vec<_> = path.split('/').collect();
    target.pop();
    for part in import.split('/') {
        match part {
            "." => {}
            ".." => drop(target.pop()),
            _ => target.push(part),
        }
    }
    target.join("/")
}

/// A file of the chat page, which must open without a network. The documentation need not.
fn is_shell(path: &str) -> bool {
    let apart = ["docs.html", "openapi.json", "index.html", "sw.js"];
    !apart.contains(&path) && !path.starts_with("docs/")
}

/// Whether a path ends in `.extension`.
pub(crate) fn has_extension(path: &str, extension: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|found| found == extension)
}
