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

/// Joins the styles in their order. The build fails if one of them cannot be joined.
pub(crate) fn joined(sheet: &str, paths: &[&str], read: impl Fn(&str) -> String) -> String {
    let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let text = |path: &&str| {
        let style = read(path);
        // Browsers ignore it behind the first rule.
        let late = style.lines().position(|line| line.trim_start().starts_with("@import"));
        if let Some(line) = late {
            panic!("{path}:{}: link a style instead of importing it", line + 1);
        }
        let stays = folder(path) == folder(sheet) || !style.contains("url(");
        assert!(
            stays,
            "{path} has an address that starts at its folder, and {sheet} is in another"
        );
        style
    };
    paths.iter().map(text).collect()
}

/// A style without its comments, indents and line breaks. A break between two words becomes a space.
pub(crate) fn minify(style: &str) -> String {
    let code = without_comments(style);
    let mut small = String::with_capacity(code.len());
    for line in code.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !small.is_empty() && !small.ends_with(['{', '}', ';', ',']) {
            small.push(' ');
        }
        small.push_str(line);
    }
    small
}

/// Comments with a licence (`/*! … */`) stay, and so do quoted texts.
fn without_comments(style: &str) -> String {
    let (mut code, mut rest) = (String::with_capacity(style.len()), style);
    while let Some(at) = rest.find(['"', '\'', '/']) {
        let (before, piece) = rest.split_at(at);
        let length = if let Some(comment) = piece.strip_prefix("/*") {
            comment.find("*/").map_or(piece.len(), |end| end + 4)
        } else if piece.starts_with('/') {
            1
        } else {
            quoted(piece)
        };
        code.push_str(before);
        if !piece.starts_with("/*") || piece.starts_with("/*!") {
            code.push_str(&piece[..length]);
        }
        rest = &piece[length..];
    }
    code + rest
}

/// The length of the quoted text at the beginning, with its quotes.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|&(_, sign)| {
        let ends = !escaped && text.starts_with(sign);
        escaped = !escaped && sign == '\\';
        ends
    });
    end.map_or(text.len(), |(at, sign)| at + sign.len_utf8())
}
