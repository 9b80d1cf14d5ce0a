//! The names of the emoji: every language has a name for each, in the order of the charts. Only the
//! order connects names and emoji. These tests cannot tell whether a name is right, but they find
//! names that have shifted by one place or line.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// "Taxi" is the same in several languages. More such names mean that English ones were copied.
const SAME_AS_ENGLISH_MAX: usize = 120;

/// Category → lines → entries, as written in the file.
type Charts = Vec<(String, Vec<Vec<String>>)>;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/js/emoji")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn charts(file: &str, name: &str) -> Charts {
    let text = read(&folder().join(file));
    let begin = format!("export const {name} = {{\n");
    let (_, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("{file} has {name}"));
    let (block, _) = rest.split_once("`,\n}\n").unwrap_or_else(|| panic!("{file}: {name} ends"));
    let category = |part: &str| {
        let (name, lines) = part.split_once(": `").unwrap_or_else(|| panic!("{file}: {part}"));
        let entries = |line: &str| line.split(';').map(str::to_owned).collect();
        // A line that ends in ";" goes on in the next one.
        (name.trim().to_owned(), lines.replace(";\n", ";").split('\n').map(entries).collect())
    };
    block.split("`,\n").map(category).collect()
}

fn english() -> Charts {
    charts("emoji-data.js", "GROUPS")
}

fn words(language: &str) -> Charts {
    charts(&format!("emoji-words-{language}.js"), "WORDS")
}

/// The languages of the page other than English, as listed in `index.html`.
fn languages() -> BTreeSet<String> {
    let page = read(&folder().join("../../index.html"));
    let (_, list) = page.split_once("data-languages=\"").expect("the page lists its languages");
    list.split('"').next().unwrap().split(' ').skip(1).map(str::to_owned).collect()
}

fn flat(charts: Charts) -> Vec<String> {
    charts.into_iter().flat_map(|(_, lines)| lines).flatten().collect()
}

/// The name, and the words after the slash.
fn parts(entry: &str) -> (&str, Vec<&str>) {
    let (name, more) = entry.split_once('/').unwrap_or((entry, ""));
    (name, if more.is_empty() { Vec::new() } else { more.split(' ').collect() })
}

/// Whether it contains letters of the language's script.
fn is_written_in(language: &str, text: &str) -> bool {
    text.chars().any(|c| match language {
        "hi" => ('\u{900}'..='\u{97F}').contains(&c),
        "ar" => ('\u{620}'..='\u{64A}').contains(&c),
        _ => c.is_alphabetic() && c < '\u{250}',
    })
}

#[test]
fn every_language_names_every_emoji_in_the_order_of_the_charts() {
    let english = english();
    let count: usize = english.iter().flat_map(|(_, lines)| lines).map(Vec::len).sum();
    assert!(count > 1600, "{count} emoji were read");
    for language in languages() {
        let own = words(&language);
        let categories = |charts: &Charts| -> Vec<String> {
            charts.iter().map(|(category, _)| category.clone()).collect()
        };
        assert_eq!(categories(&own), categories(&english), "{language}");
        for ((category, own), (_, lines)) in own.iter().zip(&english) {
            assert_eq!(own.len(), lines.len(), "{language}: lines of {category}");
            for (n, (own, line)) in own.iter().zip(lines).enumerate() {
                let n = n + 1;
                let place = format!("{language}: {category}, line {n}: {own:?} for {line:?}");
                assert_eq!(own.len(), line.len(), "{place}");
            }
        }
    }
}

#[test]
fn every_name_is_unique_and_in_the_script_of_the_language() {
    for language in languages() {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for entry in flat(words(&language)) {
            let (name, more) = parts(&entry);
            let is_clean =
                |text: &str| !text.is_empty() && text == text.trim() && !text.contains(['/', '`']);
            assert!(is_clean(name) && !name.contains("  "), "{language}: {entry:?}");
            assert!(is_written_in(&language, name), "{language}: {entry:?} is in another script");
            assert!(more.iter().all(|word| is_clean(word)), "{language}: {entry:?}");
            let different: BTreeSet<_> = more.iter().collect();
            assert_eq!(different.len(), more.len(), "{language}: {entry:?} has a word twice");
            // Two equal names: one of them has shifted, or a screen reader cannot distinguish them.
            let twin = seen.insert(name.to_lowercase(), entry.clone());
            assert!(twin.is_none(), "{language}: {entry:?} and {twin:?}");
        }
        let text = read(&folder().join(format!("emoji-words-{language}.js")));
        let flag = text.split("export const FLAG = \"").nth(1).and_then(|it| it.split('"').next());
        let flag = flag.unwrap_or_else(|| panic!("{language} has a word for a flag"));
        assert!(is_written_in(&language, flag), "{language}: {flag:?}");
    }
}

/// Where the emoji shows a number or a sign, its name must contain it in every language.
#[test]
fn names_belong_to_their_emoji() {
    let english = flat(english());
    let place = |name: &str| {
        let at = english.iter().position(|entry| {
            let (_, words) = entry.split_once(' ').unwrap();
            parts(words).0 == name
        });
        at.unwrap_or_else(|| panic!("no {name} in the charts"))
    };
    for language in languages() {
        let own = flat(words(&language));
        for key in ["#", "*", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"] {
            let entry = &own[place(&format!("keycap {key}"))];
            let (name, _) = parts(entry);
            assert!(name.ends_with(&format!(" {key}")), "{language}: {entry} for {key}");
        }
        for group in ["a", "ab", "b"] {
            let entry = &own[place(&format!("{group} button (blood type)"))];
            let ends = format!(" {}", group.to_uppercase());
            assert!(parts(entry).0.ends_with(&ends), "{language}: {entry} for {group}");
        }
    }
}

#[test]
fn names_are_translated() {
    let english = english();
    for language in languages() {
        let same: Vec<String> = flat(words(&language))
            .into_iter()
            .zip(flat(english.clone()))
            .filter_map(|(own, english)| {
                let (_, words) = english.split_once(' ').unwrap();
                let name = parts(words).0;
                (parts(&own).0.to_lowercase() == name).then(|| name.to_owned())
            })
            .collect();
        let few = same.len() <= SAME_AS_ENGLISH_MAX;
        assert!(few, "{language} has these {} in English: {same:?}", same.len());
    }
}

#[test]
fn every_language_has_a_file_and_every_file_is_offered() {
    let files = fs::read_dir(folder()).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let is_words =
        |name: String| Some(name.strip_prefix("emoji-words-")?.strip_suffix(".js")?.to_owned());
    assert_eq!(names.filter_map(is_words).collect::<BTreeSet<_>>(), languages());
}
