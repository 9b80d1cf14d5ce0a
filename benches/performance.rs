//! The figures of the README: measures every row of its table in several rounds and takes the
//! median. Prints the table and draws `benches/performance.svg`.
//!
//! The command is `benches/run`. `CHAAP_PROGRAM` names the program to measure, so that it can be
//! the released static one; without it cargo's own build is measured. With `--test` everything is
//! tiny and nothing is written: it only shows that the measurements run.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark, not the server")]

#[path = "kit/bare.rs"]
mod bare;
#[path = "performance/figure.rs"]
mod figure;
#[path = "performance/history.rs"]
mod history;
#[path = "performance/loads.rs"]
mod loads;
#[path = "performance/plot.rs"]
mod plot;

use std::path::PathBuf;

use figure::Figures;

/// The size of the measurements.
#[derive(Clone, Debug)]
struct Scale {
    program: PathBuf,
    rounds: usize,
    /// Seconds per load.
    seconds: u32,
    /// Idle connections.
    idle: u32,
    /// Seconds that idle connections are measured: two rounds of pings.
    idle_seconds: u32,
    fan_out: u32,
    /// Messages in the database for the start, and in the one for paging.
    messages: [i64; 2],
    pages: u32,
}

impl Scale {
    fn full(program: PathBuf) -> Self {
        Self {
            program,
            rounds: 5,
            seconds: 10,
            idle: 10_000,
            idle_seconds: 50,
            fan_out: 1_000,
            messages: [1_000_000, 10_000_000],
            pages: 5_000,
        }
    }

    fn tiny(program: PathBuf) -> Self {
        Self {
            program,
            rounds: 1,
            seconds: 1,
            idle: 100,
            idle_seconds: 1,
            fan_out: 20,
            messages: [1_000, 5_000],
            pages: 50,
        }
    }
}

fn main() {
    let program = std::env::var_os("CHAAP_PROGRAM").map(PathBuf::from);
    let program = program.unwrap_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_chaap")));
    let is_test = std::env::args().any(|argument| argument == "--test");
    let scale = if is_test { Scale::tiny(program) } else { Scale::full(program) };
    let mut figures = Figures::all();
    for round in 1..=scale.rounds {
        println!("round {round} of {}", scale.rounds);
        loads::measure(&scale, &mut figures);
    }
    history::measure(&scale, &mut figures);
    println!("\n{}", figures.table());
    if is_test {
        figures.assert_all_measured(scale.rounds);
        assert!(plot::draw(&figures).starts_with("<svg"), "the picture can be drawn");
    } else {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches");
        std::fs::write(folder.join("performance.svg"), plot::draw(&figures)).unwrap();
        println!("drawn: benches/performance.svg");
    }
}
