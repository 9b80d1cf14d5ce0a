// @ts-check
/** Every word the page shows, in Hindi. The keys are those of lib/texts.js, in its order. */
import { counting, number } from "../lib/locale.js"

const counted = counting("hi")

/** @type {import("../lib/texts.js").Texts} */
export const texts = {
  // Sign-in.
  motto: "आपकी अपनी मशीन पर चैट",
  signInOrCreate: "साइन इन करें या खाता बनाएँ",
  signIn: "साइन इन करें",
  createAccount: "खाता बनाएँ",
  username: "यूज़रनेम",
  password: "पासवर्ड",
  usernameRule: "1 से 32 अक्षर, अंक, बिंदु, हाइफ़न या अंडरस्कोर।",
  passwordRule: "कम से कम 8 अक्षर।",
  showPassword: "पासवर्ड दिखाएँ",
  hidePassword: "पासवर्ड छिपाएँ",
  capsLock: "Caps Lock चालू है।",
  keepSignedIn: "मुझे साइन इन रखें",
  signingIn: "साइन इन हो रहा है…",
  creating: "आपका खाता बन रहा है…",
  signedOutByServer: "आपको साइन आउट कर दिया गया है। फिर से साइन इन करें।",

  // Side column.
  chats: "चैट",
  chatsAndPeople: "चैट और लोग",
  people: "लोग",
  yourMenu: "आपका मेन्यू",
  signedInAs: "साइन इन किया है:",
  signOut: "साइन आउट करें",
  notesToSelf: "मेरे नोट्स",
  notesInitial: "न",
  notesHint: "अपने लिए कुछ लिख लें",
  filterLabel: "चैट और लोग फ़िल्टर करें",
  filterHint: "चैट या व्यक्ति खोजें",
  clearFilter: "फ़िल्टर हटाएँ",
  nobodyElse: "अभी यहाँ और कोई नहीं है। जिनसे आप बात करना चाहते हैं, उन्हें यह पता दें।",
  nothingMatches: (/** @type {string} */ words) => `“${words}” से मिलता कुछ नहीं मिला।`,
  draft: "ड्राफ़्ट: ",
  unread: (/** @type {number} */ n) => counted(n, { one: "# बिना पढ़ा मैसेज", other: "# बिना पढ़े मैसेज" }),
  badge: (/** @type {number} */ n) => (n > 999 ? `${number(999)}+` : number(n)),

  // Chat.
  backToList: "चैट पर वापस जाएँ",
  online: "ऑनलाइन",
  offline: "ऑफ़लाइन",
  typing: "टाइप कर रहे हैं…",
  lastSeen: (/** @type {string} */ when) => `पिछली बार ${when} देखा गया`,
  atTime: (/** @type {string} */ day, /** @type {string} */ time) => `${day}, ${time} बजे`,
  messages: "मैसेज",
  message: "मैसेज",
  pickFirst: "चुनें कि किसे लिखना है",
  send: "भेजें",
  jumpToLatest: "सबसे नए मैसेज पर जाएँ",
  jumpCounted: (/** @type {number} */ n) => `सबसे नए मैसेज पर जाएँ, ${counted(n, { one: "# बिना पढ़ा मैसेज", other: "# बिना पढ़े मैसेज" })}`,
  loadingOlder: "पुराने मैसेज लोड हो रहे हैं…",
  olderFailed: "मैसेज लोड नहीं हो सके। फिर से कोशिश करें",
  pickTitle: "चुनें कि किससे बात करनी है",
  pickWords: "चैट और लोग सूची में हैं। आप जो भेजते हैं, उस पर टिक दिखने से पहले वह सुरक्षित हो चुका होता है।",
  emptyTitle: "अभी कोई मैसेज नहीं है। नमस्ते कहें",
  emptyWords: (/** @type {string} */ name) => `यहाँ लिखी बातें सिर्फ़ आप और ${name} देखेंगे।`,
  emptyNotesTitle: "आपके अपने नोट्स की जगह",
  emptyNotesWords: "सूचियाँ, लिंक, याद रखने की बातें। इन्हें सिर्फ़ आप देखते हैं।",
  deletedMessage: "यह मैसेज हटा दिया गया।",
  edited: "बदला गया",
  tooLong: "यह मैसेज भेजने के लिए बहुत लंबा है। इसे छोटा करें या टुकड़ों में भेजें।",

  // Ticks.
  tickPending: "इंतज़ार में",
  tickFailed: "नहीं भेजा गया",
  tickSent: "भेजा गया",
  tickDelivered: "पहुँच गया",
  tickRead: "पढ़ लिया गया",

  // Days.
  today: "आज",
  yesterday: "कल",
  todaySmall: "आज",
  yesterdaySmall: "कल",

  // Connection.
  connecting: "कनेक्ट हो रहा है…",
  noConnection: "कनेक्शन नहीं है। आप जो लिखेंगे, वह कनेक्शन लौटने पर भेज दिया जाएगा।",
  deviceOffline: "यह डिवाइस ऑफ़लाइन है। आप जो लिखेंगे, वह दोबारा ऑनलाइन होने पर भेज दिया जाएगा।",
  tryNow: "अभी कोशिश करें",

  // Failures and their ways out.
  tryAgain: "फिर से कोशिश करें",
  deleteIt: "हटाएँ",
  close: "बंद करें",
  leftLocally: "यहाँ आप साइन आउट हो चुके हैं, लेकिन सर्वर को बताया नहीं जा सका। समय पूरा होने पर वह यह साइन-इन भूल जाएगा।",
  listsFailed: "आपकी चैट लोड नहीं हो सकीं। फिर से कोशिश हो रही है।",
  unknownFailure: "सर्वर पर कुछ गड़बड़ हो गई। थोड़ी देर में फिर से कोशिश करें।",
  unreachable: "सर्वर तक पहुँचा नहीं जा सका। अपना कनेक्शन जाँचें और फिर से कोशिश करें।",
  tooFast: (/** @type {number} */ seconds) => `बहुत ज़्यादा कोशिशें हो गईं। ${counted(seconds, { other: "# सेकंड" })} रुककर फिर से कोशिश करें।`,

  // Settings.
  settings: "सेटिंग",
  closeSettings: "सेटिंग बंद करें",
  appearance: "रूप-रंग",
  themeSystem: "इस डिवाइस जैसा",
  themeLight: "हल्का",
  themeDark: "गहरा",
  language: "भाषा",
  languageSystem: (/** @type {string} */ name) => `ब्राउज़र जैसी (${name})`,
  writing: "लिखना",
  enterSends: "Enter दबाने पर भेजें",
  enterSendsHint: "Shift+Enter से नई लाइन शुरू होती है।",
  enterBreaksHint: "Enter से नई लाइन शुरू होती है। Ctrl+Enter या ⌘+Enter से मैसेज जाता है।",
  notifications: "सूचनाएँ",
  sounds: "आवाज़ें",
  soundsHint: "मैसेज आने पर दो धीमे सुर।",
  desktop: "डेस्कटॉप सूचनाएँ",
  desktopHint: "जब आप कुछ और देख रहे हों, तब नए मैसेज दिखाएँ।",
  desktopBlocked: "आपका ब्राउज़र इस पेज की सूचनाएँ रोक रहा है। पते के पास साइट सेटिंग में इनकी अनुमति दें, फिर यहाँ चालू करें।",
  desktopInsecure: "ब्राउज़र सिर्फ़ सुरक्षित पतों (https) पर सूचनाओं की अनुमति देते हैं।",
  desktopMissing: "यह ब्राउज़र सूचनाएँ नहीं दिखा सकता।",
  onlyHere: "ये सेटिंग सिर्फ़ इसी ब्राउज़र के लिए हैं।",

  // Notifications.
  offerNotifications: "नए मैसेज की सूचना पाएँ?",
  turnOn: "चालू करें",
}

