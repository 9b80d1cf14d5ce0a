//! A tab of a user's browser.

use serde_json::json;
use thirtyfour::WindowHandle;

use crate::kit::{Browser, Proxy};

#[derive(Clone)]
pub(super) struct Page {
    pub(super) browser: Browser,
    pub(super) tab: WindowHandle,
    pub(super) owner: usize,
    /// The network of this browser.
    pub(super) proxy: Proxy,
}

impl Page {
    /// Makes this tab visible, which hides the others of its browser.
    pub(super) async fn front(&self) {
        self.browser.driver.switch_to_window(self.tab.clone()).await.unwrap();
        self.browser.devtools("Page.bringToFront", json!({})).await;
    }

    /// A page that was opened without a network is not loaded.
    pub(super) async fn is_ours(&self) -> bool {
        let ours = "return Boolean(document.querySelector('message-list'))";
        self.browser.js(ours, json!([])).await == true
    }

    pub(super) async fn network(&self, on: bool) {
        self.browser.devtools("Network.enable", json!({})).await;
        let network = json!({ "offline": !on, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.browser.devtools("Network.emulateNetworkConditions", network).await;
    }
}
