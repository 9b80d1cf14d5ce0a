//! Modules become few files: which, with which names, and what fails the build.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::join;

/// The files that these modules become; the first is the entry.
fn joined(modules: &[(&str, &str)]) -> BTreeMap<String, String> {
    let sources: BTreeMap<&str, &str> = modules.iter().copied().collect();
    join::join(modules[0].0, "v1", |path| sources[path].to_owned())
}

/// Why these modules cannot be joined.
fn refusal(modules: &[(&str, &str)]) -> String {
    let tried = catch_unwind(AssertUnwindSafe(|| joined(modules)));
    let reason = tried.expect_err("joined without a complaint");
    reason.downcast_ref::<String>().expect("a formatted message").clone()
}

/// The only file.
fn one(modules: &[(&str, &str)]) -> String {
    let mut files = joined(modules);
    let (path, code) = files.pop_first().expect("a file");
    assert_eq!(path, modules[0].0);
    assert!(files.is_empty(), "{files:?}");
    code
}

fn paths(files: &BTreeMap<String, String>) -> Vec<&str> {
    files.keys().map(String::as_str).collect()
}

#[test]
fn imported_modules_become_one_file_in_the_order_in_which_they_run() {
    let code = one(&[
        (
            "js/main.js",
            "import { first } from './lib/first.js'\nimport './lib/second.js'\nlog(`main ${first}`)",
        ),
        ("js/lib/first.js", "import './third.js'\nlog('first')\nexport const first = read()"),
        ("js/lib/second.js", "import './first.js'\nlog('second')"),
        ("js/lib/third.js", "log('third')"),
    ]);
    let places: Vec<_> = ["third", "first", "second", "main"]
        .map(|name| {
            code.find(&format!("log(`{name}")).unwrap_or_else(|| panic!("{name} in {code}"))
        })
        .into();
    assert!(places.is_sorted(), "{code}");
    assert!(!code.contains("import") && !code.contains("./lib"), "{code}");
}

#[test]
fn equal_names_of_two_modules_stay_two() {
    let code = one(&[
        (
            "js/main.js",
            "import { open } from './a.js'\nimport { open as other } from './b-c.js'
            const size = read()\nshow({ open, other, size }, (size) => size + open)",
        ),
        ("js/a.js", "const size = read('a')\nexport function open() { return size }"),
        ("js/b-c.js", "const size = read('b')\nexport class open { size = size }"),
    ]);
    // Keys of objects and fields are no names of the module.
    for wanted in ["read(`a`)", "read(`b`)", "read()", "{open:", "other:", "size:", "{size="] {
        assert!(code.contains(wanted), "{wanted} in {code}");
    }
    let refused = refusal(&[
        ("js/main.js", "import './a-b.js'\nimport './a_b.js'"),
        ("js/a-b.js", "export const one = read()"),
        ("js/a_b.js", "export const one = read()"),
    ]);
    assert!(refused.contains("already been declared") && refused.contains("a_b$one"), "{refused}");
}

#[test]
fn modules_may_import_each_other() {
    let code = one(&[
        ("js/main.js", "import { even } from './even.js'\nshow(even)"),
        (
            "js/even.js",
            "import { odd } from './odd.js'\nexport const even = (n) => n === 0 || odd(n - 1)",
        ),
        (
            "js/odd.js",
            "import { even } from './even.js'\nexport const odd = (n) => n !== 0 && even(n - 1)",
        ),
    ]);
    assert!(code.contains("===0||") && code.contains("!==0&&"), "{code}");
    assert!(!code.contains("import"), "{code}");
}

