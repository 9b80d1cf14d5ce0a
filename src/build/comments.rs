//! Removes the comments from scripts and styles before they are packed. They are a third of the
//! compressed bytes, and developers read the sources instead.
//!
//! Only comments on lines of their own are removed. Their lines stay, empty, so that line numbers in
//! error messages are those of the sources. Everything else stays as it was written.

/// `source` without its comments, or unchanged if a template literal over several lines could
/// contain text that looks like a comment. An odd number of backticks in a line is the sign of one;
/// a script that needs the character itself writes `\x60`.
pub(crate) fn without_comments(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut in_comment = false;
    for line in source.lines() {
        let text = line.trim();
        if in_comment {
            match text.find("*/") {
                None => {}
                Some(at) if at + 2 == text.len() => in_comment = false,
                // There is code behind the comment.
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

/// Whether a line is one comment without code behind it.
fn is_comment(text: &str) -> bool {
    let inner = text.strip_prefix("/*").and_then(|rest| rest.strip_suffix("*/"));
    text.starts_with("//") || inner.is_some_and(|inner| !inner.contains("*/"))
}
