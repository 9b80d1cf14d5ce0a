// Writes addresses into the pages and the service worker when they are packed or, in development,
// served. The build script uses this file too, so it may use the standard library only.

/// The prefix in the sources. It is replaced by one with a hash of all files, so that browsers may
/// cache everything under it for ever.
pub(crate) const PREFIX_IN_SOURCE: &str = "/a/dev/";
const PRELOADS_IN_SOURCE: &str = "<!-- modulepreload -->";
const SHELL_IN_SOURCE: &str = "/* shell */";

/// Whether addresses are written into this file: pages and the service worker.
pub(crate) fn is_template(path: &str) -> bool {
    has_extension(path, "html") || path == "sw.js"
}

/// `text` with its addresses under `/a/<version>/`. A page gets a preload line for each module that
/// it needs, so that the browser does not find them one by one. The service worker gets the
/// addresses of all files that the page may need without a network. `paths` are all files.
pub(crate) fn finish<'a>(
    text: &str,
    version: &str,
    paths: impl Iterator<Item = &'a str>,
) -> String {
    let prefix = format!("/a/{version}/");
    let mut paths: Vec<&str> = paths.collect();
    paths.sort_unstable();
    let preload = |path: &&str| format!("<link rel=\"modulepreload\" href=\"{prefix}{path}\">");
    let preloads: Vec<_> = paths.iter().filter(|path| is_module(path)).map(preload).collect();
    let quoted = |path: &&str| format!("\"{prefix}{path}\"");
    let shell: Vec<_> = paths.iter().filter(|path| is_shell(path)).map(quoted).collect();
    text.replace(PRELOADS_IN_SOURCE, &preloads.join("\n"))
        .replace(SHELL_IN_SOURCE, &shell.join(", "))
        .replace(PREFIX_IN_SOURCE, &prefix)
}

/// A module that `index.html` needs at once. What is under `js/lazy/` is loaded when it is wanted.
fn is_module(path: &str) -> bool {
    path.starts_with("js/") && !path.starts_with("js/lazy/") && has_extension(path, "js")
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
