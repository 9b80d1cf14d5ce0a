//! One row of the table: its label, its targets, and the values measured in each round.

use std::fmt::Write;

/// A figure with its targets.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) key: &'static str,
    pub(crate) what: &'static str,
    pub(crate) unit: &'static str,
    /// The limit: it must be at least, or at most, this.
    pub(crate) must: f64,
    /// The aim: what it should be.
    pub(crate) aim: f64,
    /// Whether more is better.
    pub(crate) up: bool,
    /// The arguments of `chaap bench`, or another source.
    pub(crate) command: &'static str,
    values: Vec<f64>,
}

/// The arguments of the loads, for the table and for running them.
pub(crate) const MANY: &str = "--pairs 50 --in-flight 16";
pub(crate) const HUNDRED: &str = "--pairs 100 --in-flight 1";
pub(crate) const ONE: &str = "--pairs 1 --in-flight 1";
pub(crate) const STEADY: &str = "--pairs 50 --rate 5000";
pub(crate) const FAN_OUT: &str = "--fan-out 1000 --in-flight 16";
pub(crate) const IDLE: &str = "--pairs 0 --connections 10000 --duration 50";
const STORE: &str = "batches of 512, as in `cargo bench --bench store`";
const HERE: &str = "`benches/run`";

/// Key, label, unit, limit, aim, whether more is better, command.
type Row = (&'static str, &'static str, &'static str, f64, f64, bool, &'static str);

/// The rows of the README's table, in its order.
const ROWS: [Row; 17] = [
    (
        "many",
        "durable one to one, 50 pairs with 16 in flight each",
        "messages/s",
        40e3,
        60e3,
        true,
        MANY,
    ),
    ("share", "… as a share of what SQLite alone inserts", "%", 60.0, 85.0, true, STORE),
    ("cpu", "… server CPU for each", "µs", 25.0, 15.0, false, MANY),
    ("hundred", "100 pairs with 1 in flight each", "messages/s", 12e3, 20e3, true, HUNDRED),
    (
        "one",
        "one pair, 1 in flight: p50 until the other has it, beyond one fdatasync",
        "ms",
        0.3,
        0.15,
        false,
        ONE,
    ),
    ("steady", "5,000 messages/s on a schedule: p99 of the ack", "ms", 10.0, 5.0, false, STEADY),
    ("steady beyond", "… beyond the p99 of one fdatasync", "ms", 10.0, 5.0, false, STEADY),
    ("fan-out", "one sender to 1,000 connections", "deliveries/s", 150e3, 400e3, true, FAN_OUT),
    ("memory", "memory of an idle connection, from 1,000 to 10,000", "KiB", 6.0, 4.0, false, IDLE),
    ("idle cpu", "CPU of an idle connection, keep-alive included", "µs/s", 1.5, 1.0, false, IDLE),
    (
        "after",
        "memory after 10,000 connections have left, as a multiple of the start's",
        "×",
        2.0,
        1.5,
        false,
        IDLE,
    ),
    ("rss", "memory at the start", "MiB", 15.0, 10.0, false, HERE),
    ("binary", "static binary", "MiB", 20.0, 12.0, false, HERE),
    ("start", "start with 1 M messages", "ms", 150.0, 50.0, false, HERE),
    ("page", "page of 50 in a history of 10 M messages, p99", "ms", 2.0, 1.0, false, HERE),
    ("sync p50", "the disk: fdatasync of one page, p50", "ms", f64::NAN, f64::NAN, false, ONE),
    ("sync p99", "the disk: fdatasync of one page, p99", "ms", f64::NAN, f64::NAN, false, STEADY),
];

/// All rows.
#[derive(Debug)]
pub(crate) struct Figures(pub(crate) Vec<Figure>);

impl Figures {
    /// The rows without measurements.
    pub(crate) fn all() -> Self {
        let rows = ROWS.into_iter().map(|(key, what, unit, must, aim, up, command)| Figure {
            key,
            what,
            unit,
            must,
            aim,
            up,
            command,
            values: Vec::new(),
        });
        Self(rows.collect())
    }

    /// Adds the value of a round.
    pub(crate) fn note(&mut self, key: &str, value: f64) {
        let figure = self.0.iter_mut().find(|figure| figure.key == key);
        let figure = figure.unwrap_or_else(|| panic!("there is a row {key}"));
        assert!(value.is_finite(), "{key} was measured");
        figure.values.push(value);
        println!("  {}: {} {}", figure.what, number(value), figure.unit);
    }

    /// Panics unless every row has one value per round.
    pub(crate) fn assert_all_measured(&self, rounds: usize) {
        for figure in &self.0 {
            // Without a static build its size is missing.
            let skipped = figure.key == "binary" && figure.values.is_empty();
            assert!(skipped || figure.values.len() == rounds, "{figure:?}");
        }
    }

    /// The table in Markdown.
    pub(crate) fn table(&self) -> String {
        let mut table = String::from("| what | at least | aim | measured | command |\n");
        table.push_str("|---|---|---|---|---|\n");
        for figure in &self.0 {
            let target = |value: f64| {
                if value.is_nan() {
                    String::new()
                } else {
                    format!("{} {}", number(value), figure.unit)
                }
            };
            let (must, aim) = (target(figure.must), target(figure.aim));
            let measured = figure.median().map_or_else(String::new, target);
            let command = match figure.command {
                arguments if arguments.starts_with("--") => format!("`chaap bench {arguments}`"),
                other => other.to_owned(),
            };
            let what = figure.what;
            writeln!(table, "| {what} | {must} | {aim} | **{measured}** | {command} |").unwrap();
        }
        table
    }
}

impl Figure {
    /// The median of the rounds.
    pub(crate) fn median(&self) -> Option<f64> {
        let mut values = self.values.clone();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    }

    /// How many times better than the limit; below 1 it is worse.
    pub(crate) fn score(&self, value: f64) -> f64 {
        // Avoids dividing by zero when the value is too small to measure.
        let value = value.max(self.must / 1e3);
        if self.up { value / self.must } else { self.must / value }
    }
}

/// Three significant digits, with separators for thousands.
pub(crate) fn number(value: f64) -> String {
    if value.abs() < 100.0 {
        let digits = if value.abs() < 10.0 { 2 } else { 1 };
        let text = format!("{value:.digits$}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        return text.to_owned();
    }
    let whole = format!("{value:.0}");
    let places = whole.chars().enumerate();
    let spaced = places.flat_map(|(place, digit)| {
        let comma = place > 0 && (whole.len() - place).is_multiple_of(3);
        comma.then_some(',').into_iter().chain([digit])
    });
    spaced.collect()
}
