// @ts-check
/** All texts of the page in German, with the keys of lib/texts.js. */
import { UNREAD_MAX, counting, number } from "../lib/locale.js"

const counted = counting("de")

/** @param {number} n */
const unreadMessages = (n) => counted(n, {
  one: "# ungelesene Nachricht", other: "# ungelesene Nachrichten",
}, UNREAD_MAX)

/** @type {import("../lib/texts.js").Texts} */
export const texts = {
  // Sign-in.
  motto: "Chatten auf dem eigenen Rechner",
  signInOrCreate: "Anmelden oder Konto erstellen",
  signIn: "Anmelden",
  createAccount: "Konto erstellen",
  username: "Benutzername",
  password: "Passwort",
  usernameRule: "1 bis 32 Buchstaben, Ziffern, Punkte, Binde- oder Unterstriche.",
  passwordRule: "Mindestens 8 Zeichen.",
  showPassword: "Passwort anzeigen",
  hidePassword: "Passwort verbergen",
  capsLock: "Die Feststelltaste ist aktiv.",
  keepSignedIn: "Angemeldet bleiben",
  signingIn: "Du wirst angemeldet…",
  creating: "Dein Konto wird erstellt…",
  signedOutByServer: "Du wurdest abgemeldet. Melde dich erneut an.",

  // Side column.
  chats: "Chats",
  chatsAndPeople: "Chats und Personen",
  people: "Personen",
  yourMenu: "Menü",
  signedInAs: "Angemeldet als",
  signOut: "Abmelden",
  notesToSelf: "Notizen an mich",
  notesHint: "Schreib dir etwas auf",
  filterLabel: "Chats und Personen suchen",
  filterHint: "Chats und Personen suchen",
  clearFilter: "Suche löschen",
  nobodyElse: "Noch ist niemand sonst hier. Teile diese Adresse mit den Leuten, mit denen du chatten möchtest.",
  nothingMatches: (/** @type {string} */ words) => `Keine Ergebnisse für „${words}“.`,
  draft: "Entwurf: ",
  unread: (/** @type {number} */ n) => unreadMessages(n),
  badge: (/** @type {number} */ n) => number(n, UNREAD_MAX),

  // Chat.
  backToList: "Zurück zu den Chats",
  online: "online",
  typing: "schreibt…",
  lastSeen: (/** @type {string} */ when) => `zul. online ${when}`,
  atTime: (/** @type {string} */ day, /** @type {string} */ time) => `${day} um ${time}`,
  messages: "Nachrichten",
  message: "Nachricht",
  pickFirst: "Wähle zuerst einen Chat",
  send: "Senden",
  jumpToLatest: "Zur neuesten Nachricht springen",
  jumpCounted: (/** @type {number} */ n) => `Zur neuesten Nachricht springen, ${unreadMessages(n)}`,
  jumpToUnread: (/** @type {number} */ n) => `Zur ersten ungelesenen Nachricht springen, ${unreadMessages(n)}`,
  loadingOlder: "Ältere Nachrichten werden geladen…",
  olderFailed: "Nachrichten konnten nicht geladen werden. Erneut versuchen",
  pickTitle: "Wähle einen Chat oder eine Person",
  pickWords: "In der Liste findest du deine Chats und alle Personen auf diesem Server.",
  emptyTitle: "Noch keine Nachrichten. Sag Hallo",
  emptyWords: (/** @type {string} */ name) => `In diesem Chat seid nur du und ${name}.`,
  emptyNotesTitle: "Ein Platz für deine Notizen",
  emptyNotesWords: "Listen, Links, Dinge zum Merken. Nur du siehst sie.",
  deletedMessage: "Diese Nachricht wurde gelöscht.",
  edited: "bearbeitet",
  tooLong: "Diese Nachricht ist zu lang. Kürze sie oder sende sie in Teilen.",

  // Ticks.
  tickPending: "Ausstehend",
  tickFailed: "Nicht gesendet",
  tickSent: "Gesendet",
  tickDelivered: "Zugestellt",
  tickRead: "Gelesen",

  // Days.
  today: "Heute",
  yesterday: "Gestern",
  todaySmall: "heute",
  yesterdaySmall: "gestern",

  // Answers and emoji.
  you: "Du",
  yourself: "dich selbst",
  reply: "Antworten",
  replyingTo: (/** @type {string} */ name) => `Antwort an ${name}`,
  cancelReply: "Antwort abbrechen",
  quoteAbsent: "Diese Nachricht ist nicht mehr verfügbar.",
  inReplyTo: "Antwort auf",
  jumpFailed: "Die Nachricht konnte nicht geladen werden. Versuch es gleich noch einmal.",
  messageMenu: "Nachrichtenmenü",
  copyText: "Text kopieren",
  messageInfo: "Nachrichteninfo",
  timeUnknown: "Zeit unbekannt",
  emoji: "Emojis",
  emojiSearch: "Emoji suchen",
  emojiFound: (/** @type {number} */ n) =>
    `${counted(n, { one: "# Emoji", other: "# Emojis" })}. Wähle mit den Pfeiltasten.`,
  emojiNone: "Kein Emoji gefunden.",
  emojiFailed: "Die Emojis konnten nicht geladen werden. Prüfe deine Verbindung und versuch es noch einmal.",
  emojiCategories: "Kategorien",
  skinTone: "Hautton",
  copied: "Kopiert.",
  copyFailed: "Der Text konnte nicht kopiert werden. Markiere ihn und kopiere ihn von Hand.",
  groupRecent: "Häufig verwendet",
  groupSmileys: "Smileys",
  groupPeople: "Personen",
  groupNature: "Tiere und Natur",
  groupFood: "Essen und Trinken",
  groupTravel: "Reisen und Orte",
  groupActivities: "Aktivitäten",
  groupObjects: "Gegenstände",
  groupSymbols: "Symbole",
  groupFlags: "Flaggen",
  tone0: "Standard",
  tone1: "Hell",
  tone2: "Mittelhell",
  tone3: "Mittel",
  tone4: "Mitteldunkel",
  tone5: "Dunkel",

  // How chats are kept.
  showChats: "Chats filtern",
  allChats: "Alle",
  unreadChats: "Ungelesen",
  noUnread: "Keine ungelesenen Chats.",
  archived: "Archiviert",
  archivedWords: (/** @type {number} */ chats, /** @type {number} */ unread) =>
    `${counted(chats, { one: "# Chat", other: "# Chats" })}${unread > 0 ? `, ${unreadMessages(unread)}` : ""}`,
  noArchived: "Keine archivierten Chats.",
  backToChats: "Zurück zu allen Chats",
  pinnedSign: "Fixiert",
  mutedSign: "Stummgeschaltet",
  archivedSign: "Archiviert",
  markedUnread: "Als ungelesen markiert",

  // The menu of a chat.
  chatMenu: "Chatmenü",
  chatMenuOf: (/** @type {string} */ name) => `Chatmenü für ${name}`,
  pinChat: "Fixieren",
  unpinChat: "Fixierung aufheben",
  archiveChat: "Archivieren",
  unarchiveChat: "Archivierung aufheben",
  muteChat: "Stummschalten",
  unmuteChat: "Stummschaltung aufheben",
  muteHours: (/** @type {number} */ n) => counted(n, { one: "# Stunde", other: "# Stunden" }),
  muteWeek: "1 Woche",
  muteAlways: "Immer",
  markUnread: "Als ungelesen markieren",
  markRead: "Als gelesen markieren",
  deleteChat: "Chat löschen",
  deleteTitle: (/** @type {string} */ name) => `Chat mit ${name} löschen?`,
  deleteWords: (/** @type {string} */ name) =>
    `Die Nachrichten verschwinden von allen deinen Geräten. ${name} behält eine Kopie.`,
  deleteNotesTitle: "Deine Notizen löschen?",
  deleteNotesWords: "Sie verschwinden von allen deinen Geräten. Niemand sonst hat eine Kopie.",
  deleteGroupWords: "Die Nachrichten verschwinden von allen deinen Geräten. " +
    "Die anderen Mitglieder behalten eine Kopie.",
  cancel: "Abbrechen",
  notChanged: (/** @type {string} */ why) => `Der Chat wurde nicht geändert. ${why}`,
  notDeleted: (/** @type {string} */ why) => `Der Chat wurde nicht gelöscht. ${why}`,
  busyServer: "Der Server ist ausgelastet. Versuch es gleich noch einmal.",

  // Connection.
  connecting: "Verbindung wird hergestellt…",
  noConnection: "Keine Verbindung. Deine Nachrichten werden gesendet, sobald sie wieder da ist.",
  originRefused: (/** @type {string} */ origin) =>
    `Der Server weist Seiten von ${origin} ab. Wer ihn betreibt, erlaubt sie mit --allow-origin ${origin}.`,
  deviceOffline: "Dieses Gerät ist offline. Deine Nachrichten werden gesendet, sobald es wieder online ist.",
  notSaved: "nicht gespeichert",
  notSavedHere: "Keine Verbindung, und dieser Browser kann deine Nachrichten nicht speichern. " +
    "Lass diese Seite offen, bis sie gesendet sind.",
  onTheirWay: (/** @type {number} */ n) => counted(n, {
    one: "# Nachricht unterwegs", other: "# Nachrichten unterwegs",
  }),
  awaitConnection: (/** @type {number} */ n) => counted(n, {
    one: "# Nachricht wartet auf die Verbindung", other: "# Nachrichten warten auf die Verbindung",
  }),
  sendingPaused: (/** @type {number} */ seconds) =>
    `Du sendest zu schnell. In ${counted(seconds, { one: "# Sekunde", other: "# Sekunden" })} geht es weiter.`,
  tryAgainNow: "Du kannst es jetzt noch einmal versuchen.",
  tryNow: "Jetzt versuchen",

  // Failures and their ways out.
  tryAgain: "Erneut versuchen",
  editIt: "Bearbeiten",
  deleteIt: "Löschen",
  close: "Schließen",
  unsentTitle: (/** @type {number} */ n) =>
    `${counted(n, { one: "# Nachricht wurde", other: "# Nachrichten wurden" })} nicht gesendet. Trotzdem abmelden?`,
  unsentWords: "Nicht gesendete Nachrichten sind nur auf diesem Gerät und werden beim Abmelden gelöscht.",
  leftLocally: "Du bist auf diesem Gerät abgemeldet, aber der Server konnte nicht benachrichtigt werden. " +
    "Dort bleibt die Sitzung gültig, bis sie abläuft.",
  listsFailed: "Deine Chats konnten nicht geladen werden. Neuer Versuch…",
  unknownFailure: "Auf dem Server ist etwas schiefgegangen. Versuch es gleich noch einmal.",
  unreachable: "Der Server ist nicht erreichbar. Prüfe deine Verbindung und versuch es noch einmal.",
  tooFast: (/** @type {number} */ seconds) =>
    `Zu viele Versuche. Warte ${counted(seconds, { one: "# Sekunde", other: "# Sekunden" })}` +
    " und versuch es noch einmal.",

  // Settings.
  settings: "Einstellungen",
  closeSettings: "Einstellungen schließen",
  appearance: "Darstellung",
  themeSystem: "System",
  themeLight: "Hell",
  themeDark: "Dunkel",
  letters: "Buchstaben in Bildern",
  lettersHint: "Zeigt in den Drucken der Personen ihre Initialen.",
  language: "Sprache",
  languageSystem: (/** @type {string} */ name) => `Browsersprache (${name})`,
  writing: "Schreiben",
  enterSends: "Mit Enter senden",
  enterSendsHint: "Umschalt+Enter beginnt eine neue Zeile.",
  enterBreaksHint: "Enter beginnt eine neue Zeile. Strg+Enter oder ⌘+Enter sendet.",
  privacy: "Privatsphäre",
  showRead: "Lesebestätigungen",
  showReadHint: "Ist das aus, sendest du keine Lesebestätigungen und siehst auch keine von anderen.",
  showLastSeen: "Online-Status",
  showLastSeenHint: "Ist das aus, sehen andere nicht, ob du online bist oder wann du es zuletzt warst, und du siehst " +
    "es bei ihnen auch nicht.",
  notifications: "Benachrichtigungen",
  sounds: "Töne",
  soundsHint: "Zwei leise Töne, wenn eine Nachricht ankommt.",
  desktop: "Desktop-Benachrichtigungen",
  desktopHint: "Neue Nachrichten anzeigen, während du in einem anderen Tab oder Programm bist.",
  desktopBlocked: "Dein Browser blockiert Benachrichtigungen dieser Seite. " +
    "Erlaube sie in den Website-Einstellungen neben der Adresse und schalte sie dann hier ein.",
  desktopInsecure: "Browser erlauben Benachrichtigungen nur auf sicheren Seiten (https).",
  desktopMissing: "Dieser Browser kann keine Benachrichtigungen anzeigen.",
  onlyHere: "Darstellung, Schreiben, Benachrichtigungen und Sprache gelten nur für diesen Browser.",

  // Notifications.
  offerNotifications: "Über neue Nachrichten benachrichtigen?",
  turnOn: "Einschalten",

  // Oneself, and who others are.
  profile: "Profil",
  displayName: "Name",
  editName: "Namen ändern",
  about: "Info",
  noAbout: "Schreib etwas über dich",
  editAbout: "Info ändern",
  save: "Speichern",
  saving: "Wird gespeichert…",
  charactersLeft: (/** @type {number} */ n) =>
    (n < 0 ? `${counted(-n, { other: "# Zeichen" })} zu viel` : `Noch ${counted(n, { other: "# Zeichen" })}`),
  changePicture: "Bild ändern",
  choosePicture: "Bild auswählen",
  removePicture: "Bild entfernen",
  pictureUnreadable: "Dieser Browser kann das Bild nicht öffnen. Wähle ein JPEG, PNG oder WebP.",
  cropTitle: "Bild zuschneiden",
  cropHint: "Zum Verschieben ziehen. Zum Zoomen den Regler, das Mausrad, zwei Finger oder + und − verwenden.",
  zoom: "Zoom",
  changePassword: "Passwort ändern",
  passwordWords: "Alle deine anderen Geräte werden abgemeldet.",
  currentPassword: "Aktuelles Passwort",
  newPassword: "Neues Passwort",
  passwordChanged: "Dein Passwort wurde geändert. Alle deine anderen Geräte wurden abgemeldet.",
}

