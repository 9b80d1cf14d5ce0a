//! Emoji in the user's language: the search of the picker, the list after a colon, and the names
//! for screen readers.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, World, run};

/// The emoji and names in the picker, in order.
const FOUND: &str =
    "const cells = [...$('emoji-picker')?.querySelectorAll('.emoji-picker__scroll button') ?? []]
    const found = cells.map((cell) => [cell.textContent, cell.getAttribute('aria-label')])";
/// The emoji and names in the list after a colon.
const LISTED: &str = "const options = shown($('emoji-list')) ? [...$('emoji-list').children] : []
    const found = options.map((option) => [...option.children].map((part) => part.textContent))";

/// Chooses a language in the settings, with the chat left open.
async fn speak(page: &Browser, language: &str) {
    page.open_settings().await;
    // Everything is rendered again, including the settings.
    page.js("$('settings-panel').dataset.before = 'true'", json!([])).await;
    let choice = format!("language-{language}");
    let label = "const e = $(arguments[0]); return e.closest('label') ?? e";
    page.click(&choice, label, json!([choice])).await;
    let spoken = "const panel = $('settings-panel')
        return document.documentElement.lang === arguments[0] && panel && !panel.dataset.before
            && document.activeElement === $('settings-back')";
    page.until(language, spoken, json!([language])).await;
    page.press(Key::Escape).await;
    let back = "return !$('settings-panel') && !$('composer').disabled";
    page.until("the chat again", back, json!([])).await;
}

async fn open_picker(page: &Browser) {
    page.click_on("emoji").await;
    let ready = "return document.activeElement === $('emoji-search')";
    page.until("the search field", ready, json!([])).await;
}

/// Searches in the open picker and waits until the first result is this one.
async fn until_first(page: &Browser, query: &str, emoji: &str, name: &str) {
    page.js("$('emoji-search').focus(); $('emoji-search').select()", json!([])).await;
    page.keys(query).await;
    let there = format!("{FOUND}; return String(found[0]) === String(arguments[0])");
    page.until(&format!("{emoji} for {query}"), &there, json!([[emoji, name]])).await;
}

/// Waits until the list after the colon begins with this one.
async fn until_listed(page: &Browser, emoji: &str, name: &str) {
    let there = format!("{LISTED}; return String(found[0]) === String(arguments[0])");
    page.until(&format!("{name} in the list"), &there, json!([[emoji, name]])).await;
}

/// Clears the composer.
async fn clear(page: &Browser) {
    page.js("$('composer').select()", json!([])).await;
    page.press(Key::Delete).await;
    until_written(page, "").await;
}

async fn until_written(page: &Browser, text: &str) {
    page.until(text, "return $('composer').value === arguments[0]", json!([text])).await;
}

#[test]
fn the_search_finds_words_of_the_language_first_and_english_ones_after() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("hello").await;
        speak(&page, "de").await;
        open_picker(&page).await;
        until_first(&page, "Herz", "❤️", "rotes Herz").await;
        until_first(&page, "lachen", "😂", "Freudentränen").await;
        until_first(&page, "schluessel", "🔑", "Schlüssel").await;
        until_first(&page, "deutschl", "🇩🇪", "Deutschland").await;
        // English words find it too, with its German name.
        until_first(&page, "rocket", "🚀", "Rakete").await;
        until_first(&page, "germany", "🇩🇪", "Deutschland").await;
        // "Bad" means bath in German, and 👎 ("bad" in English) is far before that in the charts.
        until_first(&page, "bad", "🛀", "Person in der Badewanne").await;
        let english = format!("{FOUND}; return found.findIndex(([emoji]) => emoji === '👎')");
        let english = page.js(&english, json!([])).await;
        assert!(english.as_i64().unwrap() > 3, "English matches come later: {english}");
        page.press(Key::Enter).await;
        until_written(&page, "🛀").await;
    });
}

#[test]
fn changing_the_language_renames_the_shown_emoji() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("hello").await;
        open_picker(&page).await;
        until_first(&page, "rocket", "🚀", "rocket").await;
        page.press(Key::Escape).await;
        for (language, query, name) in
            [("es", "cohete", "cohete"), ("hi", "रॉकेट", "रॉकेट"), ("en", "rocket", "rocket")]
        {
            speak(&page, language).await;
            open_picker(&page).await;
            until_first(&page, query, "🚀", name).await;
            page.press(Key::Escape).await;
            page.click_on("composer").await;
            page.keys(format!(":{query}")).await;
            until_listed(&page, "🚀", name).await;
            page.press(Key::Escape).await;
            clear(&page).await;
        }
        open_picker(&page).await;
        page.keys("cohete").await;
        let none = "return $('emoji-picker').querySelector('.emoji-picker__none') !== null";
        page.until("no Spanish in English", none, json!([])).await;
    });
}

