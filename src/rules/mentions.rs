//! Whom a message in a group mentions.
//!
//! A text holds `<@123>` for a user and `<@all>` for everyone. Tokens that name somebody who may not
//! be mentioned stay plain words, so a text is never refused for them.

use crate::{
    model::{Audience, Membership, Mentions, Role},
    types::UserId,
};

/// Users whom one message can mention. Further ones stay plain words.
const USERS_MAX: usize = 50;

/// How every token begins.
const START: &str = "<@";

/// As many digits as the largest id has.
const DIGITS_MAX: usize = 19;

/// What a token names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    User(UserId),
    All,
}

/// Whom a text mentions: members of the group, and everyone if its writer is an admin.
pub(crate) fn find_mentions(text: &str, members: &Audience, writer: &Membership) -> Mentions {
    if !text.contains(START) {
        return Mentions::default();
    }
    let (mut users, mut all) = (Vec::new(), false);
    for token in tokens(text) {
        match token {
            Token::All => all |= writer.role == Role::Admin,
            Token::User(id) => {
                if users.len() < USERS_MAX && !users.contains(&id) && members.includes(id) {
                    users.push(id);
                }
            }
        }
    }
    Mentions { user_ids: users.into(), all }
}

/// The tokens of a text, in its order.
fn tokens(text: &str) -> impl Iterator<Item = Token> {
    // What stands before the first start is no token.
    text.split(START).skip(1).filter_map(token)
}

/// The token whose rest begins a text. Ids are written in one way only: the page finds them by the
/// same rule (`assets/js/lib/mentions.js`).
fn token(rest: &str) -> Option<Token> {
    if rest.starts_with("all>") {
        return Some(Token::All);
    }
    let digits = rest.bytes().take(DIGITS_MAX + 1).take_while(u8::is_ascii_digit).count();
    let (id, end) = rest.split_at(digits);
    if id.starts_with('0') || !end.starts_with('>') {
        return None;
    }
    // Fails for an empty text and for ids that are too large.
    id.parse().ok().map(UserId).map(Token::User)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;
    use crate::{
        model::Stay,
        types::{ChatId, Revision},
    };

    fn writer(role: Role) -> Membership {
        let stays = vec![Stay::WHOLE].into();
        Membership { chat_id: ChatId(1), role, stays, changed: Revision(1), joined: Revision(1) }
    }

    /// Whom a text of a plain member mentions in a group of the users 1 to 200.
    fn mentioned(text: &str) -> Vec<i64> {
        let members = Audience::Members((1..=200).map(UserId).collect());
        let mentions = find_mentions(text, &members, &writer(Role::Member));
        assert!(!mentions.all);
        mentions.user_ids.iter().map(|id| id.0).collect()
    }

    #[test]
    fn members_are_mentioned_once_and_in_order() {
        assert_eq!(mentioned("<@7> and <@3>,<@7><@9>"), [7, 3, 9]);
        assert_eq!(mentioned("\u{1f600}<@1>\u{202e}<@2>`<@3>`"), [1, 2, 3]);
        assert_eq!(mentioned("<@1"), [0; 0]);
        assert_eq!(mentioned("<<@5>>"), [5]);
        assert_eq!(mentioned("<@<@5>"), [5]);
    }

    #[test]
    fn what_only_looks_like_a_token_is_words() {
        for text in [
            "",
            "hi",
            "<@>",
            "<@0>",
            "<@00>",
            "<@07>",
            "<@+7>",
            "<@-7>",
            "<@ 7>",
            "<@7 >",
            "<@7",
            "<@\u{0667}>",
            "< @7>",
            "<@201>",
            "<@9223372036854775807>",
            "<@9223372036854775808>",
            "<@18446744073709551623>",
            "<@36893488147419103239>",
            "<@77777777777777777777777777777777777777>",
            "<@7.0>",
            "<@7e0>",
            "<@0x7>",
            "<@all>",
            "<@All>",
        ] {
            assert_eq!(mentioned(text), [0; 0], "{text}");
        }
    }

    #[test]
    fn the_largest_id_is_a_token() {
        let members = Audience::Members([UserId(i64::MAX)].into());
        let found =
            find_mentions("<@9223372036854775807>", &members, &writer(Role::Member)).user_ids;
        assert_eq!(*found, [UserId(i64::MAX)]);
    }

    #[test]
    fn only_admins_mention_everyone() {
        let members = Audience::Members([UserId(1)].into());
        let by = |role| find_mentions("<@all> <@1>", &members, &writer(role));
        assert_eq!(by(Role::Admin), Mentions { user_ids: [UserId(1)].into(), all: true });
        assert_eq!(by(Role::Member), Mentions { user_ids: [UserId(1)].into(), all: false });
    }

    #[test]
    fn of_many_the_first_fifty_members_are_mentioned() {
        let tokens: Vec<String> = (1..=400).rev().map(|id| format!("<@{id}>")).collect();
        let expected: Vec<i64> = (151..=200).rev().collect();
        assert_eq!(mentioned(&tokens.concat()), expected, "those who are no members do not count");
    }

    #[test]
    fn thousands_of_tokens_take_little_time() {
        let members = Audience::Members((1..=5_000).map(UserId).collect());
        let texts = ["<@1>", "<@", "<@1", "<@999999999999999999", "<@9999>"].map(|token| {
            let count = 1_000_000 / token.len();
            token.repeat(count)
        });
        let start = Instant::now();
        for text in &texts {
            find_mentions(text, &members, &writer(Role::Admin));
        }
        // Milliseconds if linear; reading each rest to its end would take hours.
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }

    proptest! {
        #[test]
        fn any_text_mentions_at_most_fifty_members_once_each(
            pieces in prop::collection::vec("<@|[0-9]{1,20}|>|all|[a-z<@>0]{0,3}|\\PC", 0..300),
        ) {
            let found = mentioned(&pieces.concat());
            let mut once = found.clone();
            once.sort_unstable();
            once.dedup();
            prop_assert!(found.len() <= USERS_MAX && once.len() == found.len());
            prop_assert!(once.iter().all(|id| (1..=200).contains(id)));
        }

        #[test]
        fn a_member_is_found_between_any_words(
            before in "[^<]{0,20}", after in ".{0,20}", id in 1_i64..=200,
        ) {
            let found = mentioned(&format!("{before}<@{id}>{after}"));
            prop_assert_eq!(found.first(), Some(&id));
        }
    }
}
