//! Chaap as people meet it: the page in a real Chromium, against a real server.
//!
//! Every test ends with the same question: did any page report an error or a violation of its
//! security policy? What the server alone can prove belongs in `tests/it`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod kit;

mod chat; // two people, ticks, badges, the composer
mod connection; // a server that restarts, a line that breaks
mod history; // paging upwards, the unread line
mod hostile; // names and texts that would rather be markup
mod keeping; // pinned, archived, muted, deleted for me
mod keyboard; // no mouse
mod looks; // contrast, layout shift, widths, the phone
mod modules; // the reducer, run in the browser that will run it
mod offline; // without a connection, and what is kept
mod profile; // names, pictures, the password, who somebody is
mod screenshots; // pictures for the README, on demand
mod session; // signing in, staying, leaving
mod settings; // language, theme, Enter, what tells of new messages
mod visibility; // what nobody looks at is not read
mod words; // marks in texts, answers, emoji
