//! A page that the server takes for foreign, because a proxy changes the host name.

use std::net::SocketAddr;

use chaap::Config;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{TcpListener, TcpStream},
};

use crate::kit::{PASSWORD, World, run, run_on_modules};

/// A proxy that puts another name into every `Host` header, as some do.
async fn renaming_proxy(server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut page, _)) = listener.accept().await {
            // The page also tries while the server restarts.
            let Ok(mut upstream) = TcpStream::connect(server).await else { continue };
            tokio::spawn(async move {
                let (mut from_page, mut to_page) = page.split();
                let (mut from_server, mut to_server) = upstream.split();
                let (old, new) = (format!("\r\nHost: {address}\r\n"), "\r\nHost: intern.lan\r\n");
                let up = async {
                    let mut bytes = vec![0; 64 * 1024];
                    // Chromium sends the head of a request in one piece.
                    while let Ok(count @ 1..) = from_page.read(&mut bytes).await {
                        let piece = &bytes[..count];
                        let renamed = match std::str::from_utf8(piece) {
                            Ok(text) => text.replace(&old, new).into_bytes(),
                            Err(_) => piece.to_vec(),
                        };
                        if to_server.write_all(&renamed).await.is_err() {
                            break;
                        }
                    }
                };
                tokio::select! {
                    () = up => {}
                    _ = copy(&mut from_server, &mut to_page) => {}
                }
            });
        }
    });
    address
}

const BANNER: &str = "const banner = document.querySelector('connection-banner:not([hidden])')
    return banner?.innerText.includes(arguments[0]) && banner.innerText";

#[test]
fn a_page_of_a_refused_origin_says_so_and_connects_once_it_is_allowed() {
    run(|world: World| async move {
        let [alice] = world.server.users(["alice"]).await;
        let address = renaming_proxy(world.server.address).await;
        let page = world.browser_at(address, "alice").await;
        page.fill_card("tab-sign-in", &alice.username, PASSWORD).await;
        let flag = format!("--allow-origin http://{address}");
        page.until("the reason", BANNER, json!([flag])).await;

        world.server.stop().await;
        let allow_origin = vec![format!("http://{address}")];
        world.server.start_with(Config { allow_origin, ..Config::default() }).await;
        page.until_connection("online").await;
    });
}

#[test]
fn the_page_and_the_server_agree_on_texts_without_anything_to_see() {
    run_on_modules(|world: World| async move {
        let [alice, bob] = world.server.users(["alice", "bob"]).await;
        let texts = [
            "",
            " \n\t",
            "\u{3164}",
            "\u{2800} \u{115f}",
            "\u{feff}\u{e0041}",
            "\u{fe0f}\u{85}",
            "\u{34f}",
            "\u{fffc}",
            "\u{13430}",
            "\u{16fe4}",
            "\u{1d159}",
            "\u{180e}\u{ad}",
            "\u{e01ef}\u{fff0}",
            "❤\u{fe0f}",
            "👩\u{200d}👧",
            "\u{301}",
            ".",
            "\u{3164}x",
            "\u{fffd}",
            "\u{e000}",
            "0",
            "ـ",
            "\u{1160}가",
        ];
        let page = world.browser("alice").await;
        let script = "const main = document.querySelector('script[type=module]').src
            const { isBlank } = await import(new URL('./lib/text.js', main))
            return args[0].map((text) => isBlank(text))";
        let by_page: Vec<Value> =
            page.js_async(script, json!([texts])).await.as_array().unwrap().clone();
        let mut device = alice.connect().await;
        for (text, is_blank) in texts.iter().zip(by_page) {
            device.send_to(&bob, text).await;
            let answer = loop {
                let frame = device.next().await;
                if ["ack", "error"].contains(&frame["type"].as_str().unwrap()) {
                    break frame;
                }
            };
            let by_server = answer["code"] == "empty_content";
            assert_eq!(is_blank, by_server, "{text:?}: {answer}");
        }
    });
}
