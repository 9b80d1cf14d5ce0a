//! The tools of every test: [`World`] (a server, users, browsers), and waits that end.
//!
//! [`run`] creates a world for a test and closes it afterwards: it asks pages for faults, cleans
//! the browsers for the next test and stops the server. A failed test leaves a screenshot of every
//! page in `target/tmp`.

mod browser;
mod chromedriver;
mod chromium;
mod dice;
mod groups;
mod ledger;
mod page;
mod proxy;
mod seed;
mod server;
mod worker;

// The sockets and requests of the integration tests.
#[path = "../it/kit/http.rs"]
#[expect(dead_code, reason = "shared with tests/it, which uses more of it")]
mod http;
#[path = "../it/kit/process.rs"]
#[expect(dead_code, reason = "shared with tests/it, which uses more of it")]
mod process;
#[path = "../it/kit/sockets.rs"]
#[expect(dead_code, reason = "shared with tests/it, which uses more of it")]
mod sockets;

use std::{
    io::Write,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, Once, PoisonError, RwLock},
    time::{Duration, Instant},
};

use tokio::{runtime, time::sleep};

pub(crate) use self::{
    browser::Browser,
    dice::{Dice, seed},
    ledger::Ledger,
    page::{MODULES, Shown, kept, phone, until_gone, until_installed, until_kept, until_shown},
    proxy::{Fate, Proxy, Way},
    server::{TestServer, User},
    sockets::Device,
    worker::Worker,
};
use self::{chromium::Chromium, http::Reply};

/// Long enough for a browser on a busy machine, short enough to end a hang.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// The interval of polling a page.
const POLL_EVERY: Duration = Duration::from_millis(25);
/// The password of every test account.
pub(crate) const PASSWORD: &str = "correct horse";

/// Each test has its own server and browsers, so as many run at a time as the harness has threads.
/// A test that judges the speed of the page has the machine for itself.
static MACHINE: RwLock<()> = RwLock::new(());
static SKIPPED: Once = Once::new();

/// Runs a test in its own world, or prints once why no browser test runs.
pub(crate) fn run<F: Future<Output = ()>>(test: impl FnOnce(World) -> F) {
    run_with(TestServer::here(), test);
}

/// Like [`run`], while no other test runs, and with new browsers.
pub(crate) fn run_alone<F: Future<Output = ()>>(test: impl FnOnce(World) -> F) {
    let _all = MACHINE.write().unwrap_or_else(PoisonError::into_inner);
    run_now(TestServer::here(), false, test);
}

/// Like [`run`], with the page in plain modules, of which the test imports some. Elsewhere the page
/// is the joined one that people get.
pub(crate) fn run_on_modules<F: Future<Output = ()>>(test: impl FnOnce(World) -> F) {
    run_with(TestServer::here().with_modules(), test);
}

/// Like [`run`], with the program as the server, which can then be killed, and plain modules.
pub(crate) fn run_with_program<F: Future<Output = ()>>(test: impl FnOnce(World) -> F) {
    run_with(TestServer::program().with_modules(), test);
}

fn run_with<F: Future<Output = ()>>(server: TestServer, test: impl FnOnce(World) -> F) {
    let _part = MACHINE.read().unwrap_or_else(PoisonError::into_inner);
    run_now(server, true, test);
}

fn run_now<F: Future<Output = ()>>(server: TestServer, reuse: bool, test: impl FnOnce(World) -> F) {
    let Some(program) = chromedriver::find() else {
        let required = std::env::var("CHAAP_BROWSER").is_ok_and(|value| value == "required");
        assert!(!required, "CHAAP_BROWSER=required, but there is no chromedriver");
        SKIPPED.call_once(|| say("browser tests skipped: no chromedriver; tests/run installs one"));
        return;
    };
    let runtime =
        runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let world = runtime.block_on(World::start(program, server, reuse));
    // On this thread, so that the harness assigns a panic to its test.
    let ended = catch_unwind(AssertUnwindSafe(|| runtime.block_on(test(world.clone()))));
    let (faults, clean) = runtime.block_on(world.end(ended.is_err()));
    drop(runtime);
    Chromium::give_back(clean);
    if let Err(panic) = ended {
        resume_unwind(panic);
    }
    assert!(faults.is_empty(), "the pages reported:\n{}", faults.join("\n"));
}

