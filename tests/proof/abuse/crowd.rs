//! People who use a server as people do: they write to each other, ask for things and sign in.

use std::{fmt, time::Duration};

use hyper::StatusCode;
use serde_json::json;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use super::requests::Client;
use crate::{
    bench::register,
    kit::{Device, PASSWORD, Program, User, within},
};

/// Pairs who talk.
const PAIRS: usize = 5;
/// How often each of them does something: as often as a quick writer, and far from every limit.
const EVERY: Duration = Duration::from_millis(60);
/// Where people sign in from, as a proxy tells it. The strangers come from no known address.
const ELSEWHERE: &str = "198.51.100.7";
/// How often somebody signs in, where sign-ins are measured.
const SIGN_IN_EVERY: Duration = Duration::from_millis(400);

/// People with accounts.
pub(crate) struct Crowd {
    address: String,
    people: Vec<User>,
}

/// What they waited for.
#[derive(Default)]
pub(crate) struct Waits {
    /// From sending a text to its ack and its arrival.
    pub(crate) texts: Times,
    /// `GET /user`.
    pub(crate) requests: Times,
    pub(crate) sign_ins: Times,
    /// Requests and sign-ins that the server refused.
    pub(crate) refused: Vec<String>,
}

impl Crowd {
    pub(crate) async fn register(program: &Program) -> Self {
        let names: [String; 2 * PAIRS] = std::array::from_fn(|place| format!("person{place}"));
        let people = register(program, names.each_ref().map(String::as_str)).await;
        Self { address: program.address.clone(), people: people.into() }
    }

    /// The same people after the server was started again.
    pub(crate) fn at(&self, address: &str) -> Self {
        let people = self.people.iter().map(|person| person.at(address)).collect();
        Self { address: address.to_owned(), people }
    }

    /// Everybody signs in once, as they did before the abuse began.
    pub(crate) async fn settle(&self) {
        for person in &self.people {
            assert_eq!(self.sign_in_once(person).await, Some(StatusCode::OK), "before the abuse");
        }
    }

    /// Uses the server until then, and says how long everything took.
    pub(crate) async fn watch(&self, until: Instant, signs_in: bool) -> Waits {
        let mut waits = Waits::default();
        let mut texts = JoinSet::new();
        for pair in self.people.chunks_exact(2) {
            texts.spawn(talk(pair[0].clone(), pair[1].clone(), until));
        }
        let ((requests, mut refused), (sign_ins, refused_sign_ins)) =
            tokio::join!(self.ask(until), async {
                if signs_in { self.sign_in(until).await } else { Default::default() }
            });
        while let Some(times) = texts.join_next().await {
            waits.texts.0.extend(times.unwrap().0);
        }
        waits.texts.0.sort_unstable();
        refused.extend(refused_sign_ins);
        Waits { requests, sign_ins, refused, ..waits }
    }

    /// The times, and what was refused.
    async fn ask(&self, until: Instant) -> (Times, Vec<String>) {
        let mut client = Client::new(&self.address);
        let (mut times, mut refused) = (Vec::new(), Vec::new());
        while Instant::now() < until {
            let began = Instant::now();
            let reply = client.get("/user", &self.people[0].token).await;
            if reply != Some(StatusCode::OK) {
                refused.push(format!("a request: {reply:?}"));
            }
            times.push(began.elapsed());
            sleep(EVERY).await;
        }
        (Times::from_iter(times), refused)
    }

    /// Different people, one after the other.
    async fn sign_in(&self, until: Instant) -> (Times, Vec<String>) {
        let (mut times, mut refused) = (Vec::new(), Vec::new());
        for person in self.people.iter().cycle() {
            if Instant::now() >= until {
                break;
            }
            let began = Instant::now();
            let reply = self.sign_in_once(person).await;
            if reply != Some(StatusCode::OK) {
                refused.push(format!("a sign-in of {}: {reply:?}", person.username));
            }
            times.push(began.elapsed());
            sleep(SIGN_IN_EVERY).await;
        }
        (Times::from_iter(times), refused)
    }

    async fn sign_in_once(&self, person: &User) -> Option<StatusCode> {
        let body = json!({ "username": person.username, "password": PASSWORD });
        let mut client = Client::from(&self.address, ELSEWHERE);
        client.post("/login", "", &body.to_string()).await
    }
}

/// Sends at least one text. The first also waits until both are connected.
async fn talk(one: User, other: User, until: Instant) -> Times {
    let (mut times, mut began) = (Vec::new(), Instant::now());
    let (mut sender, mut receiver): (Device, Device) = (one.connect().await, other.connect().await);
    loop {
        let cid = sender.send_to(&other, "do you notice?").await;
        within("a text during an abuse", async {
            assert_eq!(sender.next_of("ack").await["cid"], cid);
            receiver.next_of("message").await;
        })
        .await;
        times.push(began.elapsed());
        if Instant::now() >= until {
            return Times::from_iter(times);
        }
        sleep(EVERY).await;
        began = Instant::now();
    }
}

/// Sorted durations.
#[derive(Default)]
pub(crate) struct Times(Vec<Duration>);

impl FromIterator<Duration> for Times {
    fn from_iter<I: IntoIterator<Item = Duration>>(times: I) -> Self {
        let mut times: Vec<_> = times.into_iter().collect();
        times.sort_unstable();
        Self(times)
    }
}

impl Times {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The median.
    pub(crate) fn p50(&self) -> Duration {
        self.0[self.0.len() / 2]
    }

    pub(crate) fn p99(&self) -> Duration {
        self.0[self.0.len() * 99 / 100]
    }

    /// Zero if there are none.
    pub(crate) fn slowest(&self) -> Duration {
        self.0.last().copied().unwrap_or_default()
    }

    /// Both with their ratio, in words.
    pub(crate) fn beside(&self, spared: &Self) -> String {
        let ratio = |one: Duration, other: Duration| one.as_secs_f64() / other.as_secs_f64();
        format!(
            "p50 {:.1?}, spared {:.1?}: {:.2}x; p99 {:.1?}, spared {:.1?}: {:.2}x",
            self.p50(),
            spared.p50(),
            ratio(self.p50(), spared.p50()),
            self.p99(),
            spared.p99(),
            ratio(self.p99(), spared.p99()),
        )
    }
}

impl fmt::Debug for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1?} (p99 {:.1?})", self.p50(), self.p99())
    }
}
