//! The texts of the page: every language has every entry of the English file, with the same
//! parameters, and uses them. These tests cannot tell whether a translation reads well.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Few texts are the same in two languages ("Chats"). More mean that entries were copied and not
/// translated.
const SAME_AS_ENGLISH_MAX: usize = 20;

/// The entries of a language: texts and functions by key, failures by code.
struct Words {
    texts: BTreeMap<String, String>,
    failures: BTreeMap<String, String>,
}

fn assets() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets")
}

fn read(path: &str) -> String {
    fs::read_to_string(assets().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The languages of the page other than English, as listed in `index.html`.
fn languages() -> Vec<String> {
    let page = read("index.html");
    let (_, list) = page.split_once("data-languages=\"").expect("the page lists its languages");
    let mut languages = list.split('"').next().unwrap().split(' ').map(str::to_owned);
    assert_eq!(languages.next().as_deref(), Some("en"), "English needs no file and comes first");
    languages.collect()
}

fn words(path: &str) -> Words {
    let text = read(path);
    let block = |from: &str, to: &str| {
        let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("{path} has `{from}`"));
        rest.split_once(to).unwrap_or_else(|| panic!("{path}: `{from}` ends")).0.to_owned()
    };
    let texts = entries(path, &block("export const texts = {\n", "\n}\n"), text_key);
    let failures = entries(path, &block("export const failures = new Map([\n", "\n])"), code);
    Words { texts, failures }
}

/// Every line with a key begins an entry, which extends to the next such line.
fn entries(
    path: &str,
    block: &str,
    key_of: fn(&str) -> Option<(&str, &str)>,
) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut last = None;
    for line in block.lines().filter(|line| !line.trim_start().starts_with("//")) {
        if let Some((key, value)) = key_of(line) {
            let before = found.insert(key.to_owned(), value.trim_end_matches(',').to_owned());
            assert!(before.is_none(), "{path} has {key} twice");
            last = Some(key.to_owned());
        } else {
            let key = last.as_ref().unwrap_or_else(|| panic!("{path} begins with {line}"));
            found.get_mut(key).unwrap().push_str(line.trim());
        }
    }
    assert!(!found.is_empty(), "{path} has entries");
    found
}

/// `  key: value`, with an indent of exactly two.
fn text_key(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.strip_prefix("  ")?.split_once(": ")?;
    let is_word = key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.chars().all(|c| c.is_ascii_alphanumeric());
    is_word.then_some((key, value))
}

/// `  ["code", "sentence"],`
fn code(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("  [\"")?.split_once("\", ")
}

/// The parameters of a function; none for a plain text.
fn parameters(value: &str) -> Vec<String> {
    let Some((list, _)) = value.split_once(") =>") else { return Vec::new() };
    let Some(list) = list.strip_prefix('(') else { return Vec::new() };
    // The types in comments have commas, too.
    let mut names = String::new();
    for (n, part) in list.split("/**").enumerate() {
        names += if n == 0 { part } else { part.split_once("*/").map_or("", |(_, rest)| rest) };
    }
    names.split(',').map(|name| name.trim().to_owned()).collect()
}

/// How often the body uses a parameter.
fn uses(value: &str, parameter: &str) -> usize {
    let body = value.split_once(") =>").map_or("", |(_, body)| body);
    body.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| *word == parameter)
        .count()
}

fn keys(entries: &BTreeMap<String, String>) -> BTreeSet<&str> {
    entries.keys().map(String::as_str).collect()
}

fn assert_same_keys(
    language: &str,
    english: &BTreeMap<String, String>,
    own: &BTreeMap<String, String>,
) {
    let (english, own) = (keys(english), keys(own));
    let missing: Vec<_> = english.difference(&own).collect();
    let unknown: Vec<_> = own.difference(&english).collect();
    assert!(missing.is_empty(), "{language}.js lacks {missing:?}");
    assert!(unknown.is_empty(), "{language}.js has {unknown:?}, which English lacks");
}

#[test]
fn every_language_has_every_entry_and_no_other() {
    let english = words("js/lib/texts.js");
    assert!(english.texts.len() > 90, "{} entries were read", english.texts.len());
    assert!(english.failures.len() > 10, "{} failures were read", english.failures.len());
    for language in languages() {
        let own = words(&format!("js/languages/{language}.js"));
        assert_same_keys(&language, &english.texts, &own.texts);
        assert_same_keys(&language, &english.failures, &own.failures);
    }
}

#[test]
fn every_language_takes_the_same_arguments_and_uses_them() {
    let english = words("js/lib/texts.js");
    for language in languages() {
        let own = words(&format!("js/languages/{language}.js"));
        for (key, value) in &english.texts {
            let Some(translated) = own.texts.get(key) else { continue };
            let wanted = parameters(value);
            assert_eq!(parameters(translated), wanted, "{key} of {language}.js");
            for parameter in wanted.iter().filter(|parameter| uses(value, parameter) > 0) {
                let used = uses(translated, parameter) > 0;
                assert!(used, "{key} of {language}.js does not use {parameter}");
            }
        }
    }
}

#[test]
fn every_language_is_translated() {
    let english = words("js/lib/texts.js");
    for language in languages() {
        let own = words(&format!("js/languages/{language}.js"));
        let empty = own.texts.iter().chain(&own.failures).find(|(_, value)| *value == "\"\"");
        assert!(empty.is_none(), "{language}.js leaves {:?} empty", empty.unwrap().0);
        let same = |(key, value): &(&String, &String)| {
            value.starts_with('"') && own.texts.get(*key) == Some(*value)
        };
        let same: Vec<_> = english.texts.iter().filter(same).map(|(key, _)| key).collect();
        let few = same.len() <= SAME_AS_ENGLISH_MAX;
        assert!(few, "{language}.js says these in English: {same:?}");
    }
}

#[test]
fn every_language_has_a_file_and_every_file_is_offered() {
    let offered: BTreeSet<_> = languages().into_iter().collect();
    let files = fs::read_dir(assets().join("js/languages")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let language = |name: String| {
        let language = name.strip_suffix(".js").filter(|name| name.len() == 2);
        language.map(str::to_owned)
    };
    assert_eq!(names.filter_map(language).collect::<BTreeSet<_>>(), offered);
}

#[test]
fn the_page_uses_only_texts_that_exist() {
    let english = words("js/lib/texts.js");
    let page = read("index.html");
    let mut named = 0;
    for attribute in ["data-text=\"", "data-label=\"", "data-hint=\""] {
        for found in page.split(attribute).skip(1) {
            let key = found.split('"').next().unwrap();
            assert!(english.texts.contains_key(key), "index.html shows {key}, which has no text");
            named += 1;
        }
    }
    assert!(named > 40, "{named} texts were found");
}

#[test]
fn the_scripts_use_only_texts_that_exist() {
    let english = words("js/lib/texts.js");
    let mut named = 0;
    for path in scripts(&assets().join("js")) {
        let source = fs::read_to_string(&path).unwrap();
        if !source.contains("/texts.js\"") {
            continue;
        }
        for found in source.split("texts.").skip(1) {
            let key: String = found.chars().take_while(char::is_ascii_alphanumeric).collect();
            // The file of the words itself.
            if key == "js" {
                continue;
            }
            let known = english.texts.contains_key(&key);
            assert!(known, "{} says {key}, which has no text", path.display());
            named += 1;
        }
    }
    assert!(named > 150, "{named} texts were found");
}

/// The scripts of a folder and of the folders in it.
fn scripts(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(scripts(&path));
        } else if path.extension().is_some_and(|extension| extension == "js") {
            found.push(path);
        }
    }
    found
}
