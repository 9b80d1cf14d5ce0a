// @ts-check
/**
 * All texts of the page in English. Every other language is a file with the same keys (languages/<language>.js), which
 * `adopt` switches to. An entry is a text or a function of what varies. Each entry begins on a line `key: …` with an
 * indent of two, because tests/it/texts.rs compares the files line by line.
 */
import { UNREAD_MAX, counting, number } from "./locale.js"

const inEnglish = counting("en")

/** @type {(n: number, one: string, other: string, most?: number) => string} */
const counted = (n, one, other, most = Infinity) => inEnglish(n, { one: `# ${one}`, other: `# ${other}` }, most)

/** @param {number} n */
const unreadMessages = (n) => counted(n, "unread message", "unread messages", UNREAD_MAX)

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
  welcome: "Nobody has an account here yet. Create the first one, then invite others.",
  displayNameOptional: "Name to show (optional)",
  nameSpaces: "A username has no spaces. Use a dot or a hyphen.",
  nameSign: (/** @type {string} */ sign) => `“${sign}” is not allowed in a username.`,

  // Side column.
  chats: "Chats",
  chatsAndPeople: "Chats and people",
  people: "People",
  yourMenu: "Menu",
  signedInAs: "Signed in as",
  signOut: "Sign out",
  notesToSelf: "Notes to self",
  notesHint: "Write something down for yourself",
  filterLabel: "Search chats and people",
  filterHint: "Search chats and people",
  clearFilter: "Clear search",
  nobodyElse: "No one else is here yet. Share this address with the people you want to talk to.",
  invitePeople: "Invite people",
  inviteWords: "Anyone who opens this address can choose a name and join.",
  inviteOnlyHere: "Only this computer can open Chaap. To let others in, start the server with --listen 0.0.0.0.",
  copy: "Copy",
  share: "Share",
  printCard: "Print card",
  inviteCode: "QR code",
  otherAddress: "Choose another address",
  nothingMatches: (/** @type {string} */ words) => `No results for “${words}”.`,
  draft: "Draft: ",
  showChats: "Filter chats",
  allChats: "All",
  unreadChats: "Unread",
  noUnread: "No unread chats.",
  archived: "Archived",
  archivedWords: (/** @type {number} */ chats, /** @type {number} */ unread) =>
    `${counted(chats, "chat", "chats")}${unread > 0 ? `, ${unreadMessages(unread)}` : ""}`,
  noArchived: "No archived chats.",
  backToChats: "Back to all chats",
  pinnedSign: "Pinned",
  mutedSign: "Muted",
  archivedSign: "Archived",
  markedUnread: "Marked as unread",
  goTo: "Go to a chat, person or command",
  commands: "Commands",
  nextChat: "Next or previous chat",
  keyCtrl: "Ctrl",
  keyChoose: "choose",
  hintOpen: "open",
  hintClose: "close",
  found: (/** @type {number} */ n) => counted(n, "result", "results"),

  // The menu of a chat.
  chatMenu: "Chat menu",
  chatMenuOf: (/** @type {string} */ name) => `Chat menu for ${name}`,
  pinChat: "Pin",
  unpinChat: "Unpin",
  archiveChat: "Archive",
  unarchiveChat: "Unarchive",
  muteChat: "Mute",
  unmuteChat: "Unmute",
  muteHours: (/** @type {number} */ n) => counted(n, "hour", "hours"),
  muteWeek: "1 week",
  muteAlways: "Always",
  markUnread: "Mark as unread",
  markRead: "Mark as read",
  deleteChat: "Delete chat",
  deleteTitle: (/** @type {string} */ name) => `Delete the chat with ${name}?`,
  deleteWords: (/** @type {string} */ name) => `Its messages disappear from all your devices. ${name} keeps a copy.`,
  deleteNotesTitle: "Delete your notes?",
  deleteNotesWords: "They disappear from all your devices. No one else has a copy.",
  deleteGroupWords: "Its messages disappear from all your devices. The other members keep a copy.",
  cancel: "Cancel",
  notChanged: (/** @type {string} */ why) => `The chat was not changed. ${why}`,
  notDeleted: (/** @type {string} */ why) => `The chat was not deleted. ${why}`,
  copyUsername: "Copy username",
  undo: "Undo",
  chatArchived: "Chat archived.",
  chatDeleted: "Chat deleted.",
  busyServer: "The server is busy. Try again in a moment.",
  unread: (/** @type {number} */ n) => unreadMessages(n),
  badge: (/** @type {number} */ n) => number(n, UNREAD_MAX),

  // Chat.
  backToList: "Back to chats",
  online: "online",
  typing: "typing…",
  // The header of a phone has room for about 30 characters, hence the abbreviations in some languages.
  lastSeen: (/** @type {string} */ when) => `last seen ${when}`,
  atTime: (/** @type {string} */ day, /** @type {string} */ time) => `${day} at ${time}`,
  messages: "Messages",
  message: "Message",
  pickFirst: "Choose a chat first",
  send: "Send",
  jumpToLatest: "Jump to the latest message",
  jumpCounted: (/** @type {number} */ n) => `Jump to the latest message, ${unreadMessages(n)}`,
  jumpToUnread: (/** @type {number} */ n) => `Jump to the first unread message, ${unreadMessages(n)}`,
  loadingOlder: "Loading older messages…",
  olderFailed: "Messages could not be loaded. Try again",
  pickTitle: "Choose a chat or a person",
  pickWords: "Your chats and everyone on this server are in the list.",
  emptyTitle: "No messages yet. Say hello",
  emptyWords: (/** @type {string} */ name) => `Only you and ${name} are in this chat.`,
  emptyNotesTitle: "A place for your own notes",
  emptyNotesWords: "Lists, links, things to remember. Only you see them.",
  deletedMessage: "This message was deleted.",
  edited: "edited",
  you: "You",
  yourself: "yourself",
  reply: "Reply",
  replyingTo: (/** @type {string} */ name) => `Replying to ${name}`,
  cancelReply: "Cancel reply",
  quoteAbsent: "This message is no longer available.",
  inReplyTo: "In reply to",
  jumpFailed: "The message could not be loaded. Try again in a moment.",
  messageMenu: "Message menu",
  copyText: "Copy text",
  messageInfo: "Message info",
  timeUnknown: "Time unknown",
  emoji: "Emoji",
  emojiSearch: "Search emoji",
  emojiFound: (/** @type {number} */ n) => `${counted(n, "emoji", "emoji")}. Choose with the arrow keys.`,
  emojiNone: "No emoji found.",
  emojiFailed: "The emoji could not be loaded. Check your connection and try again.",
  emojiCategories: "Categories",
  skinTone: "Skin tone",
  // The categories of emoji carry the names of emoji/emoji-data.js; skin tones run from none to dark.
  groupRecent: "Frequently used",
  groupSmileys: "Smileys",
  groupPeople: "People",
  groupNature: "Animals and nature",
  groupFood: "Food and drink",
  groupTravel: "Travel and places",
  groupActivities: "Activities",
  groupObjects: "Objects",
  groupSymbols: "Symbols",
  groupFlags: "Flags",
  tone0: "Default",
  tone1: "Light",
  tone2: "Medium light",
  tone3: "Medium",
  tone4: "Medium dark",
  tone5: "Dark",
  copied: "Copied.",
  copyFailed: "The text could not be copied. Select it and copy it by hand.",
  filesSoon: "Files cannot be sent yet. They are coming soon.",
  tooLong: (/** @type {number} */ n) =>
    `This message is ${counted(n, "character", "characters")} too long. Shorten it or send it in parts.`,
  readMore: "Read more",
  copyCode: "Copy code",

  // Ticks.
  tickPending: "Pending",
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
  noConnection: "No connection. Your messages will be sent when it is back.",
  originRefused: (/** @type {string} */ origin) =>
    `The server refuses pages from ${origin}. Its operator can allow them with --allow-origin ${origin}.`,
  deviceOffline: "This device is offline. Your messages will be sent when it is back online.",
  notSaved: "not saved",
  notSavedHere: "No connection, and this browser cannot save your messages. Keep this page open until they are sent.",
  onTheirWay: (/** @type {number} */ n) => counted(n, "message on its way", "messages on their way"),
  awaitConnection: (/** @type {number} */ n) =>
    counted(n, "message waits for the connection", "messages wait for the connection"),
  sendingPaused: (/** @type {number} */ seconds) =>
    `You are sending too fast. Sending continues in ${counted(seconds, "second", "seconds")}.`,
  tryAgainNow: "You can try again now.",
  tryNow: "Try now",

  // Failures and their ways out.
  tryAgain: "Try again",
  editIt: "Edit",
  deleteIt: "Delete",
  close: "Close",
  unsentTitle: (/** @type {number} */ n) =>
    `${counted(n, "message has", "messages have")} not been sent. Sign out anyway?`,
  unsentWords: "Unsent messages are only on this device and are deleted when you sign out.",
  leftLocally: "You are signed out on this device, but the server could not be told. " +
    "The session stays valid there until it expires.",
  listsFailed: "Your chats could not be loaded. Trying again…",
  unknownFailure: "Something went wrong on the server. Try again in a moment.",
  unreachable: "The server cannot be reached. Check your connection and try again.",
  updated: "Chaap has been updated. Reload the page to continue.",
  reload: "Reload",
  tooFast: (/** @type {number} */ seconds) =>
    `Too many attempts. Wait ${counted(seconds, "second", "seconds")} and try again.`,

  // Settings.
  settings: "Settings",
  closeSettings: "Close settings",
  appearance: "Appearance",
  themeSystem: "System",
  themeLight: "Light",
  themeDark: "Dark",
  letters: "Letters in pictures",
  lettersHint: "Shows the initials of people in their prints.",
  language: "Language",
  languageSystem: (/** @type {string} */ name) => `Browser language (${name})`,
  writing: "Writing",
  enterSends: "Press Enter to send",
  enterSendsHint: "Shift+Enter starts a new line.",
  enterBreaksHint: "Enter starts a new line. Ctrl+Enter or ⌘+Enter sends.",
  privacy: "Privacy",
  showRead: "Read receipts",
  showReadHint: "If this is off, you do not send read receipts and do not see those of others.",
  showLastSeen: "Last seen and online",
  showLastSeenHint: "If this is off, you do not show when you are or were online, and you do not see it for others.",
  notifications: "Notifications",
  sounds: "Sounds",
  soundsHint: "Two soft notes when a message arrives.",
  desktop: "Desktop notifications",
  desktopHint: "Show new messages while you are in another tab or app.",
  desktopBlocked: "Your browser blocks notifications from this page. " +
    "Allow them in the site settings next to the address, then turn them on here.",
  desktopInsecure: "Browsers allow notifications, and opening Chaap without a connection, only on secure pages " +
    "(https). " +
    "The README of Chaap says how to set it up.",
  desktopMissing: "This browser cannot show notifications.",
  onlyHere: "Appearance, writing, notifications and language apply to this browser only.",
  textSize: "Text of messages",
  textSmall: "Small",
  textNormal: "Normal",
  textLarge: "Large",

  // The list of keys.
  keyboard: "Keyboard shortcuts",
  keysAnywhere: "Anywhere",
  keysInList: "In the list",
  keysWriting: "While you write",
  keysOnMessage: "On a message",
  keySwitcher: "Go to a chat or person",
  keyNextChat: "Previous or next chat",
  keyClose: "Close what is open, or leave the chat",
  keyMove: "Move up and down",
  keyOpen: "Open",
  keyNewLine: "Start a new line",
  keyBold: "Bold",
  keyItalic: "Italic",
  keyStrike: "Strikethrough",
  keyEmoji: "Emoji by name",
  keyBack: "Back to the text field",

  // Notifications.
  offerNotifications: "Get notified of new messages?",
  turnOn: "Turn on",

  // The page as an app.
  installApp: "Install app",
  install: "Install",
  offerInstall: "Install Chaap as an app?",
  installByShare: "To install Chaap, tap Share, then “Add to Home Screen”.",

  // Oneself, and who others are.
  profile: "Profile",
  displayName: "Name",
  editName: "Change your name",
  about: "About",
  noAbout: "Say something about yourself",
  editAbout: "Change your about text",
  save: "Save",
  saving: "Saving…",
  charactersLeft: (/** @type {number} */ n) =>
    (n < 0 ? `${counted(-n, "character", "characters")} too many` : `${counted(n, "character", "characters")} left`),
  changePicture: "Change picture",
  choosePicture: "Choose a picture",
  removePicture: "Remove picture",
  pictureUnreadable: "This browser cannot open this picture. Choose a JPEG, PNG or WebP.",
  cropTitle: "Crop your picture",
  cropHint: "Drag to move. Zoom with the slider, the wheel, two fingers, or + and −.",
  zoom: "Zoom",
  changePassword: "Change password",
  passwordWords: "All your other devices will be signed out.",
  currentPassword: "Current password",
  newPassword: "New password",
  passwordChanged: "Your password has been changed. All your other devices have been signed out.",
}

