//! The page and its files as served: content security policy, caching, compression.

use std::collections::HashMap;

use crate::kit::{Reply, TestServer};

/// The asset addresses in a page.
fn addresses(page: &Reply) -> Vec<String> {
    let text = page.text();
    let starts = text.match_indices("\"/a/").map(|(at, _)| &text[at + 1..]);
    starts.map(|rest| rest.split_once('"').unwrap().0.to_owned()).collect()
}

fn serve_folder(config: &mut chaap::Config) {
    config.assets_dir = Some(concat!(env!("CARGO_MANIFEST_DIR"), "/assets").into());
}

#[tokio::test]
async fn the_pages_have_a_policy_that_allows_nothing_foreign() {
    let server = TestServer::start().await;
    for path in ["/", "/docs"] {
        let reply = server.get(path).await;
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(reply.header("cache-control"), "no-cache");
        let policy = reply.header("content-security-policy");
        for directive in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(directive), "{path}: {directive} in {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin");
        let permissions = reply.header("permissions-policy");
        for feature in ["camera", "microphone", "geolocation", "payment", "usb"] {
            assert!(permissions.contains(&format!("{feature}=()")), "{path}: {permissions}");
        }
        let page = reply.text();
        let fetched = page.lines().filter(|line| line.contains("src=") || line.contains("<link"));
        for line in fetched {
            assert!(!line.contains("//"), "{path} fetches from elsewhere: {line}");
        }
    }
}

/// The imports decide when a module loads; its folder does not.
#[tokio::test]
async fn the_page_of_a_folder_preloads_the_modules_it_imports_at_once() {
    let server = TestServer::start_with(serve_folder).await;
    let page = server.get("/").await;
    let modules = page.text().lines().filter(|line| line.contains("\"modulepreload\"")).count();
    assert!(modules > 40, "{modules} modules were seen");
    let preloads = |path: &str| addresses(&page).iter().any(|address| address.ends_with(path));
    for path in ["/js/main.js", "/js/chats/chat-list.js", "/js/emoji/emoji-entry.js"] {
        assert!(preloads(path), "{path} is imported by the first modules");
    }
    for path in ["/js/chats/chat-menu.js", "/js/emoji/emoji-data.js", "/js/languages/de.js"] {
        assert!(!preloads(path), "{path} loads when it is wanted");
    }
}

#[tokio::test]
async fn every_file_of_a_page_exists_and_is_cached_for_a_year() {
    let server = TestServer::start().await;
    for path in ["/", "/docs"] {
        let named = addresses(&server.get(path).await);
        assert!(named.len() > 2, "{path}: {named:?}");
        for address in named {
            assert!(!address.starts_with("/a/dev/"), "{path}: {address} has no version");
            let reply = server.get(&address).await;
            assert_eq!(reply.status, 200, "{address}");
            assert_eq!(
                reply.header("cache-control"),
                "public, max-age=31536000, immutable",
                "{address}"
            );
            assert_ne!(reply.header("content-type"), "application/octet-stream", "{address}");
        }
    }
}

#[tokio::test]
async fn a_file_of_another_version_is_the_current_one_and_not_cached() {
    let server = TestServer::start().await;
    let current = addresses(&server.get("/").await).pop().unwrap();
    let [_, _, version, file] = current.splitn(4, '/').collect::<Vec<_>>()[..] else {
        panic!("{current}")
    };
    assert_eq!(version.len(), 16);
    let old = server.get(&format!("/a/0123456789abcdef/{file}")).await;
    assert_eq!(old.header("cache-control"), "no-cache");
    assert_eq!(old.body, server.get(&current).await.body);
}

#[tokio::test]
async fn a_current_copy_answers_304_without_a_body() {
    let server = TestServer::start().await;
    let first = server.get("/").await;
    let etag = first.header("etag");
    assert!(etag.starts_with('"') && etag.ends_with('"') && etag.len() > 10, "{etag}");
    for known in [etag, &format!("W/{etag}"), &format!("\"x\", {etag}"), "*"] {
        let reply = server.request("GET", "/", &[("if-none-match", known)], "").await;
        assert_eq!((reply.status, reply.body.len()), (304, 0), "{known}");
        assert_eq!(reply.header("etag"), etag);
    }
    let reply = server.request("GET", "/", &[("if-none-match", "\"other\"")], "").await;
    assert_eq!((reply.status, reply.body), (200, first.body.clone()));
}

