//! Hundreds of slow and hostile clients (with `CHAAP_STORM=1000` a thousand, and the timeouts of a
//! real server): they are disconnected in time, cost bounded memory, and hardly affect others.
//!
//! The attackers share the machine with the server and the measurement. So a second server that is
//! not attacked is measured at the same time in the same way: its latency shows the load of the
//! machine, and what the attacked server has beyond that is the attack. The ratio is printed; the
//! assertions allow more, because the machine may be busy.

mod attacks;
mod witness;

use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::sync::oneshot;

use self::{attacks::Attack, witness::Witness};
use crate::{
    bench::{alone, count, process::Process, raise_descriptors, register, say, skip},
    kit::Program,
};

/// Clients of an attack in an ordinary run, and in a full one.
const USUALLY: usize = 100;
const FULL: usize = 1_000;
/// How much the memory may grow over all attacks.
const GROWTH_KIB_MAX: usize = 150 * 1024;
/// How soon slow clients must be disconnected.
const CUT_MAX: Duration = Duration::from_secs(30);

#[test]
fn slow_and_hostile_clients_are_disconnected_and_hardly_affect_others() {
    let clients = count("CHAAP_STORM", USUALLY);
    alone(async {
        if let Err(limit) = raise_descriptors(2 * clients + 500) {
            return skip("storms", &format!("there are too few descriptors ({limit})"));
        }
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        // Shorter timeouts in the ordinary run, to save time.
        let seconds = if clients < FULL { "3" } else { "" };
        let timeouts = ["--read-seconds", seconds, "--write-seconds", seconds];
        let timeouts = if seconds.is_empty() { &[][..] } else { &timeouts[..] };
        let program = Program::serve_under("env", ["-u", "CHAAP_LISTEN"], &data, timeouts).await;
        let spared = Program::serve(&folder.path().join("spared")).await;
        let [carol, dave] = register(&spared, ["carol", "dave"]).await;
        let mut bystander = Witness::new(&carol, &dave).await;
        let process = Process::of(program.pid());
        let [alice, bob, mallory, trudy] =
            register(&program, ["alice", "bob", "mallory", "trudy"]).await;
        let mut witness = Witness::new(&alice, &bob).await;
        let quiet = witness.watch(tokio::time::sleep(Duration::from_secs(1))).await;
        let (mut least, sockets) = (process.memory_kib(), process.sockets());
        say(&format!("{clients} clients; p99 of others without an attack: {quiet:.1?}"));
        for attack in Attack::ALL {
            let began = Instant::now();
            let storm = attack.run(clients, &program.address, &mallory, &trudy);
            let held = tokio::spawn(storm);
            let (over, ended) = oneshot::channel();
            let gone = async {
                let held = held.await.unwrap();
                while process.sockets() > sockets {
                    assert!(began.elapsed() < 2 * CUT_MAX, "{attack:?}: not disconnected");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                drop(held);
                over.send(()).unwrap();
            };
            let aside = bystander.watch(async { ended.await.unwrap() });
            let (p99, aside) = tokio::join!(witness.watch(gone), aside);
            let took = began.elapsed();
            // The start takes memory that it returns later.
            least = least.min(process.memory_kib());
            let growth = process.memory_peak_kib() - least;
            say(&format!(
                "{attack:?}: over after {took:.1?}, p99 of others {p99:.1?}, of a server beside it \
                 {aside:.1?}: {:.2}x, memory +{} MiB",
                p99.as_secs_f64() / aside.as_secs_f64(),
                growth / 1024
            ));
            assert!(took < CUT_MAX + Duration::from_secs(10), "{attack:?}: {took:?}");
            assert!(p99 < 3 * aside + Duration::from_millis(100), "{attack:?}: {p99:?}");
            assert!(growth < GROWTH_KIB_MAX, "{attack:?}: +{growth} KiB");
        }
        assert_eq!(program.get("/readyz").await.status, 200);
    });
}
