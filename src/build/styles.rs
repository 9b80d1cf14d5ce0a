//! Joins the styles of a page into one file and removes what only their readers need.

const LINK: &str = "<link rel=\"stylesheet\" href=\"/a/dev/";
const LINK_END: &str = "\">\n";

/// The paths of the styles that a page links, in their order. Those with a `media` are not among
/// them: browsers load them later.
pub(crate) fn linked(page: &str) -> Vec<&str> {
    let links = page.split_inclusive('\n').filter_map(path_of);
    links.collect()
}

/// `page` with one link to `sheet` in the place of its links.
pub(crate) fn relinked(page: &str, sheet: &str) -> String {
    let mut link = Some(format!("  {LINK}{sheet}{LINK_END}"));
    let lines = page.split_inclusive('\n').map(|line| match path_of(line) {
        Some(_) => link.take().unwrap_or_default(),
        None => line.to_owned(),
    });
    lines.collect()
}

fn path_of(line: &str) -> Option<&str> {
    let path = line.trim_start().strip_prefix(LINK)?.strip_suffix(LINK_END)?;
    (!path.contains('"')).then_some(path)
}

/// A style without its comments, indents and line breaks. A break between two words becomes a space.
pub(crate) fn minify(style: &str) -> String {
    let rest = style.split("/*").skip(1).map(|part| part.split_once("*/").map_or("", |(_, it)| it));
    let code: String = style.split("/*").take(1).chain(rest).collect();
    let mut small = String::with_capacity(code.len());
    for line in code.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !small.is_empty() && !small.ends_with(['{', '}', ';', ',']) {
            small.push(' ');
        }
        small.push_str(line);
    }
    small
}
