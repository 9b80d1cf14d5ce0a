//! The browser of one user: scripts, waits, keys, emulation. Nothing here is specific to Chaap's
//! page.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use serde_json::{Value, json};
use thirtyfour::{
    Key, TypingData, WebDriver, WebElement, WindowHandle,
    error::{WebDriverErrorInner, WebDriverResult},
};
use tokio::time::sleep;

use super::{PATIENCE, POLL_EVERY, chromium::Chromium, poll, say};

const WATCH: &str = include_str!("../js/watch.js");
const PAGE: &str = include_str!("../js/page.js");
/// How long a page asks itself before it answers what it has. A page can be left while it asks, and
/// the timers of a hidden tab are slow.
const ROUND_MS: u32 = 500;

/// The browser of one user.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) name: String,
    pub(crate) driver: WebDriver,
    home: String,
    chromium: Arc<Chromium>,
}

impl Browser {
    /// Gives a user this browser, which is clean.
    pub(super) async fn on(chromium: Arc<Chromium>, server: SocketAddr, name: &str) -> Self {
        let (driver, home) = (chromium.driver.clone(), format!("http://{server}"));
        let browser = Self { name: name.to_owned(), driver, home, chromium };
        browser.watch().await;
        browser
    }

    /// Every document of the current tab starts with `watch.js`.
    pub(crate) async fn watch(&self) {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;
    }

    /// Opens another tab of the same browser and switches to it. It shares the sign-in.
    pub(crate) async fn new_tab(&self) -> WindowHandle {
        let tab = self.driver.new_tab().await.unwrap();
        self.driver.switch_to_window(tab.clone()).await.unwrap();
        self.watch().await;
        // Without a network this may fail.
        drop(self.driver.goto(&self.home).await);
        tab
    }

    /// Goes to a path of the server.
    pub(crate) async fn open(&self, path: &str) {
        self.driver.goto(format!("{}{path}", self.home)).await.unwrap();
    }

    /// Reloads the page. Its faults would be lost, so there must be none.
    pub(crate) async fn reload(&self) {
        let faults = self.faults().await;
        assert!(faults.is_empty(), "{}: before the reload: {faults:?}", self.name);
        self.driver.refresh().await.unwrap();
    }

    /// Runs a function body in the page; `args` is a JSON array. It can use the helpers of
    /// `page.js`.
    pub(crate) async fn js(&self, script: &str, args: Value) -> Value {
        let ran = self.try_js(script, &args).await;
        ran.unwrap_or_else(|error| panic!("{}: {error}\nin: {script}", self.name))
    }

    async fn try_js(&self, script: &str, args: &Value) -> WebDriverResult<Value> {
        let args = args.as_array().unwrap().clone();
        let answer = self.driver.execute(format!("{PAGE}\n{script}"), args).await?;
        Ok(answer.json().clone())
    }

    /// Runs the body of an `async` function in the page and returns its result. A rejection fails
    /// the test.
    pub(crate) async fn js_async(&self, script: &str, args: Value) -> Value {
        let script = format!(
            "{PAGE}\nconst done = arguments[arguments.length - 1], args = [...arguments].slice(0, -1);\n\
             (async () => {{ {script} }})().then((value) => done({{ value }}), \
             (error) => done({{ error: `${{error}}\\n${{error.stack}}` }}))"
        );
        let args = args.as_array().unwrap().clone();
        let answer = self.driver.execute_async(script, args).await;
        let answer = answer.unwrap_or_else(|error| panic!("{}: {error}", self.name)).json().clone();
        assert!(answer["error"].is_null(), "{}: {}", self.name, answer["error"]);
        answer["value"].clone()
    }

    /// Waits until the result is truthy, and returns it. `what` names the condition in a failure.
    pub(crate) async fn until(&self, what: &str, script: &str, args: Value) -> Value {
        let truthy =
            |answer: &Value| !(answer.is_null() || answer == false || answer == 0 || answer == "");
        let Ok(answer) = self.wait(script, &args, truthy).await else {
            panic!("{}: never happened: {what}\n{}", self.name, self.digest().await)
        };
        answer
    }

    /// Waits until the result is this value, for what the page does in its own time. What it was last
    /// is in a failure.
    pub(crate) async fn until_is(&self, what: &str, script: &str, args: Value, wanted: Value) {
        if let Err(last) = self.wait(script, &args, |answer| *answer == wanted).await {
            let digest = self.digest().await;
            panic!("{}: {what}: {last} instead of {wanted}\n{digest}", self.name);
        }
    }

    /// Waits until a result is good, or returns the last one after [`PATIENCE`]. The result is a copy,
    /// so an element becomes an empty object.
    async fn wait(
        &self,
        script: &str,
        args: &Value,
        good: impl Fn(&Value) -> bool,
    ) -> Result<Value, Value> {
        let began = Instant::now();
        let (mut answer, mut known) = (Value::Null, Value::Null);
        while began.elapsed() < PATIENCE {
            if let Ok(text) = self.next_answer(script, args, &known).await {
                answer = serde_json::from_str(text.as_str().unwrap()).unwrap();
                if good(&answer) {
                    return Ok(answer);
                }
                known = text;
            } else {
                // A page that is loading cannot answer; that is no error yet.
                known = Value::Null;
                sleep(POLL_EVERY).await;
            }
        }
        Err(answer)
    }

