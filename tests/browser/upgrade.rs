//! A page from before an upgrade of the server that wants a part which it has not loaded yet.
//!
//! The service worker keeps the files of such a page. It is missing on plain http in a network, and
//! here, where it is not in the folder.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{Browser, TestServer, World, run};

/// The version of the page after the upgrade.
const NEXT: &str = "fedcba9876543210";

/// The page inside the program as a folder, which can be changed.
struct Page {
    folder: PathBuf,
    version: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl Page {
    async fn of(server: &TestServer) -> Self {
        let worker = String::from_utf8(server.download("/sw.js").await).unwrap();
        let addresses: Vec<_> =
            worker.split(['"', '`', ',']).filter(|text| text.starts_with("/a/")).collect();
        let version = addresses[0].split('/').nth(2).unwrap().to_owned();
        let mut files = BTreeMap::from([("index.html".into(), server.download("/").await)]);
        for address in &addresses {
            let path = address.splitn(4, '/').last().unwrap();
            if !path.is_empty() {
                files.insert(path.to_owned(), server.download(address).await);
            }
        }
        assert!(files.len() > 20 && version.len() == 16, "{version}: {:?}", files.keys());
        let page = Self { folder: server.data().join("page"), version, files };
        page.write();
        page
    }

    fn write(&self) {
        for (path, content) in &self.files {
            let target = self.folder.join(path);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::write(target, content).unwrap();
        }
    }

    /// Another version of all files.
    fn upgrade(&mut self) {
        for content in self.files.values_mut() {
            if let Ok(text) = std::str::from_utf8(content) {
                *content = text.replace(&self.version, NEXT).into_bytes();
            }
        }
        self.write();
    }

    fn remove(&self, path: &str) {
        fs::remove_file(Path::new(&self.folder).join(path)).unwrap();
    }
}

/// The note says this, and that is its action; empty for none.
async fn until_told(page: &Browser, words: &str, action: &str) {
    let told = "const note = $('toast'), [words, action] = arguments
        return note?.textContent.includes(words) && (action ? $('toast-action').textContent === action : !shown($('toast-action')))";
    page.until(words, told, json!([words, action])).await;
}

async fn open_menu(page: &Browser) {
    page.until("the menu", "$('menu').click(); return shown($('sign-out'))", json!([])).await;
}

#[test]
fn a_page_from_before_an_upgrade_offers_to_reload_when_a_part_is_wanted() {
    run(|mut world: World| async move {
        world.server.serve_page(None).await;
        let mut files = Page::of(&world.server).await;
        world.server.serve_page(Some(&files.folder)).await;
        let (page, _) = world.page_beside_bob("Hello").await;
        open_menu(&page).await;
        page.press(Key::Escape).await;

        // The connection comes back by itself, to a server with another page.
        files.upgrade();
        world.server.stop().await;
        page.until_connection("offline").await;
        world.server.start_again().await;
        page.until_ready().await;
        page.press_with(Key::Control, "k").await;
        until_told(&page, "has been updated", "Reload").await;
        assert_eq!(page.js("return $('switcher')", json!([])).await, json!(null));

        // A part that the new version no longer has.
        files.remove("js/people/contact-panel.js");
        page.click_on("contact").await;
        until_told(&page, "has been updated", "Reload").await;
        assert_eq!(page.js("return all('toast').length", json!([])).await, 1);

        page.click_on("toast-action").await;
        page.until_ready().await;
        let address = format!(
            "return document.querySelector('script[type=module]').src.includes('/{NEXT}/')"
        );
        assert_eq!(page.js(&address, json!([])).await, true);
        page.press_with(Key::Control, "k").await;
        page.until("the switcher", "return shown($('switcher'))", json!([])).await;
    });
}

#[test]
fn without_the_server_the_page_does_not_speak_of_an_upgrade() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        world.server.stop().await;
        page.press_with(Key::Control, "k").await;
        until_told(&page, "cannot be reached", "").await;
    });
}
