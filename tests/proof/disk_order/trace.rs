//! Reads the output of strace as a list of calls with the moments when they began and returned.

use std::{collections::HashMap, path::Path};

/// One system call. Moments are line numbers of the trace: strace writes one line when a call
/// begins, and another when it returns if something else happened in between.
struct Call {
    name: String,
    /// The arguments known at the beginning, which include everything that is written.
    arguments: String,
    began: usize,
    /// When it returned; `None` if the process ended first.
    returned: Option<(usize, String)>,
}

/// All calls, in the order in which they began.
pub(crate) struct Trace(Vec<Call>);

impl Trace {
    pub(crate) fn read(path: &Path) -> Self {
        let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        let (mut calls, mut under_way) = (Vec::new(), HashMap::new());
        for (moment, line) in text.lines().enumerate() {
            let Some((thread, event)) = line.split_once(' ') else { continue };
            let event = event.trim_start();
            if let Some(rest) = event.strip_prefix("<... ") {
                let call: Option<usize> = under_way.remove(thread);
                if let Some((_, result)) = rest.rsplit_once(" = ") {
                    let call: &mut Call = &mut calls[call.unwrap()];
                    call.returned = Some((moment, result.to_owned()));
                }
                continue;
            }
            let Some((name, rest)) = event.split_once('(') else { continue };
            let (arguments, returned) =
                if let Some(arguments) = rest.strip_suffix("<unfinished ...>") {
                    under_way.insert(thread.to_owned(), calls.len());
                    (arguments, None)
                } else {
                    let Some((arguments, result)) = rest.rsplit_once(" = ") else { continue };
                    (arguments, Some((moment, result.to_owned())))
                };
            let (name, arguments) = (name.to_owned(), arguments.to_owned());
            calls.push(Call { name, arguments, began: moment, returned });
        }
        Self(calls)
    }

    /// Checks the order: a text is written to the log, a sync of the log begins and returns, then
    /// the ack of its `cid` and its delivery are sent.
    pub(crate) fn check(&self, cid: &str, text: &str) {
        let (written, _) = self.first(text, Call::is_write_to_log);
        let (_, synced) = self
            .0
            .iter()
            .filter(|call| call.is_sync_of_log() && call.began > written)
            .find_map(|call| Some((call.began, call.successful_return()?)))
            .unwrap_or_else(|| panic!("no sync of the log after {text} was written to it"));
        // strace escapes quotation marks.
        let ack = format!(r#"{{\"type\":\"ack\",\"cid\":\"{cid}\""#);
        for (what, needle) in [("the ack", ack.as_str()), ("the delivery", text)] {
            let (sent, _) = self.first(needle, Call::is_write_to_socket);
            assert!(
                synced < sent,
                "{what} of {text} went out at line {sent}; the log was synced at line {synced}"
            );
        }
    }

    /// When the first call of a kind with this text began and returned.
    fn first(&self, needle: &str, kind: impl Fn(&Call) -> bool) -> (usize, usize) {
        let call = self.0.iter().find(|call| kind(call) && call.arguments.contains(needle));
        let call = call.unwrap_or_else(|| panic!("{needle} is not in the trace"));
        (call.began, call.successful_return().unwrap_or(usize::MAX))
    }
}

impl Call {
    fn is_write_to_log(&self) -> bool {
        self.name.starts_with("pwrite") && self.is_of_log()
    }

    fn is_sync_of_log(&self) -> bool {
        matches!(self.name.as_str(), "fdatasync" | "fsync") && self.is_of_log()
    }

    fn is_of_log(&self) -> bool {
        let file = self.arguments.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
        file.is_some_and(|(name, _)| name.ends_with("chaap.db-wal"))
    }

    fn is_write_to_socket(&self) -> bool {
        let is_write = matches!(self.name.as_str(), "write" | "writev" | "sendto" | "sendmsg");
        let file = self.arguments.split_once('<').map(|(_, rest)| rest);
        is_write && file.is_some_and(|name| name.starts_with("socket:") || name.starts_with("TCP"))
    }

    fn successful_return(&self) -> Option<usize> {
        let (moment, result) = self.returned.as_ref()?;
        (!result.starts_with('-')).then_some(*moment)
    }
}
