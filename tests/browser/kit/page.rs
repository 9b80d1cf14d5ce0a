//! The actions of a user on Chaap's page, as methods of the browser.

use serde::Deserialize;
use serde_json::json;
use thirtyfour::Key;

use super::{Browser, eventually};

const FOCUS: &str = "const e = document.activeElement
    return e.dataset.test || e.getAttribute('name') || e.dataset.part || e.tagName.toLowerCase()";

/// Runs before a script that needs modules of the page, in tests that begin with `run_on_modules`.
pub(crate) const MODULES: &str = include_str!("../js/modules.js");

/// A message as the open chat shows it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) text: String,
    /// The state of the tick of an own message; empty for messages of others.
    pub(crate) state: String,
    pub(crate) own: bool,
    /// 0 until the server has acknowledged it.
    pub(crate) seq: i64,
}

impl Browser {
    /// Fills the sign-in card and submits it; `tab` is `tab-sign-in` or `tab-create`.
    pub(crate) async fn fill_card(&self, tab: &str, name: &str, password: &str) {
        self.click_on(tab).await;
        for (field, words) in [("username", name), ("password", password)] {
            let focus = "const field = document.forms[0].elements[arguments[0]]; field.focus(); field.select(); return field === document.activeElement";
            self.until(field, focus, json!([field])).await;
            if words.is_empty() {
                self.press(Key::Delete).await;
            } else {
                self.insert(words).await;
            }
        }
        self.click_on("submit").await;
    }

    /// Creates an account, which also signs in.
    pub(crate) async fn register(&self, name: &str, password: &str) {
        self.fill_card("tab-create", name, password).await;
        self.until_ready().await;
    }

    /// Signs in with an account.
    pub(crate) async fn sign_in(&self, name: &str, password: &str) {
        self.fill_card("tab-sign-in", name, password).await;
        self.until_ready().await;
    }

    /// Waits until the page is signed in, connected and has loaded the list.
    pub(crate) async fn until_ready(&self) {
        self.until_connection("online").await;
        let listed = "return document.querySelector('chat-list [aria-busy=false]') !== null";
        self.until("the list", listed, json!([])).await;
    }

    /// Waits for `online`, `connecting` or `offline`.
    pub(crate) async fn until_connection(&self, status: &str) {
        let arrived = "return document.documentElement.dataset.connection === arguments[0]";
        self.until(status, arrived, json!([status])).await;
    }

    /// Waits until the page knows that it has missed no frame. Only then it counts what it received,
    /// and can notice that a restored server lacks it.
    pub(crate) async fn until_agreed(&self) {
        let agreed = "const store = await theStore()
            return store.state.live && store.state.revision >= store.state.heard";
        eventually("an agreed revision", async || self.js_async(agreed, json!([])).await == true)
            .await;
    }

    /// Waits for the sign-in card.
    pub(crate) async fn until_card(&self) {
        self.until("the sign-in card", "return shown($('submit'))", json!([])).await;
    }

    /// Moves the focus from the composer back to the messages, where message shortcuts work.
    pub(crate) async fn tab_back_to_message(&self) {
        let there = "return document.activeElement?.matches('.message__bubble:focus-visible')";
        for _ in 0..4 {
            if self.js(there, json!([])).await == true {
                break;
            }
            self.press_with(Key::Shift, Key::Tab).await;
        }
        assert_eq!(self.js(there, json!([])).await, true, "a message has the focus");
    }

    /// Clicks a user in the list, as chat or person, and waits for the chat.
    pub(crate) async fn pick(&self, name: &str) {
        let row = format!("{name} in the list");
        self.click(&row, "return rowOf(arguments[0])", json!([name])).await;
        let open = "return $('chat-title').textContent === arguments[0] && !$('composer').disabled";
        self.until(&format!("the chat with {name}"), open, json!([name])).await;
    }

    /// Opens the settings from the menu.
    pub(crate) async fn open_settings(&self) {
        self.click_on("menu").await;
        self.click_on("settings").await;
        let there = "return shown($('settings-panel')) && shown($('edit-name'))
            && document.activeElement === $('settings-back')";
        self.until("the settings, focused", there, json!([])).await;
    }

    /// Goes back to the list, without an open chat.
    pub(crate) async fn close_chat(&self) {
        self.js("location.hash = '#/'", json!([])).await;
        self.until("no open chat", "return $('composer').disabled", json!([])).await;
    }

    /// Types a message and sends it with Enter.
    pub(crate) async fn send(&self, text: &str) {
        self.write(text).await;
        self.press(Key::Enter).await;
        let gone = "return $('composer').value === ''";
        self.until("an empty composer after Enter", gone, json!([])).await;
    }

    /// Types into the composer without sending.
    pub(crate) async fn write(&self, text: &str) {
        self.click_on("composer").await;
        self.insert(text).await;
    }

    /// The open chat, from top to bottom.
    pub(crate) async fn messages(&self) -> Vec<Shown> {
        serde_json::from_value(self.js("return messages()", json!([])).await).unwrap()
    }

