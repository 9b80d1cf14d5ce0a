//! Chaap as people meet it: the page in a real Chromium, against a real server.
//!
//! Every test ends with the same question: did any page report an error or a violation of its
//! security policy? What the server alone can prove belongs in `tests/it`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod kit;

mod axe; // what would keep people out
mod chat; // two people, ticks, badges, the composer
mod connection; // a server that restarts, a line that breaks
mod details; // small things that everybody expects
mod devices; // several tabs of one person
mod emoji; // found and named in the reader's language
mod healing; // frames that never arrive
mod history; // paging upwards, the unread line
mod hostile; // names and texts that would rather be markup
mod keeping; // pinned, archived, muted, deleted for me
mod keyboard; // no mouse
mod list; // what a row says
mod looks; // contrast, layout shift, widths, the phone
mod measure; // how fast, on demand
mod modules; // the reducer, run in the browser that will run it
mod notices; // the desktop, the sound, the title
mod offline; // without a connection, and what is kept
mod outages; // anything may happen to devices, network and server
mod privacy; // hidden receipts and last seen, when a message was read
mod profile; // names, pictures, the password, who somebody is
mod queue; // what waits for the server: what fails alone, what survives
mod reconnect; // when a page tries again
mod screenshots; // pictures for the README, on demand
mod sending; // the bubble, the refusal, typing
mod senses; // colours of one's own, no motion
mod session; // signing in, staying, leaving
mod settings; // language, theme, Enter
mod touch; // fingers, notches, keyboards, double size
mod visibility; // what nobody looks at is not read
mod weight; // what a first visit costs
mod words; // marks in texts, answers, emoji