/** What went wrong, by the stable code of the server. */
export const failures = new Map([
  ["username_taken", "यह यूज़रनेम पहले से लिया जा चुका है। कोई और चुनें, या अगर यह आपका है तो साइन इन करें।"],
  ["invalid_username", "1 से 32 अक्षर, अंक, बिंदु, हाइफ़न या अंडरस्कोर इस्तेमाल करें।"],
  ["invalid_password", "कम से कम 8 अक्षर इस्तेमाल करें।"],
  ["username_missing", "अपना यूज़रनेम डालें।"],
  ["password_missing", "अपना पासवर्ड डालें।"],
  ["password_long", "यह पासवर्ड बहुत लंबा है।"],
  ["invalid_credentials", "यूज़रनेम या पासवर्ड सही नहीं है।"],
  ["empty_content", "खाली मैसेज नहीं भेजा जा सकता।"],
  ["content_too_long", "यह मैसेज बहुत लंबा है।"],
  ["cid_conflict", "इस नंबर से कोई दूसरा मैसेज भेजा जा चुका है।"],
  ["no_such_user", "यह व्यक्ति अब मौजूद नहीं है।"],
  ["no_such_chat", "यह चैट अब मौजूद नहीं है।"],
  ["no_such_message", "जिस मैसेज का आप जवाब दे रहे हैं, वह अब मौजूद नहीं है।"],
  ["internal", "सर्वर यह मैसेज सेव नहीं कर सका।"],
  ["invalid", "सर्वर यह मैसेज समझ नहीं सका।"],
])
