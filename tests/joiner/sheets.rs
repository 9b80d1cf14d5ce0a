//! Styles become one file: links, order, comments, and what fails the build.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::styles::{joined, linked, minify, relinked};

const PAGE: &str = "<head>
  <link rel=\"stylesheet\" href=\"/a/dev/css/tokens.css\">
  <link rel=\"stylesheet\" href=\"/a/dev/css/base.css\">
  <link rel=\"stylesheet\" href=\"/a/dev/css/print.css\" media=\"print\">
  <link rel=\"icon\" href=\"/a/dev/icon.svg\">
</head>
";

#[test]
fn one_link_takes_the_place_of_all_that_load_at_once() {
    assert_eq!(linked(PAGE), ["css/tokens.css", "css/base.css"]);
    let page = relinked(PAGE, "css/index.css");
    assert_eq!(linked(&page), ["css/index.css"]);
    assert_eq!(page.lines().count(), PAGE.lines().count() - 1);
    assert!(page.contains("css/print.css") && page.contains("icon.svg"), "{page}");
}

#[test]
fn the_order_of_the_links_is_the_order_of_the_rules() {
    let read = |path: &str| format!("/* {path} */\n@layer {};\n", &path[4..path.len() - 4]);
    let sheet = joined("css/index.css", &["css/tokens.css", "css/base.css"], read);
    assert_eq!(minify(&sheet), "@layer tokens;@layer base;");
}

#[test]
fn what_cannot_be_joined_fails_the_build() {
    let refusal = |path: &'static str, style: &'static str| {
        let join = || joined("css/index.css", &[path], |_| style.to_owned());
        let reason = catch_unwind(AssertUnwindSafe(join)).expect_err("joined");
        reason.downcast_ref::<String>().expect("a formatted message").clone()
    };
    let said = refusal("css/a.css", "a {}\n  @import \"b.css\";");
    assert_eq!(said, "css/a.css:2: link a style instead of importing it");
    let said = refusal("css/themes/a.css", "a { background: url(a.svg) }");
    assert!(said.starts_with("css/themes/a.css has an address"), "{said}");
}

#[test]
fn comments_and_breaks_go_and_texts_stay() {
    for (style, small) in [
        ("a {\n  color: red;\n}\n\nb,\nc { top: 0 }", "a {color: red;}b,c { top: 0 }"),
        ("a { margin:\n    1px\n    2px; }", "a { margin: 1px 2px; }"),
        ("a { /* red */ top: 0; } /* end", "a {  top: 0; }"),
        ("/*/ odd /*/ a {}", "a {}"),
        ("a { content: \"/* kept */\"; }", "a { content: \"/* kept */\"; }"),
        (r#"a { content: "\"/*"; } /* b */"#, r#"a { content: "\"/*"; }"#),
        (r"a { content: '\\'; } /* b */", r"a { content: '\\'; }"),
        (
            "a { background: url(\"data:x,//a/*b*/\"); }",
            "a { background: url(\"data:x,//a/*b*/\"); }",
        ),
        ("a { font: 1rem/1.5 b; }", "a { font: 1rem/1.5 b; }"),
        ("/*! (c) Somebody */\na {}", "/*! (c) Somebody */ a {}"),
        ("/* it's */ a {} /* \"so\" */ b {}", "a {}  b {}"),
    ] {
        assert_eq!(minify(style), small);
    }
}
