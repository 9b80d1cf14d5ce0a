//! The invite card where the server can be reached at several addresses.

use serde_json::json;
use thirtyfour::Key;

use crate::kit::{World, run};

/// The addresses of a server in two networks, in the place of those of this machine, which has none
/// or few. `drawn` lists the addresses whose code the page asks for; the server draws its own.
pub(crate) const NETWORKS: &str = "
    const request = window.fetch
    window.drawn = []
    window.fetch = async (path, options) => {
        const url = new URL(path, location.href)
        if (url.pathname === '/api/invite') {
            return Response.json({ addresses: window.addresses ?? ['http://192.168.1.5:8000', 'http://10.8.0.2:8000', 'http://[fd00::2]:8000'] })
        }
        if (url.pathname.endsWith('/invite.svg')) {
            drawn.push(url.searchParams.get('address'))
            url.searchParams.set('address', location.origin)
        }
        return request(url, options)
    }";

#[test]
fn the_invite_card_offers_every_address_and_its_code_follows() {
    run(|world: World| async move {
        let (page, _) = world.page_beside_bob("Hello").await;
        page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": NETWORKS })).await;
        page.reload().await;
        page.until_ready().await;
        page.click_on("menu").await;
        page.click_on("invite").await;
        let shows = "const [address] = arguments, code = $('invite-code')
            return $('invite-address').textContent === address && drawn.at(-1) === address
                && code.complete && code.naturalWidth > 0";
        page.until("the first", shows, json!(["http://192.168.1.5:8000"])).await;
        // The dialog appears from transparent.
        page.until("the choice", "return shown($('invite-select'))", json!([])).await;
        let offered = "return [...$('invite-select')].map(({ value }) => value)";
        let offered = page.js(offered, json!([])).await;
        let all = ["http://192.168.1.5:8000", "http://10.8.0.2:8000", "http://[fd00::2]:8000"];
        assert_eq!(offered, json!(all));

        page.js("window.before = $('invite-code').src; $('invite-select').focus()", json!([]))
            .await;
        page.press(Key::Down).await;
        page.until("the second", shows, json!([all[1]])).await;
        page.until("its code", "return ![before, ''].includes($('invite-code').src)", json!([]))
            .await;
        page.press(Key::Down).await;
        page.until("the third", shows, json!([all[2]])).await;

        // One address leaves nothing to choose.
        page.click_on("invite-close").await;
        page.js("window.addresses = ['http://192.168.1.5:8000']", json!([])).await;
        page.click_on("menu").await;
        page.click_on("invite").await;
        page.until("the only one", shows, json!([all[0]])).await;
        page.until("the card", "return shown($('invite-code'))", json!([])).await;
        assert_eq!(page.js("return shown($('invite-select'))", json!([])).await, false);
    });
}
