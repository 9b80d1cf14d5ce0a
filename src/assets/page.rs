// What is written into an HTML page of ours when it is packed (or, in development, served).
// Shared by the build script, which therefore may use nothing but the standard library here.

/// The prefix pages are written with. It becomes one that holds a hash of all assets, so that
/// everything under it may be cached for ever.
pub(crate) const PREFIX_IN_SOURCE: &str = "/a/dev/";
const PRELOADS_IN_SOURCE: &str = "<!-- modulepreload -->";

/// `html` with its asset addresses under `/a/<version>/` and a preload line for each of `modules`
/// (paths below the asset root), so that the browser need not discover them one by one.
pub(crate) fn finish(html: &str, version: &str, modules: &[String]) -> String {
    let prefix = format!("/a/{version}/");
    let lines =
        modules.iter().map(|path| format!("<link rel=\"modulepreload\" href=\"{prefix}{path}\">"));
    let preloads = lines.collect::<Vec<_>>().join("\n");
    html.replace(PRELOADS_IN_SOURCE, &preloads).replace(PREFIX_IN_SOURCE, &prefix)
}

/// The modules `index.html` needs: everything under `js/`, in a fixed order.
pub(crate) fn modules<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<String> {
    let is_module = |path: &&str| path.starts_with("js/") && has_extension(path, "js");
    let mut modules: Vec<String> = paths.filter(is_module).map(str::to_owned).collect();
    modules.sort();
    modules
}

/// Whether a path ends in `.extension`.
pub(crate) fn has_extension(path: &str, extension: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|found| found == extension)
}
