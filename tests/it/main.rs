//! The integration tests, in one binary. They use a real server in this process (or the real
//! program, to test the command line and signals), real sockets and a real database file.
//!
//! The line above each module says which tests belong there. All of them use `kit`.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

/// Servers, users, sockets and plain HTTP as values; every test uses the network through it.
mod kit;

/// Who may do what in a chat: every kind of person, every route and every frame.
mod access;
/// Registration, sign-in and sign-out, lists of users, rules for usernames and passwords.
mod accounts;
/// The page and its files: content security policy, caching, compression.
mod assets;
/// The load test: compares its report with the database; what it refuses.
mod bench;
/// How much one user and one address may have at one time; descriptors kept for sign-in.
mod caps;
/// The colours of pictures: profiles become sRGB.
mod colours;
/// Thousands of clients that connect in the same moment.
mod crowds;
/// A damaged database.
mod damage;
/// The process that decodes pictures: how it is started and limited, and what it may answer.
mod decoder;
/// Disappearing messages: the timer of a chat, and what is left when a message has expired.
mod disappearing;
/// Drafts that reply to a message or edit one.
mod drafts;
/// The names of the emoji in every language.
mod emoji_words;
/// Who may read the files of the server, and files planted in its folder.
mod files;
/// Stars and hidden messages.
mod flags;
/// Forwarded messages.
mod forwarding;
/// WebSocket frames byte by byte: fragments, control frames, lengths, close codes, UTF-8.
mod frames;
/// A short run of the fuzz targets.
mod fuzz_smoke;
/// Making and keeping groups: lines, refusals, exactly once, the last admin.
mod group_changes;
/// Invite links of groups: who has one, what it shows, who joins by it.
mod group_invites;
/// How large groups get, and how often one person may change them.
mod group_limits;
/// Ticks and message info of people who came later, left, or came back.
mod group_marks;
/// Pictures of groups: who sees them, and whose stored bytes they are.
mod group_pictures;
/// Property test of groups.
mod group_props;
/// Who sees what of a group over time: stays, absences, coming back.
mod group_stays;
/// Who types in a group, and how often its members are told.
mod group_typing;
/// Groups over sockets and HTTP: what each member is sent, receipts.
mod groups;
/// Hostile HTTP: request smuggling, malformed heads, truncated bodies, other protocols.
mod hostile;
/// Pictures made to harm the server.
mod hostile_pictures;
/// Plain HTTP: bad requests, odd paths, methods, health.
mod http;
/// The bounds of queues: slow readers, floods, silent connections.
mod invite; // first steps: addresses, QR codes, display names, why one is signed out
/// Requests and frames under way when their session ends.
mod late_requests;
/// The order of the layers and the banned words, checked in the sources.
mod layers;
mod limits;
/// A database that another program has locked.
mod locks;
/// Chats too long to read at once, for clients that ask for all of them.
mod long;
/// Malformed frames that are almost valid.
mod malformed_frames;
/// Mentions in groups: what counts, and which are unread.
mod mentions;
/// When a message was delivered and read.
mod message_changes;
mod message_info;
/// Files of the database that are moved or replaced while the server runs.
mod moved;
/// Names and texts as the eye sees them: invisible characters, look-alikes, reserved names.
mod names;
/// A disk that refuses writes: what the server tells, and that signing out works.
mod no_writes;
/// Which pages may use the server, and broken upgrades.
mod origins;
/// Changing the password: which sessions it signs out.
mod password;
/// Which passwords people may choose.
mod password_rules;
/// Profile pictures: what is accepted, what is stored, how it is served.
mod pictures;
/// Messages and bodies in very many small pieces.
mod pieces;
/// Pinned messages.
mod pins;
/// A member's preferences for a chat: pinned, archived, muted, draft, deleted for oneself.
mod preferences;
/// Privacy: what users hide, and what they then do not see of others.
mod privacy;
/// The program itself: its output, its errors at start, signals, the files it leaves.
mod process;
/// Profiles: display names, about texts, and who is told of a change.
mod profile;
/// Random sequences of operations against a model.
mod props;
/// What a user and an address may do how often.
mod rates;
/// Reactions to messages.
mod reactions;
/// Locks of another program that readers need.
mod reader_locks;
/// What reads may cost: pages with a bound, slow readers, turns.
mod reads;
/// Receipts, typing, presence.
mod receipts_and_presence;
/// The recorded commands of a server make its database again.
mod replay;
/// A server restored from a backup, and how devices notice.
mod restore;
/// Scheduled messages.
mod scheduled;
/// Sending over HTTP, the `ref` of frames, and what clients of the first contract never see.
mod sending;
/// Logs and other outputs that cannot be written.
mod side_channels;
/// Floods of sign-ins, guesses of passwords, and the security log.
mod sign_in;
/// By which host names the server may be called, and what pages of other sites may send.
mod sites;
/// Clients that are slow on purpose.
mod slow;
/// Limits of storage: the quota of each user, and the reserve of free space.
mod storage;
/// The database file: how it is opened, compiled and queried.
mod store;
/// What strangers of one address may do.
mod strangers;
/// Whose presence a device is told.
mod subscriptions;
/// Catching up after an absence, and pages of history.
mod sync;
/// The texts of the page: every language has all of them.
mod texts;
/// Which tokens are valid.
mod tokens;
/// A database of an earlier release.
mod upgrade;
/// Running uploads of pictures: limits and refusals.
mod uploads;
/// Compares the table of routes with `openapi.json`.
mod url_map;
/// The socket and history of the first contract, for clients that do not know v2.
mod v1_socket;
/// The v2 socket: welcome, exactly-once sending, errors, closing.
mod v2;
