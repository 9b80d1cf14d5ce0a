//! Leaves the comments out of scripts and styles that are sent. They are a third of what goes
//! over the line, compressed, and nobody reads them there: the sources are read where they lie.
//!
//! Only comments that have their lines to themselves go, and their lines stay, empty, so that the
//! numbers in error messages are those of the sources. Everything else is sent as it was written.

/// `source` without its comments; as it is if it might hold text that looks like one. That is a
/// template literal over several lines, known by an odd number of backticks in a line; where a
/// script means the sign itself it writes `\x60`.
pub(crate) fn without_comments(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut in_comment = false;
    for line in source.lines() {
        let text = line.trim();
        if in_comment {
            match text.find("*/") {
                None => {}
                Some(at) if at + 2 == text.len() => in_comment = false,
                // Code on the last line of a comment.
                Some(_) => return source.to_owned(),
            }
        } else if text.starts_with("/*") && !text.contains("*/") {
            in_comment = true;
        } else if !is_comment(text) {
            if text.matches('`').count() % 2 != 0 {
                return source.to_owned();
            }
            code.push_str(line);
        }
        code.push('\n');
    }
    code
}

/// Whether a whole line is one comment, and no code follows it.
fn is_comment(text: &str) -> bool {
    let inner = text.strip_prefix("/*").and_then(|rest| rest.strip_suffix("*/"));
    text.starts_with("//") || inner.is_some_and(|inner| !inner.contains("*/"))
}