#[test]
fn every_emoji_has_an_accessible_name_in_the_language() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("hello").await;
        for (language, letters) in [("hi", "Devanagari"), ("ar", "Arabic")] {
            speak(&page, language).await;
            open_picker(&page).await;
            let all = format!("{FOUND}; return found.length > 1880 && found");
            page.until("all emoji", &all, json!([])).await;
            let foreign = format!(
                "{FOUND}
                const own = new RegExp(`\\\\p{{Script=${{arguments[0]}}}}`, 'u')
                return found.filter(([, name]) => !own.test(name))"
            );
            let foreign = page.js(&foreign, json!([letters])).await;
            assert_eq!(foreign, json!([]), "names in another script: {language}");
            page.press(Key::Escape).await;
        }
    });
}

#[test]
fn a_colon_and_a_word_become_an_emoji_in_hindi_and_in_arabic() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("hello").await;
        speak(&page, "hi").await;
        page.click_on("composer").await;
        page.keys("समय:शाम 12:30 http://भारत :दिल").await;
        until_listed(&page, "❤️", "लाल दिल").await;
        page.press(Key::Enter).await;
        until_written(&page, "समय:शाम 12:30 http://भारत ❤️ ").await;
        page.keys(":हंसी").await;
        until_listed(&page, "😂", "खुशी के आँसू").await;
        page.press(Key::Tab).await;
        until_written(&page, "समय:शाम 12:30 http://भारत ❤️ 😂 ").await;
        page.press(Key::Enter).await;
        until_written(&page, "").await;

        speak(&page, "ar").await;
        page.click_on("composer").await;
        page.keys("الساعة:الآن ١٢:٣٠ :قلب").await;
        until_listed(&page, "❤️", "قلب أحمر").await;
        let inside = "const { left, right } = $('emoji-list').getBoundingClientRect(), field = $('composer').getBoundingClientRect()
            return left >= 0 && right <= innerWidth && right > field.left && left < field.right";
        page.until("the list beside the composer", inside, json!([])).await;
        page.press(Key::Down).await;
        page.press(Key::Up).await;
        page.press(Key::Enter).await;
        until_written(&page, "الساعة:الآن ١٢:٣٠ ❤️ ").await;
        // The whole word, closed by a colon.
        page.keys(":قنبلة").await;
        until_listed(&page, "💣", "قنبلة").await;
        page.keys(":").await;
        until_written(&page, "الساعة:الآن ١٢:٣٠ ❤️ 💣 ").await;
        // English words work too.
        page.keys(":rocket").await;
        until_listed(&page, "🚀", "صاروخ").await;
    });
}

#[test]
fn times_addresses_and_words_with_a_colon_open_no_list() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("hello").await;
        speak(&page, "ar").await;
        page.click_on("composer").await;
        for text in [
            "12:30",
            "१२:३०",
            "١٢:٣٠",
            "a:smile",
            "समय:दिल",
            "दि:दिल",
            "قال:قلب",
            "قال: قلب",
            "http://قلب",
            "https://x:smile",
            "mailto:smile",
            ":D",
            ":-D",
            ":)",
            "::smile",
            "niño:sol",
        ] {
            page.keys(text).await;
            until_written(&page, text).await;
            // A wrong list would still be there when the next wanted one appears.
            page.keys(" :قلب").await;
            until_listed(&page, "❤️", "قلب أحمر").await;
            for _ in 0..5 {
                page.press(Key::Backspace).await;
            }
            until_written(&page, text).await;
            let open = "return shown($('emoji-list'))";
            assert_eq!(page.js(open, json!([])).await, false, "a list for {text}");
            clear(&page).await;
        }
    });
}

#[test]
fn a_word_composed_by_an_input_method_is_completed_too() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("hello").await;
        speak(&page, "hi").await;
        page.click_on("composer").await;
        page.keys("ठीक :").await;
        for typed in ["द", "दि", "दिल"] {
            let end = typed.chars().count();
            let composed = json!({ "text": typed, "selectionStart": end, "selectionEnd": end });
            page.devtools("Input.imeSetComposition", composed).await;
        }
        until_listed(&page, "❤️", "लाल दिल").await;
        page.click("the heart", "return $('emoji-list').firstElementChild", json!([])).await;
        until_written(&page, "ठीक ❤️ ").await;
        page.keys("है").await;
        until_written(&page, "ठीक ❤️ है").await;
    });
}
