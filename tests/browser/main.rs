//! The page in a real Chromium, with a real server.
//!
//! At the end of every test, no page may have reported an error or a violation of its content
//! security policy. Tests that need only the server belong in `tests/it`.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod kit;

mod axe; // accessibility
mod chat; // two users, ticks, badges, the composer
mod clock; // time zones, midnight
mod columns; // lines that begin at one edge
mod connection; // server restarts, broken connections
mod contact; // who a chat is with, in the panel beside it
mod details; // small things
mod devices; // several tabs of one user
mod disappearing; // messages that expire: the timer, and that they are gone everywhere
mod disk; // a browser that can store nothing
mod drafts; // replies and edits under way, on every device
mod editing; // editing and deleting messages
mod emoji; // search and names in the user's language
mod emoji_tabs; // the categories of emoji on a phone
mod files; // dropped and pasted files
mod first; // an empty server, a new name, invitations, why one is signed out
mod flags; // stars, and messages deleted for oneself
mod floating; // boxes beside what opened them, apart from what they lie over
mod foot; // the composer over the messages
mod formatting; // long texts, code, lists and quotes in a chat
mod forwarding; // forwarding messages, the label on both sides
mod gallery; // every component in its states
mod group_axe; // groups: accessibility
mod group_chat; // who wrote, who is in it, who types
mod group_events; // what happened in a group, in words
mod group_info; // ticks, who has read, notifications
mod group_invites; // the invite link: who shows it, who joins by it
mod group_leaving; // who is removed, comes back, may not write
mod group_looks; // axe, contrast, a phone, Arabic
mod group_making; // making a group
mod group_members; // who is in a group, in its panel
mod group_panel; // title, description, picture, rules and leaving, in the panel of a group
mod group_picking; // choosing people, hostile names, groups in common
mod group_places; // where things stand, where Back leads
mod group_renewed; // an invite link that changes while it is shown
mod group_state; // groups in the state and in words
mod group_typing; // who types, in little room
mod group_ways; // from the menus to the panels of a group and its members
mod healing; // lost frames
mod history; // paging upwards, the unread line
mod hostile; // names and texts that look like markup
mod install; // the page as an app: manifest, offer, menu
mod invitations; // the address of the server that others can open
mod keeping; // pinned, archived, muted, deleted for oneself
mod keyboard; // everything without a mouse
mod layers; // Back, Escape and the focus over menus, dialogs and panels
mod limits; // too often, full, floods
mod list; // the rows of the chat list
mod looks; // contrast, layout shift, widths, the phone
mod magnified; // text at twice its size
mod marking; // marks and limits of what is written, the list of keys, the size of the text
mod measure; // speed, on demand
mod measure_members; // how soon the panel of a large group is there, on demand
mod measure_motion; // the longest frame of each animation, on demand
mod mention_list; // the list of members after an @, mentions in the composer
mod mentions; // mentions in the chat, the list and notices
mod message_links; // links to messages
mod mirrored; // right to left
mod modules; // unit tests of the page's modules
mod motion; // what moves in a chat, the outgoing queue
mod moving_list; // rows that glide, the header offline, empty panes
mod namesakes; // names that look alike
mod notices; // desktop notifications, sound, title
mod offline; // without a connection, and local storage
mod origins; // a refused origin; texts without anything to see
mod outages; // random failures of devices, network and server
mod panel; // the panel beside the chat
mod pins; // pinned messages: the bar, who may pin, the end of a pin
mod presence; // whose presence the page asks for
mod printing; // the print style sheet
mod prints; // pictures drawn from usernames, the pattern of a chat, the stamp
mod privacy; // hidden receipts and last seen, message info
mod profile; // names, pictures, the password, contact info
mod queue; // the outgoing queue
mod reacting; // the ways to react to a message, and who did
mod reactions; // reactions to messages: state, queue, copy, list
mod reading; // what is read: opening at the first unread message
mod reconnect; // when a page reconnects
mod reuse; // browsers that one test after another uses
mod scheduled; // messages that are sent later
mod screenshots; // pictures for the README, on demand
mod selecting; // selecting several messages, what the bar offers
mod sending; // bubbles, refused messages, typing
mod senses; // forced colours, reduced motion
mod session; // signing in, staying signed in, signing out
mod settings; // language, theme, Enter
mod sign_in; // the sign-in card by keyboard and by touch
mod signed_out; // what waits when the server ends the session
mod starred; // the panel of starred messages
mod swiping; // a swipe answers a message
mod switcher; // the quick switcher, keys from chat to chat
mod tiles; // prints of groups, cloth, names in ink
mod toasts; // short notes, their place and action
mod tokens; // colours and sizes: contrast, the font size of the browser
mod touch; // touch, notches, on-screen keyboards, zoom
mod towers; // marks over marks, links that deceive
mod undo; // archived and deleted chats, taken back
mod upgrade; // a page from before an upgrade of the server
mod visibility; // messages outside the view are not read
mod waiting; // what shows while messages load
mod weight; // the size of a first visit
mod words; // formatting, replies, emoji
mod writing; // undo, input methods