/** What went wrong, by the stable code of the server. */
export const failures = new Map([
  ["username_taken", "Dieser Benutzername ist vergeben. Wähle einen anderen oder melde dich an, wenn er dir gehört."],
  ["invalid_username", "1 bis 32 Buchstaben, Ziffern oder . - _ aus einem Alphabet und nichts Unsichtbares."],
  ["reserved_username", "Dieser Name ist reserviert. Wähle einen anderen."],
  ["confusable_username", "Dieser Name sieht aus wie der einer anderen Person. Wähle einen anderen."],
  ["invalid_password", "Verwende mindestens 8 Zeichen."],
  ["username_missing", "Gib deinen Benutzernamen ein."],
  ["password_missing", "Gib dein Passwort ein."],
  ["password_long", "Dieses Passwort ist zu lang."],
  ["invalid_credentials", "Benutzername oder Passwort ist falsch."],
  ["empty_content", "Eine leere Nachricht lässt sich nicht senden."],
  ["content_too_long", "Diese Nachricht ist zu lang."],
  ["cid_conflict", "Diese Nachricht konnte nicht gesendet werden, weil eine andere dieselbe Kennung hat."],
  ["chat_went_on", "Inzwischen sind neue Nachrichten gekommen."],
  ["no_such_user", "Dieses Konto gibt es nicht mehr."],
  ["no_such_chat", "Diesen Chat gibt es nicht mehr."],
  ["no_such_message", "Die Nachricht, auf die du geantwortet hast, gibt es nicht mehr."],
  ["internal", "Der Server konnte diese Nachricht nicht speichern."],
  ["invalid", "Der Server hat diese Nachricht nicht verstanden."],
  ["wrong_password", "Das ist nicht dein aktuelles Passwort."],
  ["invalid_display_name", "Verwende eine Zeile mit höchstens 64 Zeichen."],
  ["invalid_about", "Verwende höchstens 140 Zeichen."],
  ["invalid_picture", "Dieses Bild lässt sich nicht verwenden. Wähle ein anderes."],
  ["too_large", "Dieses Bild ist zu groß. Wähle ein kleineres."],
  ["rate_limited", "Das war zu oft in kurzer Zeit. Warte einen Moment und versuch es noch einmal."],
  ["too_many_sign_ins", "Es gab zu viele Anmeldeversuche. Warte einen Moment und versuch es noch einmal."],
  ["too_many_sockets", "Du hast Chaap an zu vielen Stellen offen. " +
    "Schließ einige davon; diese Seite verbindet sich dann von selbst."],
  ["quota", "Dein Speicherplatz auf diesem Server ist voll. Bitte die Person, die ihn betreibt, um mehr."],
  ["storage", "Der Server kann gerade nichts speichern. Versuch es später noch einmal."],
  ["common_password", "Dieses Passwort ist zu leicht zu erraten. Wähle ein anderes."],
])
