// @ts-check
/**
 * Every English word the page shows, in one place, so that a translation is one more file like this.
 * Entries are sentences, or functions of what varies. It decides no logic and touches no document.
 */

/** Dates and weekdays follow the language of the words; the clock follows the reader's own settings. */
export const LANGUAGE = "en-GB"

const plural = new Intl.PluralRules(LANGUAGE)
const count = new Intl.NumberFormat(LANGUAGE)

/** @type {(n: number, one: string, other: string) => string} */
const counted = (n, one, other) => `${count.format(n)} ${plural.select(n) === "one" ? one : other}`

export const texts = {
  // Sign-in.
  motto: "Chat on your own machine",
  signInOrCreate: "Sign in or create an account",
  signIn: "Sign in",
  createAccount: "Create account",
  username: "Username",
  password: "Password",
  usernameRule: "1 to 32 letters, digits, dots, hyphens or underscores.",
  passwordRule: "At least 8 characters.",
  showPassword: "Show the password",
  hidePassword: "Hide the password",
  capsLock: "Caps Lock is on.",
  keepSignedIn: "Keep me signed in",
  signingIn: "Signing in…",
  creating: "Creating your account…",
  signedOutByServer: "You have been signed out. Sign in again.",

  // Side column.
  chats: "Chats",
  chatsAndPeople: "Chats and people",
  people: "People",
  yourMenu: "Your menu",
  signedInAs: "Signed in as",
  signOut: "Sign out",
  notesToSelf: "Notes to self",
  notesInitial: "N",
  notesHint: "Write something down for yourself",
  filterLabel: "Filter chats and people",
  filterHint: "Find a chat or a person",
  clearFilter: "Clear the filter",
  nobodyElse: "Nobody else is here yet. Give this address to the people you want to talk to.",
  nothingMatches: (/** @type {string} */ words) => `Nothing matches “${words}”.`,
  draft: "Draft: ",
  unread: (/** @type {number} */ n) => counted(n, "unread message", "unread messages"),
  badge: (/** @type {number} */ n) => (n > 999 ? "999+" : String(n)),

  // Chat.
  backToList: "Back to the chats",
  online: "online",
  offline: "offline",
  typing: "typing…",
  lastSeen: (/** @type {string} */ when) => `last seen ${when}`,
  atTime: (/** @type {string} */ day, /** @type {string} */ time) => `${day} at ${time}`,
  messages: "Messages",
  message: "Message",
  pickFirst: "Pick someone to write to",
  send: "Send",
  jumpToLatest: "Jump to the latest message",
  jumpCounted: (/** @type {number} */ n) => `Jump to the latest message, ${counted(n, "unread message", "unread messages")}`,
  loadingOlder: "Loading older messages…",
  olderFailed: "Messages could not be loaded. Try again",
  pickTitle: "Pick someone to talk to",
  pickWords: "Chats and people are in the list. What you send is on disk before it shows its tick.",
  emptyTitle: "No messages yet. Say hello",
  emptyWords: (/** @type {string} */ name) => `Only you and ${name} will see what is written here.`,
  emptyNotesTitle: "A place for your own notes",
  emptyNotesWords: "Lists, links, things to remember. Only you see them.",
  deletedMessage: "This message was deleted.",
  edited: "edited",
  you: "You",
  yourself: "yourself",
  reply: "Reply",
  replyingTo: (/** @type {string} */ name) => `Replying to ${name}`,
  cancelReply: "Do not reply to this message",
  quoteAbsent: "This message is no longer here.",
  inReplyTo: "In reply to",
  jumpFailed: "The message could not be loaded. Try again in a moment.",
  messageMenu: "Message menu",
  copyText: "Copy text",
  emoji: "Emoji",
  emojiSearch: "Find an emoji",
  emojiFound: (/** @type {number} */ n) => `${counted(n, "emoji", "emoji")}. Choose with the arrow keys.`,
  emojiNone: "No emoji has this name.",
  emojiFailed: "The emoji could not be loaded. Check your connection and try again.",
  emojiCategories: "Categories",
  skinTone: "Skin tone",
  copied: "Copied.",
  copyFailed: "The text could not be copied. Select it and copy it by hand.",
  tooLong: "This message is too long to send. Shorten it or send it in parts.",

  // Ticks.
  tickPending: "Waiting",
  tickFailed: "Not sent",
  tickSent: "Sent",
  tickDelivered: "Delivered",
  tickRead: "Read",

  // Days.
  today: "Today",
  yesterday: "Yesterday",
  todaySmall: "today",
  yesterdaySmall: "yesterday",

  // Connection.
  connecting: "Connecting…",
  noConnection: "No connection. Trying again.",
  noConnectionFor: (/** @type {number} */ seconds) => `No connection. Trying again in ${seconds} s`,
  deviceOffline: "This device is offline. Chaap reconnects by itself.",
  tryNow: "Try now",

  // Failures and their ways out.
  tryAgain: "Try again",
  deleteIt: "Delete",
  close: "Close",
  leftLocally: "You are signed out here, but the server could not be told. It forgets this sign-in when it expires.",
  listsFailed: "Your chats could not be loaded. Trying again.",
  unknownFailure: "Something went wrong on the server. Try again in a moment.",
  unreachable: "The server cannot be reached. Check your connection and try again.",
  tooFast: (/** @type {number} */ seconds) => `Too many attempts. Wait ${counted(seconds, "second", "seconds")} and try again.`,
}

/** The categories of emoji, by their names in js/lazy/emoji-data.js. */
export const emojiCategories = new Map([
  ["recent", "Used last"],
  ["smileys", "Smileys"],
  ["people", "People"],
  ["nature", "Animals and plants"],
  ["food", "Food and drink"],
  ["travel", "Travel and places"],
  ["activities", "Activities"],
  ["objects", "Objects"],
  ["symbols", "Symbols"],
  ["flags", "Flags"],
])

/** Skin tones from none to dark. */
export const skinTones = ["No skin tone", "Light", "Medium light", "Medium", "Medium dark", "Dark"]

/** What went wrong, by the stable code of the server; a code that is missing here shows the server's own sentence. */
export const failures = new Map([
  ["username_taken", "This username is taken. Choose another one, or sign in if it is yours."],
  ["invalid_username", "Use 1 to 32 letters, digits, dots, hyphens or underscores."],
  ["invalid_password", "Use at least 8 characters."],
  ["username_missing", "Enter your username."],
  ["password_missing", "Enter your password."],
  ["password_long", "This password is too long."],
  ["invalid_credentials", "The username or the password is not right."],
  ["empty_content", "An empty message cannot be sent."],
  ["content_too_long", "This message is too long."],
  ["cid_conflict", "Another message was sent under this number."],
  ["no_such_user", "This person no longer exists."],
  ["no_such_chat", "This chat no longer exists."],
  ["no_such_message", "The message this answers no longer exists."],
  ["internal", "The server could not save this message."],
  ["invalid", "The server did not understand this message."],
])