    /// The result as JSON, as soon as it is another than the known one; after [`ROUND_MS`] in any case.
    /// The page asks itself again and again, which takes less CPU than to ask it from here.
    async fn next_answer(
        &self,
        script: &str,
        args: &Value,
        known: &Value,
    ) -> WebDriverResult<Value> {
        let every = POLL_EVERY.as_millis();
        let call = json!({
            "expression": format!(
                "(async () => {{
                  const ask = function () {{ {PAGE}\n{script}\n}}
                  const ends = performance.now() + {ROUND_MS}
                  for (;;) {{
                    const answer = JSON.stringify((await ask.apply(null, {args})) ?? null)
                    if (answer !== {known} || performance.now() > ends) return answer
                    await new Promise((again) => setTimeout(again, {every}))
                  }}
                }})()"
            ),
            "awaitPromise": true, "returnByValue": true,
        });
        let answer = self.driver.cdp().send_raw("Runtime.evaluate", call).await?;
        match answer.get("exceptionDetails") {
            Some(thrown) => Err(WebDriverErrorInner::FatalError(thrown.to_string()).into()),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    /// Clicks the element that the script returns with the mouse, as soon as that is possible.
    pub(crate) async fn click(&self, what: &str, script: &str, args: Value) {
        let clicked = poll(async || self.element(script, &args).await.ok()?.click().await.ok());
        let clicked = clicked.await.is_some();
        assert!(clicked, "{}: cannot click {what}\n{}", self.name, self.digest().await);
    }

    /// Clicks the element with this `data-test`.
    pub(crate) async fn click_on(&self, test: &str) {
        self.click(test, "return $(arguments[0])", json!([test])).await;
    }

    async fn element(&self, script: &str, args: &Value) -> WebDriverResult<WebElement> {
        let args = args.as_array().unwrap().clone();
        self.driver.execute(format!("{PAGE}\n{script}"), args).await?.element()
    }

    /// Types into the focused element.
    pub(crate) async fn keys(&self, keys: impl AsRef<str>) {
        self.driver.action_chain().send_keys(keys.as_ref()).perform().await.unwrap();
    }

    /// Presses one key in the focused element.
    pub(crate) async fn press(&self, key: Key) {
        self.driver.action_chain().send_keys(key).perform().await.unwrap();
    }

    /// Presses a key while another one is held.
    pub(crate) async fn press_with(&self, held: Key, key: impl Into<TypingData>) {
        let keys = self.driver.action_chain().key_down(held.clone()).send_keys(key).key_up(held);
        keys.perform().await.unwrap();
    }

    /// Inserts text into the focused element like an input method: any character, no key events.
    pub(crate) async fn insert(&self, text: &str) {
        self.devtools("Input.insertText", json!({ "text": text })).await;
    }

    /// Sends a command of the Chrome `DevTools` Protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let answer = self.driver.cdp().send_raw(command, parameters).await;
        answer.unwrap_or_else(|error| panic!("{}: {command}: {error}", self.name))
    }

    /// Sets the size of the page, independent of the window.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
        let arrived = "return innerWidth === arguments[0] && innerHeight === arguments[1]";
        self.until("the new size", arrived, json!([width, height])).await;
    }

    /// Emulates the system's preference: `light` or `dark`.
    pub(crate) async fn prefer(&self, scheme: &str) {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": [feature] })).await;
        let arrived = "return matchMedia(`(prefers-color-scheme: ${arguments[0]})`).matches";
        self.until(scheme, arrived, json!([scheme])).await;
    }

    /// The faults of the page since the last call. Refused or failed requests are not faults,
    /// because tests provoke them.
    pub(crate) async fn faults(&self) -> Vec<String> {
        // Only a page of Chromium's own, such as the one for a lost network, has no watcher.
        let told = "return window.__faults?.splice(0)
            ?? (location.protocol === 'http:' ? ['nothing watches this page'] : [])";
        let watched = self.try_js(told, &json!([])).await;
        let watched = watched.unwrap_or_else(|error| json!([format!("no answer: {error}")]));
        let watched = watched.as_array().unwrap().iter().map(|fault| fault.as_str().unwrap());
        let watched: Vec<_> = watched.map(|fault| format!("{}: {fault}", self.name)).collect();
        let log = self.driver.browser_log().await;
        let log = log.unwrap_or_else(|error| panic!("{}: no log: {error}", self.name));
        let log = log.into_iter().filter(|entry| {
            // Chromium reports a socket that could not connect as an error of the script.
            entry.source.as_deref() != Some("network")
                && !entry.message.contains("WebSocket connection to")
        });
        watched
            .into_iter()
            .chain(log.map(|entry| format!("{}: log: {}", self.name, entry.message)))
            .collect()
    }

    /// The text of the page, for failure messages.
    pub(crate) async fn digest(&self) -> String {
        let script = "return `${location.href}\n${JSON.stringify(document.documentElement.dataset)}\n${document.body.innerText}`";
        let digest = self.try_js(script, &json!([])).await;
        digest.map_or_else(|error| error.to_string(), |text| text.as_str().unwrap().to_owned())
    }

    /// Saves a screenshot and the text of the page, to investigate a failure.
    pub(super) async fn leave_picture(&self) {
        let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
        let file = format!("{}/{test}-{}.png", env!("CARGO_TARGET_TMPDIR"), self.name);
        say(&format!("{} saw: {file}\n{}", self.name, self.digest().await));
        drop(self.driver.screenshot(file.as_ref()).await);
    }

    /// Makes the browser as a new one is, on the sign-in card.
    pub(crate) async fn clean(&self) {
        self.chromium.clean().await.unwrap();
        self.watch().await;
        self.open("/").await;
    }

    /// Returns the browser if it can be used again, else ends it.
    pub(super) async fn close(self, reuse: bool) -> Option<Arc<Chromium>> {
        if reuse {
            match self.chromium.clean().await {
                Ok(()) => return Some(self.chromium),
                Err(error) => say(&format!("{}: not clean, not reused: {error}", self.name)),
            }
        }
        self.chromium.quit(&self.name).await;
        None
    }
}
