//! Runs scripts in the service worker of a browser. The driver knows only pages; the `DevTools`
//! address of the browser also knows workers.

use serde_json::{Value, json};

use super::{Browser, http, poll, sockets::Socket};

/// A connection to the worker of the page, while the browser lets it run.
pub(crate) struct Worker {
    line: Socket,
    session: Value,
    asked: i64,
}

impl Worker {
    /// Waits until the worker of this browser runs.
    pub(crate) async fn of(page: &Browser) -> Self {
        let options = page.driver.handle().capabilities().get("goog:chromeOptions").unwrap();
        let address =
            options["debuggerAddress"].as_str().unwrap().replace("localhost", "127.0.0.1");
        let version = http::request(&address, "GET", "/json/version", &[], "").await.json();
        let socket = version["webSocketDebuggerUrl"].as_str().unwrap();
        let path = &socket[socket.find("/devtools").unwrap()..];
        let mut line = Socket::open(&address, path, &[]).await;
        let mut asked = 0;
        let target = poll(async || {
            asked += 1;
            let targets =
                ask(&mut line, json!({ "id": asked, "method": "Target.getTargets" })).await;
            let targets = targets["targetInfos"].as_array().unwrap();
            let worker = targets.iter().find(|target| target["type"] == "service_worker")?;
            Some(worker["targetId"].clone())
        })
        .await
        .expect("no service worker started");
        asked += 1;
        let attach = json!({
            "id": asked, "method": "Target.attachToTarget",
            "params": { "targetId": target, "flatten": true },
        });
        let session = ask(&mut line, attach).await["sessionId"].clone();
        Self { line, session, asked }
    }

    /// Runs the body of an `async` function there and returns its result.
    pub(crate) async fn js(&mut self, script: &str) -> Value {
        self.asked += 1;
        let evaluate = json!({
            "id": self.asked, "sessionId": self.session, "method": "Runtime.evaluate",
            "params": {
                "expression": format!("(async () => {{ {script} }})()"),
                "awaitPromise": true, "returnByValue": true,
            },
        });
        let answer = ask(&mut self.line, evaluate).await;
        assert!(
            answer["exceptionDetails"].is_null(),
            "{}\nin: {script}",
            answer["exceptionDetails"]
        );
        answer["result"]["value"].clone()
    }
}

/// Sends a command and waits for the answer. Drops events in between.
async fn ask(line: &mut Socket, question: Value) -> Value {
    line.send(&question).await;
    loop {
        let frame = line.next().await;
        if frame["id"] == question["id"] {
            assert!(frame["error"].is_null(), "{}\nasked: {question}", frame["error"]);
            return frame["result"].clone();
        }
    }
}
