//! The fields of a server's text frame that the load test reads.

use serde::Deserialize;

use super::cid::CID_CHARS;

/// Which message a frame is about, and what it says about it.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Fields<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'a str,
    #[serde(default)]
    pub(super) cid: Option<&'a str>,
    #[serde(default)]
    pub(super) chat_id: Option<i64>,
    #[serde(default)]
    pub(super) seq: Option<u32>,
    #[serde(default)]
    pub(super) code: Option<&'a str>,
    #[serde(default)]
    pub(super) revision: Option<i64>,
    #[serde(default)]
    pub(super) changed: Option<i64>,
}

impl<'a> Fields<'a> {
    /// Reads a text frame.
    pub(super) fn parse(text: &'a str) -> Result<Self, String> {
        match Self::parse_new_message(text) {
            Some(fields) => Ok(fields),
            None => serde_json::from_str(text)
                .map_err(|e| format!("a frame could not be read ({e}): {text}")),
        }
    }

    /// Reads a new message without the JSON parser: nearly all frames are one. Returns `None`
    /// unless the frame has exactly the fields that the load test causes, in the order in which
    /// Chaap writes them.
    fn parse_new_message(text: &'a str) -> Option<Self> {
        let (_, rest) = number(text.strip_prefix(r#"{"type":"message","id":"#)?)?;
        let (chat_id, rest) = number(rest.strip_prefix(r#","chat_id":"#)?)?;
        let (seq, rest) = number(rest.strip_prefix(r#","seq":"#)?)?;
        let (_, rest) = number(rest.strip_prefix(r#","sender_id":"#)?)?;
        let (content, rest) = string(rest.strip_prefix(r#","content":"#)?)?;
        let (cid, rest) = string(rest.strip_prefix(r#","cid":"#)?)?;
        let (_, rest) = number(rest.strip_prefix(r#","created_at":"#)?)?;
        let (changed, rest) = number(rest.strip_prefix(r#","changed":"#)?)?;
        let is_whole = rest == "}" && cid.len() == CID_CHARS && !content.contains('\\');
        is_whole.then_some(Self {
            kind: "message",
            cid: Some(cid),
            chat_id: Some(chat_id),
            seq: Some(u32::try_from(seq).ok()?),
            changed: Some(changed),
            ..Self::default()
        })
    }
}

/// The number at the beginning of `json`, and what comes after it.
fn number(json: &str) -> Option<(i64, &str)> {
    let digits = json.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = json.split_at(digits);
    Some((number.parse().ok()?, rest))
}

/// The string at the beginning of `json` up to its next quotation mark, and what comes after it.
fn string(json: &str) -> Option<(&str, &str)> {
    json.strip_prefix('"')?.split_once('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const CID: &str = "0192f0c1-2345-7abc-8def-000700000009";

    fn message(content: &str, more: &str) -> String {
        format!(
            r#"{{"type":"message","id":12,"chat_id":3,"seq":45,"sender_id":6,"content":"{content}","#
        ) + &format!(r#""cid":"{CID}","created_at":1700000000000,"changed":12{more}}}"#)
    }

    #[test]
    fn a_new_message_is_read_without_the_json_parser() {
        let text = message("half past seven still has seats ✓", "");
        let fields = Fields::parse_new_message(&text).unwrap();
        assert_eq!((fields.kind, fields.cid), ("message", Some(CID)));
        assert_eq!((fields.chat_id, fields.seq, fields.changed), (Some(3), Some(45), Some(12)));
        assert_eq!(fields, serde_json::from_str(&text).unwrap());
    }

    #[test]
    fn any_other_frame_is_left_to_the_json_parser() {
        let whole = message("x", "");
        let others = [
            message(r#"\"cid\":\"y\""#, ""),
            message(r"\\", ""),
            message("x", r#","mentions":[1]"#),
            whole.replace(r#""type":"message","#, "").replace('}', r#","type":"message"}"#),
            whole.replace(r#""seq":45"#, r#""seq":null"#),
            whole.replace(',', ", "),
            String::from(r#"{"type":"presence","user_id":1,"online":true}"#),
            format!(r#"{{"type":"ack","cid":"{CID}","message_id":12,"chat_id":3,"seq":45}}"#),
        ];
        for text in others {
            assert_eq!(Fields::parse_new_message(&text), None, "{text}");
            let expected = serde_json::from_str(&text).unwrap();
            assert_eq!(Fields::parse(&text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn a_damaged_frame_is_an_error() {
        let whole = message("x", "");
        for length in 0..whole.len() {
            assert!(Fields::parse(&whole[..length]).is_err(), "{length} bytes");
        }
        for bad in [whole.replace("45", "4x5"), whole.replace("45", "-4"), whole + "}"] {
            assert!(Fields::parse(&bad).is_err(), "{bad}");
        }
    }
}