/** What went wrong, by the stable code of the server; a code that is missing here shows the server's own sentence. */
export const failures = new Map([
  ["username_taken", "This username is taken. Choose another one, or sign in if it is yours."],
  ["invalid_username", "Use 1 to 32 letters, digits, dots, hyphens or underscores. One alphabet, nothing invisible."],
  ["reserved_username", "This name is reserved. Choose another one."],
  ["confusable_username", "This name looks like that of another user. Choose one that differs more."],
  ["invalid_password", "Use at least 8 characters."],
  ["username_missing", "Enter your username."],
  ["password_missing", "Enter your password."],
  ["password_long", "This password is too long."],
  ["invalid_credentials", "The username or password is wrong."],
  ["empty_content", "An empty message cannot be sent."],
  ["content_too_long", "This message is too long."],
  ["cid_conflict", "This message could not be sent because another one has the same id."],
  ["chat_went_on", "New messages have arrived in the meantime."],
  ["no_such_user", "This account no longer exists."],
  ["no_such_chat", "This chat no longer exists."],
  ["no_such_message", "The message you replied to no longer exists."],
  ["internal", "The server could not save this message."],
  ["invalid", "The server did not understand this message."],
  ["wrong_password", "This is not your current password."],
  ["invalid_display_name", "Use one line of at most 64 characters."],
  ["invalid_about", "Use at most 140 characters."],
  ["invalid_picture", "This picture cannot be used. Choose another one."],
  ["too_large", "This picture is too large. Choose a smaller one."],
  ["rate_limited", "This was too often in a short time. Wait a moment and try again."],
  ["too_many_sign_ins", "There were too many attempts to sign in. Wait a moment and try again."],
  ["too_many_sockets", "You have Chaap open in too many places. " +
    "Close some of them; this page then connects by itself."],
  ["quota", "Your storage on this server is full. Ask the person who runs it for more."],
  ["storage", "The server cannot save anything right now. Try again later."],
  ["common_password", "This password is too easy to guess. Choose another one."],
  ["password_changed", "Your password was changed on another device. Sign in with the new one."],
  ["session_expired", "Your sign-in has expired. Sign in again."],
  ["session_ended", "This sign-in was ended elsewhere. Sign in again."],
  ["server_restored", "The server was restored from a backup, so everyone has to sign in again."],
])

/** @typedef {typeof texts} Texts */

const english = { ...texts }
const englishFailures = new Map(failures)

/**
 * Switches to another language; what it lacks stays English.
 * @param {{ texts?: Partial<Texts>, failures?: Map<string, string> }} words
 */
export function adopt(words) {
  Object.assign(texts, english, words.texts)
  for (const [code, sentence] of [...englishFailures, ...(words.failures ?? [])]) failures.set(code, sentence)
}