/// Writes past the test harness, which would hide it.
pub(crate) fn say(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}

/// Waits for a future and fails the test if it does not complete in time.
pub(crate) async fn within<F: Future>(what: &str, future: F) -> F::Output {
    let waited = tokio::time::timeout(PATIENCE, future).await;
    waited.unwrap_or_else(|_| panic!("{what}: nothing within {PATIENCE:?}"))
}

/// Polls until there is an answer, for changes that no event announces. `None` after [`PATIENCE`].
pub(crate) async fn poll<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return Some(answer);
        }
        if began.elapsed() > PATIENCE {
            return None;
        }
        sleep(POLL_EVERY).await;
    }
}

/// Polls until the answer is true.
pub(crate) async fn eventually(what: &str, mut ask: impl AsyncFnMut() -> bool) {
    let came = poll(async || ask().await.then_some(())).await;
    came.unwrap_or_else(|| panic!("never happened: {what}"));
}

/// A new `cid` for a message.
fn new_cid() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// The server and browsers of one test.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) server: TestServer,
    chromedriver: Arc<Path>,
    /// Whether the browsers come from earlier tests and go to later ones.
    reuse: bool,
    browsers: Arc<Mutex<Vec<Browser>>>,
}

impl World {
    async fn start(chromedriver: PathBuf, mut server: TestServer, reuse: bool) -> Self {
        server.address = server.start_again().await;
        Self { server, chromedriver: chromedriver.into(), reuse, browsers: Arc::default() }
    }

    /// A browser with an empty profile, on the sign-in card. `name` is for failure messages.
    pub(crate) async fn browser(&self, name: &str) -> Browser {
        self.browser_at(self.server.address, name).await
    }

    /// Like [`World::browser`], over a network that tests can disturb.
    pub(crate) async fn browser_behind(&self, proxy: &Proxy, name: &str) -> Browser {
        self.browser_at(proxy.address, name).await
    }

    /// Like [`World::browser`], through whatever listens at this address.
    pub(crate) async fn browser_at(&self, address: SocketAddr, name: &str) -> Browser {
        let chromium = if self.reuse {
            Chromium::take(&self.chromedriver).await
        } else {
            Chromium::start(&self.chromedriver).await
        };
        let browser = Browser::on(chromium, address, name).await;
        self.browsers.lock().unwrap().push(browser.clone());
        browser.open("/").await;
        browser
    }

    /// A browser in which this user has signed in.
    pub(crate) async fn browser_of(&self, user: &User) -> Browser {
        let browser = self.browser(&user.username).await;
        browser.sign_in(&user.username, PASSWORD).await;
        browser
    }

    /// Alice's page with the chat with Bob open, who has sent a message. Also returns both users.
    pub(crate) async fn page_beside_bob(&self, said: &str) -> (Browser, [User; 2]) {
        let [alice, bob] = self.server.users(["alice", "bob"]).await;
        bob.connect().await.post_to(&alice, said).await;
        let page = self.browser_of(&alice).await;
        page.pick("bob").await;
        page.until_received(said).await;
        (page, [alice, bob])
    }

    /// A browser in which this user has signed in over a network that tests can disturb.
    pub(crate) async fn browser_of_behind(&self, proxy: &Proxy, user: &User) -> Browser {
        let browser = self.browser_behind(proxy, &user.username).await;
        browser.sign_in(&user.username, PASSWORD).await;
        browser
    }

    /// A network in front of the server, undisturbed at first.
    pub(crate) async fn proxy(&self) -> Proxy {
        Proxy::start(self.server.address).await
    }

    /// Closes everything. Returns the faults of the pages, and the browsers for other tests.
    async fn end(self, failed: bool) -> (Vec<String>, Vec<Arc<Chromium>>) {
        let browsers = std::mem::take(&mut *self.browsers.lock().unwrap());
        let (mut faults, mut clean) = (Vec::new(), Vec::new());
        for browser in browsers {
            if failed {
                browser.leave_picture().await;
            }
            let reported = browser.faults().await;
            let reuse = self.reuse && !failed && reported.is_empty();
            clean.extend(browser.close(reuse).await);
            faults.extend(reported);
        }
        self.server.stop().await;
        (faults, clean)
    }
}
