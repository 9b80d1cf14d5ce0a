// @ts-check
/** Every word the page shows, in German. The keys are those of lib/texts.js, in its order. */
import { counting, number } from "../lib/locale.js"

const counted = counting("de")

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
  signedOutByServer: "Du wurdest abgemeldet. Melde dich neu an.",

  // Side column.
  chats: "Chats",
  chatsAndPeople: "Chats und Personen",
  people: "Personen",
  yourMenu: "Dein Menü",
  signedInAs: "Angemeldet als",
  signOut: "Abmelden",
  notesToSelf: "Notizen an mich",
  notesInitial: "N",
  notesHint: "Schreib etwas für dich selbst auf",
  filterLabel: "Chats und Personen filtern",
  filterHint: "Chat oder Person suchen",
  clearFilter: "Filter löschen",
  nobodyElse: "Noch ist niemand sonst hier. Gib diese Adresse den Leuten, mit denen du reden möchtest.",
  nothingMatches: (/** @type {string} */ words) => `Keine Treffer für „${words}“.`,
  draft: "Entwurf: ",
  unread: (/** @type {number} */ n) => counted(n, { one: "# ungelesene Nachricht", other: "# ungelesene Nachrichten" }),
  badge: (/** @type {number} */ n) => (n > 999 ? `${number(999)}+` : number(n)),

  // Chat.
  backToList: "Zurück zu den Chats",
  online: "online",
  offline: "offline",
  typing: "schreibt…",
  lastSeen: (/** @type {string} */ when) => `zuletzt online ${when}`,
  atTime: (/** @type {string} */ day, /** @type {string} */ time) => `${day} um ${time}`,
  messages: "Nachrichten",
  message: "Nachricht",
  pickFirst: "Wähle zuerst einen Chat",
  send: "Senden",
  jumpToLatest: "Zur neuesten Nachricht springen",
  jumpCounted: (/** @type {number} */ n) => `Zur neuesten Nachricht springen, ${counted(n, { one: "# ungelesene Nachricht", other: "# ungelesene Nachrichten" })}`,
  loadingOlder: "Ältere Nachrichten werden geladen…",
  olderFailed: "Nachrichten konnten nicht geladen werden. Noch einmal versuchen",
  pickTitle: "Mit wem möchtest du reden?",
  pickWords: "In der Liste stehen Chats und Personen. Was du sendest, ist gespeichert, bevor es sein Häkchen zeigt.",
  emptyTitle: "Noch keine Nachrichten. Sag Hallo",
  emptyWords: (/** @type {string} */ name) => `Nur du und ${name} seht, was hier geschrieben wird.`,
  emptyNotesTitle: "Ein Platz für deine Notizen",
  emptyNotesWords: "Listen, Links, Dinge zum Merken. Nur du siehst sie.",
  deletedMessage: "Diese Nachricht wurde gelöscht.",
  edited: "bearbeitet",
  tooLong: "Diese Nachricht ist zu lang. Kürze sie oder sende sie in Teilen.",

  // Ticks.
  tickPending: "Wartet",
  tickFailed: "Nicht gesendet",
  tickSent: "Gesendet",
  tickDelivered: "Zugestellt",
  tickRead: "Gelesen",

  // Days.
  today: "Heute",
  yesterday: "Gestern",
  todaySmall: "heute",
  yesterdaySmall: "gestern",

  // Connection.
  connecting: "Verbindung wird hergestellt…",
  noConnection: "Keine Verbindung. Was du schreibst, wird gesendet, sobald sie wieder da ist.",
  deviceOffline: "Dieses Gerät ist offline. Was du schreibst, wird gesendet, sobald es wieder online ist.",
  tryNow: "Jetzt versuchen",

  // Failures and their ways out.
  tryAgain: "Noch einmal versuchen",
  deleteIt: "Löschen",
  close: "Schließen",
  leftLocally: "Du bist hier abgemeldet, aber der Server konnte nicht benachrichtigt werden. Er vergisst diese Anmeldung, wenn sie abläuft.",
  listsFailed: "Deine Chats konnten nicht geladen werden. Neuer Versuch läuft.",
  unknownFailure: "Auf dem Server ist etwas schiefgegangen. Versuch es gleich noch einmal.",
  unreachable: "Der Server ist nicht erreichbar. Prüfe deine Verbindung und versuch es noch einmal.",
  tooFast: (/** @type {number} */ seconds) => `Zu viele Versuche. Warte ${counted(seconds, { one: "# Sekunde", other: "# Sekunden" })} und versuch es noch einmal.`,

  // Settings.
  settings: "Einstellungen",
  closeSettings: "Einstellungen schließen",
  appearance: "Darstellung",
  themeSystem: "Wie auf diesem Gerät",
  themeLight: "Hell",
  themeDark: "Dunkel",
  language: "Sprache",
  languageSystem: (/** @type {string} */ name) => `Wie im Browser (${name})`,
  writing: "Schreiben",
  enterSends: "Mit Enter senden",
  enterSendsHint: "Umschalt+Enter beginnt eine neue Zeile.",
  enterBreaksHint: "Enter beginnt eine neue Zeile. Strg+Enter oder ⌘+Enter sendet.",
  notifications: "Benachrichtigungen",
  sounds: "Töne",
  soundsHint: "Zwei leise Töne, wenn eine Nachricht ankommt.",
  desktop: "Desktop-Benachrichtigungen",
  desktopHint: "Neue Nachrichten anzeigen, während du etwas anderes ansiehst.",
  desktopBlocked: "Dein Browser blockiert Benachrichtigungen dieser Seite. Erlaube sie in den Website-Einstellungen neben der Adresse und schalte sie dann hier ein.",
  desktopInsecure: "Browser erlauben Benachrichtigungen nur an sicheren Adressen (https).",
  desktopMissing: "Dieser Browser kann keine Benachrichtigungen anzeigen.",
  onlyHere: "Diese Einstellungen gelten nur für diesen Browser.",

  // Notifications.
  offerNotifications: "Über Neues benachrichtigen?",
  turnOn: "Einschalten",
}

/** What went wrong, by the stable code of the server. */
export const failures = new Map([
  ["username_taken", "Dieser Benutzername ist vergeben. Wähle einen anderen, oder melde dich an, wenn er dir gehört."],
  ["invalid_username", "Verwende 1 bis 32 Buchstaben, Ziffern, Punkte, Binde- oder Unterstriche."],
  ["invalid_password", "Verwende mindestens 8 Zeichen."],
  ["username_missing", "Gib deinen Benutzernamen ein."],
  ["password_missing", "Gib dein Passwort ein."],
  ["password_long", "Dieses Passwort ist zu lang."],
  ["invalid_credentials", "Benutzername oder Passwort stimmt nicht."],
  ["empty_content", "Eine leere Nachricht lässt sich nicht senden."],
  ["content_too_long", "Diese Nachricht ist zu lang."],
  ["cid_conflict", "Unter dieser Nummer wurde schon eine andere Nachricht gesendet."],
  ["no_such_user", "Diese Person gibt es nicht mehr."],
  ["no_such_chat", "Diesen Chat gibt es nicht mehr."],
  ["no_such_message", "Die Nachricht, auf die du antwortest, gibt es nicht mehr."],
  ["internal", "Der Server konnte diese Nachricht nicht speichern."],
  ["invalid", "Der Server hat diese Nachricht nicht verstanden."],
])
