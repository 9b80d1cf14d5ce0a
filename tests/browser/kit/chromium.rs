//! Running Chromiums, reused by one test after another, because starting one costs a second of CPU.
//!
//! A test gets a browser in the state of a new one: an empty profile and one empty tab. A browser
//! that is not clean after a test, or whose test failed, is not used again.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use thirtyfour::{
    ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver,
    error::{WebDriverErrorInner, WebDriverResult},
};
use tokio::time::sleep;

use super::{
    PATIENCE, POLL_EVERY,
    chromedriver::{self, Chromedriver},
    say,
};

/// Options for quiet and reproducible runs, also inside a container.
const FLAGS: [&str; 16] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-extensions",
    "--disable-default-apps",
    "--no-first-run",
    "--no-default-browser-check",
    "--password-store=basic",
    "--lang=en-GB",
    "--window-size=1280,800",
    // A desktop has a mouse, a container does not.
    "--blink-settings=primaryPointerType=4,availablePointerTypes=4,primaryHoverType=2,availableHoverTypes=2",
];

/// Long enough for tabs and workers to end on a busy machine.
const CLEAN_WITHIN: Duration = Duration::from_secs(10);

/// Browsers that no test uses. The last one given back is the first one taken, so that there are no
/// more than the tests need at a time.
static IDLE: Mutex<Vec<Arc<Chromium>>> = Mutex::new(Vec::new());

/// A Chromium with a driver and a profile of its own.
pub(super) struct Chromium {
    pub(super) driver: WebDriver,
    _chromedriver: Chromedriver,
}

impl Chromium {
    /// An idle one, or a new one.
    pub(super) async fn take(program: &Path) -> Arc<Self> {
        while let Some(idle) = Self::pop() {
            // It may have crashed since its last test.
            if idle.driver.windows().await.is_ok() {
                return idle;
            }
            idle.quit("an idle browser").await;
        }
        Self::start(program).await
    }

    fn pop() -> Option<Arc<Self>> {
        IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Lets other tests take these. The runtime of their last test must have ended: it drives the
    /// connections to the driver.
    pub(super) fn give_back(clean: Vec<Arc<Self>>) {
        IDLE.lock().unwrap_or_else(PoisonError::into_inner).extend(clean);
    }

    /// A new one.
    pub(super) async fn start(program: &Path) -> Arc<Self> {
        let chromedriver = Chromedriver::start(program).await;
        let mut wishes = DesiredCapabilities::chrome();
        for flag in FLAGS {
            wishes.add_arg(flag).unwrap();
        }
        let profile = chromedriver.profile.display();
        wishes.add_arg(&format!("--user-data-dir={profile}")).unwrap();
        wishes.set_browser_log_level(LoggingPrefsLogLevel::Warning).unwrap();
        if let Some(chromium) = chromedriver::find_chromium() {
            wishes.set_binary(&chromium.display().to_string()).unwrap();
        }
        let driver = WebDriver::new(&chromedriver.address, wishes).await.unwrap();
        // Long scripts must not fail on a busy machine.
        driver.set_script_timeout(PATIENCE).await.unwrap();
        Arc::new(Self { driver, _chromedriver: chromedriver })
    }

    /// Removes what a test left: tabs with all they emulate, stored data, permissions, the log. The
    /// clipboard keeps its text. An error if something is left after all.
    pub(super) async fn clean(&self) -> WebDriverResult<()> {
        let old = self.driver.windows().await?;
        let tab = self.driver.new_tab().await?;
        for window in old {
            self.driver.switch_to_window(window).await?;
            self.driver.close_window().await?;
        }
        self.driver.switch_to_window(tab).await?;
        self.driver.action_chain().reset_actions().await?;
        let everything = json!({ "origin": "*", "storageTypes": "all" });
        self.devtools("Storage.clearDataForOrigin", everything).await?;
        self.devtools("Network.clearBrowserCache", json!({})).await?;
        self.devtools("Browser.resetPermissions", json!({})).await?;
        self.until_clean().await?;
        // What the pages said while they closed.
        self.driver.browser_log().await?;
        Ok(())
    }

    /// Waits for one empty tab, no worker and no cookie: tabs and workers take a while to end.
    async fn until_clean(&self) -> WebDriverResult<()> {
        let began = Instant::now();
        loop {
            let targets = self.devtools("Target.getTargets", json!({})).await?;
            let cookies = self.devtools("Storage.getCookies", json!({})).await?;
            let mut pages: Vec<_> = targets["targetInfos"].as_array().unwrap().iter().collect();
            // Surfaces of the browser itself.
            pages.retain(|target| target["type"] != "browser_ui");
            let blank = matches!(pages[..], [page] if page["url"] == "about:blank");
            if blank && cookies["cookies"] == json!([]) {
                return Ok(());
            }
            if began.elapsed() > CLEAN_WITHIN {
                let left = format!("{targets} {cookies}");
                return Err(WebDriverErrorInner::FatalError(left).into());
            }
            sleep(POLL_EVERY).await;
        }
    }

    async fn devtools(&self, command: &str, parameters: Value) -> WebDriverResult<Value> {
        self.driver.cdp().send_raw(command, parameters).await
    }

    /// Ends it in order, so that it is not used again.
    pub(super) async fn quit(&self, name: &str) {
        if let Err(error) = self.driver.clone().quit().await {
            say(&format!("{name} did not quit: {error}"));
        }
    }
}