#[tokio::test]
async fn files_are_compressed_for_clients_that_accept_it() {
    let server = TestServer::start().await;
    let plain = server.get("/").await;
    assert_eq!(plain.header("content-encoding"), "");
    for (accepted, encoding) in [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("identity", ""),
        ("br;q=0", ""),
    ] {
        let reply = server.request("GET", "/", &[("accept-encoding", accepted)], "").await;
        assert_eq!(reply.header("content-encoding"), encoding, "{accepted}");
        assert!(reply.header("vary").contains("accept-encoding"), "{accepted}");
        let smaller = reply.body.len() < plain.body.len();
        assert_eq!(smaller, !encoding.is_empty(), "{accepted}");
    }
    let reply = server.request("GET", "/", &[("accept-encoding", "gzip")], "").await;
    let mut page = Vec::new();
    let mut unpacker = flate2::read::GzDecoder::new(&reply.body[..]);
    std::io::Read::read_to_end(&mut unpacker, &mut page).unwrap();
    assert_eq!(page, plain.body);
}

#[tokio::test]
async fn the_assets_folder_serves_its_files_and_nothing_outside() {
    let server = TestServer::start_with(serve_folder).await;
    let source = include_str!("../../assets/js/main.js");
    let reply = server.get("/a/dev/js/main.js").await;
    assert_eq!((reply.text().as_str(), reply.header("cache-control")), (source, "no-store"));
    let page = server.get("/").await;
    assert!(addresses(&page).iter().all(|address| address.starts_with("/a/dev/")));
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    for path in ["/a/dev/../Cargo.toml", "/a/dev//etc/passwd", "/a/dev/.git", "/a/dev/js"] {
        assert_eq!(server.get(path).await.status, 404, "{path}");
    }
}

/// The names and the address of each `import{one as two}from"./path.js"` of a joined script, or its
/// `export{two as one}` without an address. The second name of a pair is the one it has outside.
fn lists<'s>(script: &'s str, keyword: &str) -> Vec<(Vec<&'s str>, &'s str)> {
    let start = format!("{keyword}{{");
    let lists = script.split(start.as_str()).skip(1).map(|rest| {
        let (names, rest) = rest.split_once('}').unwrap();
        let address = rest.strip_prefix("from\"").and_then(|rest| rest.split('"').next());
        let outside = |name: &'s str| match name.split_once(" as ") {
            Some((inside, _)) if keyword == "import" => inside,
            Some((_, outside)) => outside,
            None => name,
        };
        let names = names.split(',').filter(|name| !name.is_empty());
        (names.map(outside).collect(), address.unwrap_or_default())
    });
    lists.collect()
}

/// The addresses that a script loads by a call: `import("./path.js")`, quoted in any way.
fn calls(script: &str) -> Vec<&str> {
    let calls = script.split("import(").skip(1);
    calls.map(|call| call[1..].split(['"', '`', '\'']).next().unwrap()).collect()
}

fn resolve(address: &str, import: &str) -> String {
    let base = url::Url::parse(&format!("http://host{address}")).unwrap();
    base.join(import).unwrap().path().to_owned()
}

#[tokio::test]
async fn joined_scripts_find_every_file_and_every_name_they_import() {
    let server = TestServer::start().await;
    for (page, first) in [("/", "/js/main.js"), ("/docs", "/docs/docs.js")] {
        let named = addresses(&server.get(page).await);
        let scripts = named.iter().filter(|address| address.contains("/js/")).count();
        assert!(scripts <= 3, "{page} loads few scripts: {named:?}");
        let first = named.into_iter().find(|address| address.ends_with(first)).unwrap();
        let (mut scripts, mut waiting) = (HashMap::new(), vec![first]);
        while let Some(address) = waiting.pop() {
            if scripts.contains_key(&address) {
                continue;
            }
            let reply = server.get(&address).await;
            assert_eq!(reply.status, 200, "{address}");
            let script = reply.text();
            let imports = lists(&script, "import").into_iter().map(|(_, import)| import);
            let loaded = imports.chain(calls(&script)).map(|import| resolve(&address, import));
            waiting.extend(loaded);
            scripts.insert(address, script);
        }
        let mut names_read = 0;
        for (address, script) in &scripts {
            for (names, import) in lists(script, "import") {
                let from = &scripts[&resolve(address, import)];
                let exported: Vec<_> =
                    lists(from, "export").into_iter().flat_map(|(names, _)| names).collect();
                for name in names {
                    assert!(exported.contains(&name), "{address} imports {name} from {import}");
                    names_read += 1;
                }
            }
        }
        assert!(page != "/" || (scripts.len() > 15 && names_read > 60), "{page}: {names_read}");
    }
}

#[tokio::test]
async fn joined_files_have_no_comments_and_no_indents() {
    let server = TestServer::start().await;
    let mut read = 0;
    for address in addresses(&server.get("/").await) {
        if [".js", ".css"].iter().any(|end| address.ends_with(end)) {
            let text = server.get(&address).await.text();
            assert!(!text.contains("/*") && !text.contains("\n "), "{address}");
            read += 1;
        }
    }
    assert!(read > 2, "the files were read: {read}");
}