    /// The texts of the open chat, from top to bottom.
    pub(crate) async fn texts(&self) -> Vec<String> {
        self.messages().await.into_iter().map(|message| message.text).collect()
    }

    /// Waits until the open chat has exactly these texts.
    pub(crate) async fn until_texts(&self, texts: &[&str]) {
        let there = "return JSON.stringify(messages().map((m) => m.text)) === arguments[0]";
        self.until(&format!("{texts:?}"), there, json!([json!(texts).to_string()])).await;
    }

    /// Waits until the open chat shows this message from someone else.
    pub(crate) async fn until_received(&self, text: &str) {
        let there = "return messages().some((m) => !m.own && m.text === arguments[0])";
        self.until(&format!("“{text}” from someone else"), there, json!([text])).await;
    }

    /// Waits until what has changed is painted and no animation runs, except those without an end. A row
    /// that enters is not yet in its place, and a text that fades in has not yet its contrast. Only for
    /// a visible page.
    pub(crate) async fn until_calm(&self) {
        let calm = "const frame = () => new Promise(requestAnimationFrame)
            return frame().then(frame).then(() => document.getAnimations().every((a) =>
                a.playState !== 'running' || a.effect.getComputedTiming().iterations === Infinity))";
        self.until("the end of all animations", calm, json!([])).await;
    }

    /// Waits until an own message is `pending` or `failed`, or has come at least as far as `sent`,
    /// `delivered`, `read`: a recipient with an open page may receive it before the test sees it as
    /// sent.
    pub(crate) async fn until_state(&self, text: &str, state: &str) {
        let there = "const [text, state] = arguments, way = ['sent', 'delivered', 'read']
            const states = way.includes(state) ? way.slice(way.indexOf(state)) : [state]
            return messages().some((m) => m.own && m.text === text && states.includes(m.state))";
        self.until(&format!("“{text}” {state}"), there, json!([text, state])).await;
    }

    /// The state of an own message.
    pub(crate) async fn state_of(&self, text: &str) -> String {
        let messages = self.messages().await;
        let message = messages.into_iter().find(|message| message.own && message.text == text);
        message.unwrap_or_else(|| panic!("{}: no own message “{text}”", self.name)).state
    }

    /// The number on the badge of a chat; empty without a badge.
    pub(crate) async fn badge_of(&self, name: &str) -> String {
        let badge = "const badge = part('badge', rowOf(arguments[0])); return shown(badge) ? badge.textContent : ''";
        self.js(badge, json!([name])).await.as_str().unwrap().to_owned()
    }

    /// Waits for this number on the badge of a chat; empty for no badge.
    pub(crate) async fn until_badge(&self, name: &str, count: &str) {
        let there = "const row = rowOf(arguments[0]), badge = row && part('badge', row)
            return row !== undefined && (shown(badge) ? badge.textContent : '') === arguments[1]";
        self.until(&format!("badge “{count}” at {name}"), there, json!([name, count])).await;
    }

    /// Waits until this element has the focus, named as by [`Browser::focus`].
    pub(crate) async fn until_focus(&self, name: &str) {
        let what = format!("the focus on {name}");
        self.until_is(&what, FOCUS, json!([]), json!(name)).await;
    }

    /// The focused element: its `data-test`, else its name or class, else its tag.
    pub(crate) async fn focus(&self) -> String {
        self.js(FOCUS, json!([])).await.as_str().unwrap().to_owned()
    }
}

/// Emulates a phone: a narrow page with touch.
pub(crate) async fn phone(page: &Browser) {
    page.resize(375, 812).await;
    page.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).await;
    page.until("a finger", "return matchMedia('(pointer: coarse)').matches", json!([])).await;
}

/// Waits until the element with this `data-test` is visible.
pub(crate) async fn until_shown(page: &Browser, test: &str) {
    page.until(test, "return shown($(arguments[0]))", json!([test])).await;
}

/// Waits until no element with this `data-test` is visible.
pub(crate) async fn until_gone(page: &Browser, test: &str) {
    page.until(&format!("no {test}"), "return !shown($(arguments[0]))", json!([test])).await;
}

/// Waits until the page could open without a network, and its lazy parts load without one.
pub(crate) async fn until_installed(page: &Browser) {
    let ready = "return navigator.serviceWorker.controller?.state === 'activated'";
    page.until("the service worker", ready, json!([])).await;
}

/// The contents of all databases of this browser, as text.
const KEPT: &str = "
    const asked = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    const found = []
    for (const { name } of await indexedDB.databases()) {
      const db = await asked(indexedDB.open(name))
      for (const store of db.objectStoreNames) found.push(await asked(db.transaction(store).objectStore(store).getAll()))
      db.close()
    }
    return JSON.stringify(found.flat())";

/// What the databases of this browser hold, as text.
pub(crate) async fn kept(page: &Browser) -> String {
    page.js_async(KEPT, json!([])).await.as_str().unwrap().to_owned()
}

/// Waits until a text is stored anywhere in the databases.
pub(crate) async fn until_kept(page: &Browser, text: &str) {
    eventually(text, async || kept(page).await.contains(text)).await;
}
