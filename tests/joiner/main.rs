//! The joiner of scripts and styles (`src/build`). It is part of the build script, so these tests
//! compile its files once more. That the joined page works is the subject of `tests/browser`.

#[path = "../../src/build/join.rs"]
mod join;
// `join` finds it at the root of its crate.
#[path = "../../src/assets/page.rs"]
#[expect(dead_code, reason = "the joiner uses less of it than the build script")]
mod page;
#[path = "../../src/build/styles.rs"]
mod styles;

mod scripts; // modules into files
mod sheets; // styles into one