#[test]
fn a_call_makes_a_file_with_what_only_it_needs() {
    let files = joined(&[
        (
            "js/main.js",
            "import { shared } from './lib/shared.js'\nshow(shared)
            on('a', () => import(\"./parts/a.js\"))\non('b', () => import(\"./parts/b.js\"))",
        ),
        ("js/lib/shared.js", "export const shared = read('shared'), spare = 7"),
        ("js/lib/both.js", "export const both = read('both')"),
        ("js/lib/own.js", "export const own = read('own')"),
        (
            "js/parts/a.js",
            "import { both } from '../lib/both.js'\nimport { own } from '../lib/own.js'
            import { shared } from '../lib/shared.js'\nexport const open = () => [both, own, shared]",
        ),
        ("js/parts/b.js", "import { both } from '../lib/both.js'\nexport const open = () => both"),
    ]);
    // What both parts need, and the page not, is a third file.
    assert_eq!(paths(&files), ["js/lib/both.js", "js/main.js", "js/parts/a.js", "js/parts/b.js"]);
    let [both, main, a, b] = ["js/lib/both.js", "js/main.js", "js/parts/a.js", "js/parts/b.js"]
        .map(|path| files[path].as_str());
    assert!(main.contains("import(`./parts/a.js`)"), "{main}");
    assert!(main.contains("as lib$shared$shared"), "{main}");
    assert!(both.contains("as lib$both$both"), "{both}");
    assert!(a.contains("from\"../main.js\"") && a.contains("from\"../lib/both.js\""), "{a}");
    assert!(a.contains("`own`") && !b.contains("`own`") && !main.contains("`own`"), "{a}");
    assert!(a.contains("as open") && b.contains("as open"), "{a} {b}");
}

#[test]
fn a_module_that_is_imported_and_called_is_in_the_first_file() {
    let files = joined(&[
        ("js/main.js", "import { go } from './go.js'\ngo()\non('it', () => import(\"./go.js\"))"),
        ("js/go.js", "export const go = () => read('go')"),
    ]);
    assert_eq!(paths(&files), ["js/main.js"]);
    let main = &files["js/main.js"];
    assert!(main.contains("import(`./main.js`)") && main.contains("as go"), "{main}");
    // Two such modules with one name would be one export.
    let refused = refusal(&[
        (
            "js/main.js",
            "import './a.js'\nimport './b.js'\non(() => import(\"./a.js\"))\non(() => import(\"./b.js\"))",
        ),
        ("js/a.js", "export const open = 1"),
        ("js/b.js", "export const open = 2"),
    ]);
    assert!(refused.contains("open"), "{refused}");
}

#[test]
fn texts_and_patterns_that_look_like_imports_stay() {
    let code = one(&[(
        "js/main.js",
        r#"// import { a } from "./nowhere.js"
        /* import("./nowhere.js") */
        show("import { a } from './nowhere.js'", `import('./nowhere.js')`, /import\("\.\/nowhere\.js"\)/u)
        show({ import: 1 }.import, "export const b = 1", import.meta.url)"#,
    )]);
    assert_eq!(code.matches("nowhere").count(), 3, "{code}");
    assert!(code.contains("import.meta.url"), "{code}");
}

#[test]
fn comments_go_except_licences() {
    let code = one(&[(
        "js/main.js",
        "/** What it is for. */\n// A note.\n/*! (c) Somebody, MIT */\nshow(1) /* here */",
    )]);
    assert!(code.contains("/*! (c) Somebody, MIT */"), "{code}");
    assert!(!code.contains("What") && !code.contains("note") && !code.contains("here"), "{code}");
}

#[test]
fn a_script_that_is_no_module_keeps_its_global_names() {
    let code = join::minify_script("// A note.\nfunction open() {\n  return 1\n}\n");
    assert!(code.starts_with("function open()") && !code.contains("note"), "{code}");
}

#[test]
fn a_fault_is_named_with_its_file_and_line() {
    let within = |source: &str| refusal(&[("js/main.js", "import './a.js'"), ("js/a.js", source)]);
    for (source, words) in [
        ("const a = 1\nconst b = (", "js/a.js:2: "),
        ("\n\nimport all from './b.js'", "js/a.js:3: import names one by one"),
        ("import * as all from './b.js'", "js/a.js:1: import names one by one"),
        ("const a = 1\nexport { a }", "js/a.js:2: export where the name is declared"),
        ("export default 1", "js/a.js:1: export where the name is declared"),
        ("export * from './b.js'", "js/a.js:1: export where the name is declared"),
        ("\nimport('./b.js')", "js/a.js:2: import('./b.js') needs a path in double quotes"),
        ("import(`./${name}.js`)", "js/a.js:1: import(`./${name}.js`) needs a path"),
    ] {
        let said = within(source);
        assert!(said.starts_with(words), "{said}");
    }
}
