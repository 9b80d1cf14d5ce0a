//! Draws the table: for each row, how many times better than the limit it is, on a logarithmic
//! scale. The SVG follows the reader's light or dark theme.

use std::fmt::Write;

use crate::figure::{Figure, Figures, number};

const WIDTH: f64 = 900.0;
const ROW: f64 = 34.0;
const HEAD: f64 = 64.0;
/// The horizontal start and end of the scale.
const LEFT: f64 = 20.0;
const RIGHT: f64 = WIDTH - 20.0;
/// The range of the scale: from a tenth to twenty times the limit.
const LEAST: f64 = 0.1;
const MOST: f64 = 20.0;

const STYLE: &str = "
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .quiet { fill: #57606a; font-size: 12px }
  .track { fill: #eaeef2 } .good { fill: #1f883d } .fair { fill: #bf8700 } .poor { fill: #cf222e }
  .mark { stroke: #24292f; stroke-width: 1.5 } .aim { stroke-dasharray: 2 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .quiet { fill: #9198a1 } .track { fill: #21262d }
    .good { fill: #3fb950 } .fair { fill: #d29922 } .poor { fill: #f85149 } .mark { stroke: #e6edf3 }
  }";

/// The whole picture.
pub(crate) fn draw(figures: &Figures) -> String {
    let rows: Vec<(&Figure, f64)> = figures
        .0
        .iter()
        .filter(|figure| !figure.must.is_nan())
        .filter_map(|figure| Some((figure, figure.median()?)))
        .collect();
    let count = u32::try_from(rows.len()).unwrap();
    let height = HEAD + ROW * f64::from(count) + 8.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\
         <title>Chaap's measured figures against its targets</title><style>{STYLE}</style>\n"
    );
    let must = place(1.0);
    writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"20\" font-weight=\"600\">Measured, against what it must be</text>\
         <text class=\"quiet\" x=\"{LEFT}\" y=\"38\">Solid line: must be. Dashed: aim. \
         Longer is better; the scale is logarithmic.</text>\
         <text class=\"quiet\" x=\"{must:.1}\" y=\"56\" text-anchor=\"middle\">1×</text>"
    )
    .unwrap();
    let mut top = HEAD;
    for (figure, value) in rows {
        svg.push_str(&row(figure, value, top));
        top += ROW;
    }
    svg.push_str("</svg>\n");
    svg
}

fn row(figure: &Figure, value: f64, top: f64) -> String {
    let (score, aim) = (figure.score(value), figure.score(figure.aim));
    let class = match score {
        score if score >= aim => "good",
        score if score >= 1.0 => "fair",
        _ => "poor",
    };
    let (length, track) = (place(score) - LEFT, RIGHT - LEFT);
    let (text, bar) = (top + 12.0, top + 18.0);
    let (must_x, aim_x, end) = (place(1.0), place(aim), bar + 10.0);
    let (what, unit, value) = (figure.what, figure.unit, number(value));
    format!(
        "<text x=\"{LEFT}\" y=\"{text}\">{what}</text>\
         <text x=\"{RIGHT}\" y=\"{text}\" text-anchor=\"end\" font-weight=\"600\">{value} {unit}</text>\
         <rect class=\"track\" x=\"{LEFT}\" y=\"{bar}\" width=\"{track}\" height=\"8\" rx=\"4\"/>\
         <rect class=\"{class}\" x=\"{LEFT}\" y=\"{bar}\" width=\"{length:.1}\" height=\"8\" rx=\"4\"/>\
         <path class=\"mark\" d=\"M{must_x:.1} {top_mark}V{end}\"/>\
         <path class=\"mark aim\" d=\"M{aim_x:.1} {top_mark}V{end}\"/>\n",
        top_mark = bar - 2.0,
    )
}

/// The position of a score on the scale.
fn place(score: f64) -> f64 {
    let share = (score.clamp(LEAST, MOST) / LEAST).ln() / (MOST / LEAST).ln();
    LEFT + share * (RIGHT - LEFT)
}
