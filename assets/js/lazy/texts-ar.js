// @ts-check
/**
 * Every word the page shows, in Arabic. The keys are those of lib/texts.js, in its order.
 * Names and what people type may run the other way; `apart` keeps them from pulling the sentence around them along.
 */
import { counting, number } from "../lib/locale.js"

const counted = counting("ar")

/** @param {string} words */
const apart = (words) => `\u2068${words}\u2069`

/** @param {number} n */
const unreadMessages = (n) => counted(n, {
  zero: "لا رسائل غير مقروءة", one: "رسالة واحدة غير مقروءة", two: "رسالتان غير مقروءتين",
  few: "# رسائل غير مقروءة", many: "# رسالة غير مقروءة", other: "# رسالة غير مقروءة",
})

/** @param {number} n */
const unsentMessages = (n) => counted(n, {
  zero: "لا رسائل لم تُرسل", one: "رسالة واحدة لم تُرسل بعد", two: "رسالتان لم تُرسلا بعد",
  few: "# رسائل لم تُرسل بعد", many: "# رسالة لم تُرسل بعد", other: "# رسالة لم تُرسل بعد",
})

/** @type {import("../lib/texts.js").Texts} */
export const texts = {
  // Sign-in.
  motto: "دردشة على جهازك الخاص",
  signInOrCreate: "تسجيل الدخول أو إنشاء حساب",
  signIn: "تسجيل الدخول",
  createAccount: "إنشاء حساب",
  username: "اسم المستخدم",
  password: "كلمة المرور",
  usernameRule: "من حرف واحد إلى 32 حرفًا أو رقمًا أو نقطة أو شرطة أو شرطة سفلية.",
  passwordRule: "8 أحرف على الأقل.",
  showPassword: "إظهار كلمة المرور",
  hidePassword: "إخفاء كلمة المرور",
  capsLock: "مفتاح Caps Lock مفعّل.",
  keepSignedIn: "البقاء مسجّلًا للدخول",
  signingIn: "جارٍ تسجيل الدخول…",
  creating: "جارٍ إنشاء حسابك…",
  signedOutByServer: "تم تسجيل خروجك. سجّل الدخول مرة أخرى.",

  // Side column.
  chats: "الدردشات",
  chatsAndPeople: "الدردشات والأشخاص",
  people: "الأشخاص",
  yourMenu: "قائمتك",
  signedInAs: "مسجّل الدخول باسم",
  signOut: "تسجيل الخروج",
  notesToSelf: "ملاحظاتي",
  notesInitial: "م",
  notesHint: "دوّن شيئًا لنفسك",
  filterLabel: "تصفية الدردشات والأشخاص",
  filterHint: "ابحث عن دردشة أو شخص",
  clearFilter: "مسح التصفية",
  nobodyElse: "لا أحد غيرك هنا بعد. شارك هذا العنوان مع من تريد التحدث إليهم.",
  nothingMatches: (/** @type {string} */ words) => `لا نتائج تطابق «${apart(words)}».`,
  draft: "مسودة: ",
  unread: (/** @type {number} */ n) => unreadMessages(n),
  badge: (/** @type {number} */ n) => (n > 999 ? `${number(999)}+` : number(n)),

  // Chat.
  backToList: "العودة إلى الدردشات",
  online: "متصل الآن",
  typing: "يكتب…",
  lastSeen: (/** @type {string} */ when) => `آخر ظهور ${when}`,
  atTime: (/** @type {string} */ day, /** @type {string} */ time) => `${day} الساعة ${apart(time)}`,
  messages: "الرسائل",
  message: "رسالة",
  pickFirst: "اختر من تريد مراسلته",
  send: "إرسال",
  jumpToLatest: "الانتقال إلى أحدث رسالة",
  jumpCounted: (/** @type {number} */ n) => `الانتقال إلى أحدث رسالة، ${unreadMessages(n)}`,
  loadingOlder: "جارٍ تحميل الرسائل الأقدم…",
  olderFailed: "تعذّر تحميل الرسائل. أعد المحاولة",
  pickTitle: "اختر شخصًا للتحدث إليه",
  pickWords: "الدردشات والأشخاص في القائمة. كل ما ترسله يُحفظ قبل أن تظهر علامته.",
  emptyTitle: "لا رسائل بعد. ألقِ التحية",
  emptyWords: (/** @type {string} */ name) => `أنت و${apart(name)} فقط من يرى ما يُكتب هنا.`,
  emptyNotesTitle: "مكان لملاحظاتك",
  emptyNotesWords: "قوائم وروابط وأشياء تريد تذكّرها. لا يراها أحد غيرك.",
  deletedMessage: "تم حذف هذه الرسالة.",
  edited: "معدّلة",
  tooLong: "هذه الرسالة أطول من أن تُرسل. اختصرها أو أرسلها على أجزاء.",

  // Ticks.
  tickPending: "قيد الانتظار",
  tickFailed: "لم تُرسل",
  tickSent: "أُرسلت",
  tickDelivered: "وصلت",
  tickRead: "قُرئت",

  // Days.
  today: "اليوم",
  yesterday: "أمس",
  todaySmall: "اليوم",
  yesterdaySmall: "أمس",

  // Answers and emoji.
  you: "أنت",
  yourself: "نفسك",
  reply: "رد",
  replyingTo: (/** @type {string} */ name) => `رد على ${name}`,
  cancelReply: "عدم الرد على هذه الرسالة",
  quoteAbsent: "لم تعد هذه الرسالة هنا.",
  inReplyTo: "ردًا على",
  jumpFailed: "تعذّر تحميل الرسالة. حاول مرة أخرى بعد قليل.",
  messageMenu: "قائمة الرسالة",
  copyText: "نسخ النص",
  messageInfo: "معلومات الرسالة",
  timeUnknown: "الوقت غير معروف",
  emoji: "الرموز التعبيرية",
  emojiSearch: "ابحث عن رمز تعبيري (بالإنجليزية)",
  emojiFound: (/** @type {number} */ n) => `${counted(n, { zero: "لا رموز", one: "رمز واحد", two: "رمزان", few: "# رموز", many: "# رمزًا", other: "# رمز" })}. اختر بمفاتيح الأسهم.`,
  emojiNone: "لا يوجد رمز تعبيري بهذا الاسم.",
  emojiFailed: "تعذّر تحميل الرموز التعبيرية. تحقق من اتصالك وحاول مرة أخرى.",
  emojiCategories: "الفئات",
  skinTone: "لون البشرة",
  copied: "تم النسخ.",
  copyFailed: "تعذّر نسخ النص. حدّده وانسخه بنفسك.",
  groupRecent: "المستخدمة مؤخرًا",
  groupSmileys: "وجوه",
  groupPeople: "أشخاص",
  groupNature: "حيوانات ونباتات",
  groupFood: "طعام وشراب",
  groupTravel: "سفر وأماكن",
  groupActivities: "أنشطة",
  groupObjects: "أشياء",
  groupSymbols: "علامات",
  groupFlags: "أعلام",
  tone0: "بلا لون بشرة",
  tone1: "فاتح",
  tone2: "فاتح متوسط",
  tone3: "متوسط",
  tone4: "داكن متوسط",
  tone5: "داكن",

  // How chats are kept.
  showChats: "عرض",
  allChats: "الكل",
  unreadChats: "غير المقروءة",
  noUnread: "لا دردشات غير مقروءة.",
  archived: "المؤرشفة",
  archivedWords: (/** @type {number} */ chats, /** @type {number} */ unread) =>
    `${counted(chats, { zero: "لا دردشات", one: "دردشة واحدة", two: "دردشتان", few: "# دردشات", many: "# دردشة", other: "# دردشة" })}${unread > 0 ? `، ${unreadMessages(unread)}` : ""}`,
  noArchived: "لا دردشات مؤرشفة.",
  backToChats: "العودة إلى كل الدردشات",
  pinnedSign: "مثبّتة",
  mutedSign: "مكتومة",
  archivedSign: "مؤرشفة",
  markedUnread: "معلّمة كغير مقروءة",

  // The menu of a chat.
  chatMenu: "قائمة هذه الدردشة",
  chatMenuOf: (/** @type {string} */ name) => `قائمة الدردشة مع ${apart(name)}`,
  pinChat: "تثبيت في الأعلى",
  unpinChat: "إلغاء التثبيت",
  archiveChat: "أرشفة",
  unarchiveChat: "إلغاء الأرشفة",
  muteChat: "كتم",
  unmuteChat: "إلغاء الكتم",
  muteHours: (/** @type {number} */ n) => counted(n, { one: "ساعة واحدة", two: "ساعتان", few: "# ساعات", many: "# ساعة", other: "# ساعة" }),
  muteWeek: "أسبوع واحد",
  muteAlways: "دائمًا",
  markUnread: "تعليم كغير مقروءة",
  markRead: "تعليم كمقروءة",
  deleteChat: "حذف الدردشة",
  deleteTitle: (/** @type {string} */ name) => `هل تريد حذف الدردشة مع ${apart(name)}؟`,
  deleteWords: (/** @type {string} */ name) => `ستختفي رسائلها من كل أجهزتك، وتبقى لدى ${apart(name)}.`,
  deleteNotesTitle: "هل تريد حذف ملاحظاتك؟",
  deleteNotesWords: "ستختفي من كل أجهزتك. لا توجد لدى أحد غيرك.",
  deleteGroupWords: "ستختفي رسائلها من كل أجهزتك، وتبقى لدى الآخرين.",
  cancel: "إلغاء",
  notChanged: (/** @type {string} */ why) => `بقيت الدردشة كما كانت. ${why}`,
  notDeleted: (/** @type {string} */ why) => `لم تُحذف الدردشة. ${why}`,
  busyServer: "الخادم مشغول. حاول مرة أخرى بعد قليل.",

  // Connection.
  connecting: "جارٍ الاتصال…",
  noConnection: "لا يوجد اتصال. سيُرسَل ما تكتبه عند عودته.",
  deviceOffline: "هذا الجهاز غير متصل. سيُرسَل ما تكتبه عندما يتصل من جديد.",
  tryNow: "حاول الآن",

  // Failures and their ways out.
  tryAgain: "أعد المحاولة",
  editIt: "تعديل",
  deleteIt: "حذف",
  close: "إغلاق",
  unsentTitle: (/** @type {number} */ n) => `${unsentMessages(n)}. هل تريد تسجيل الخروج مع ذلك؟`,
  unsentWords: "ما لم يُرسل موجود على هذا الجهاز فقط، ويُحذف عند تسجيل الخروج.",
  leftLocally: "تم تسجيل خروجك هنا، لكن تعذّر إبلاغ الخادم. سينسى الخادم هذا الدخول عند انتهاء صلاحيته.",
  listsFailed: "تعذّر تحميل دردشاتك. تتم إعادة المحاولة.",
  unknownFailure: "حدث خطأ ما في الخادم. حاول مرة أخرى بعد قليل.",
  unreachable: "تعذّر الوصول إلى الخادم. تحقّق من اتصالك وحاول مرة أخرى.",
  tooFast: (/** @type {number} */ seconds) => `محاولات كثيرة جدًا. انتظر ${counted(seconds, { one: "ثانية واحدة", two: "ثانيتين", few: "# ثوانٍ", many: "# ثانية", other: "# ثانية" })} ثم حاول مرة أخرى.`,

  // Settings.
  settings: "الإعدادات",
  closeSettings: "إغلاق الإعدادات",
  appearance: "المظهر",
  themeSystem: "كما في هذا الجهاز",
  themeLight: "فاتح",
  themeDark: "داكن",
  language: "اللغة",
  languageSystem: (/** @type {string} */ name) => `كما في المتصفح (${apart(name)})`,
  writing: "الكتابة",
  enterSends: "الإرسال بمفتاح Enter",
  enterSendsHint: "يبدأ Shift+Enter سطرًا جديدًا.",
  enterBreaksHint: "يبدأ Enter سطرًا جديدًا. للإرسال اضغط Ctrl+Enter أو ⌘+Enter.",
  privacy: "الخصوصية",
  showRead: "إشعارات القراءة",
  showReadHint: "عند إيقافها لا يرى الآخرون أنك قرأت رسائلهم، ولا ترى أنت أنهم قرؤوا رسائلك.",
  showLastSeen: "آخر ظهور والاتصال",
  showLastSeenHint: "عند إيقافه لا يرى الآخرون متى تكون هنا أو متى كنت، ولا ترى أنت ذلك عن أحد.",
  notifications: "الإشعارات",
  sounds: "الأصوات",
  soundsHint: "نغمتان هادئتان عند وصول رسالة.",
  desktop: "إشعارات سطح المكتب",
  desktopHint: "عرض الرسائل الجديدة وأنت منشغل بشيء آخر.",
  desktopBlocked: "متصفحك يحظر الإشعارات من هذه الصفحة. اسمح بها في إعدادات الموقع بجانب العنوان، ثم فعّلها هنا.",
  desktopInsecure: "لا تسمح المتصفحات بالإشعارات إلا في العناوين الآمنة (https).",
  desktopMissing: "لا يستطيع هذا المتصفح عرض الإشعارات.",
  onlyHere: "يسري المظهر والكتابة والإشعارات واللغة على هذا المتصفح فقط.",

  // Notifications.
  offerNotifications: "هل نُعلمك بالرسائل الجديدة؟",
  turnOn: "تفعيل",

  // Oneself, and who others are.
  profile: "الملف الشخصي",
  displayName: "الاسم",
  editName: "غيّر اسمك",
  about: "نبذة",
  noAbout: "اكتب شيئًا عن نفسك",
  editAbout: "غيّر النبذة عنك",
  save: "حفظ",
  saving: "يُحفظ…",
  charactersLeft: (/** @type {number} */ n) => {
    const characters = counted(Math.abs(n), { zero: "# حرف", one: "حرف واحد", two: "حرفان", few: "# أحرف", many: "# حرفًا", other: "# حرف" })
    return n < 0 ? `الزائد: ${characters}` : `المتبقي: ${characters}`
  },
  changePicture: "غيّر الصورة",
  choosePicture: "اختر صورة",
  removePicture: "أزل الصورة",
  pictureUnreadable: "لا يستطيع هذا المتصفح فتح هذه الصورة. اختر JPEG أو PNG أو WebP.",
  cropTitle: "قص صورتك",
  cropHint: "اسحب للتحريك. كبّر بالمؤشر أو بعجلة الفأرة أو بإصبعين أو بـ + و −.",
  zoom: "التكبير",
  changePassword: "غيّر كلمة المرور",
  passwordWords: "سيُسجَّل خروج كل أجهزتك الأخرى.",
  currentPassword: "كلمة المرور الحالية",
  newPassword: "كلمة المرور الجديدة",
  passwordChanged: "تغيّرت كلمة المرور. سُجّل خروج كل أجهزتك الأخرى.",
}

/** What went wrong, by the stable code of the server. */
export const failures = new Map([
  ["username_taken", "اسم المستخدم هذا محجوز. اختر اسمًا آخر، أو سجّل الدخول إن كان لك."],
  ["invalid_username", "استخدم من حرف واحد إلى 32 حرفًا أو رقمًا أو نقطة أو شرطة أو شرطة سفلية."],
  ["invalid_password", "استخدم 8 أحرف على الأقل."],
  ["username_missing", "أدخل اسم المستخدم."],
  ["password_missing", "أدخل كلمة المرور."],
  ["password_long", "كلمة المرور هذه طويلة جدًا."],
  ["invalid_credentials", "اسم المستخدم أو كلمة المرور غير صحيحة."],
  ["empty_content", "لا يمكن إرسال رسالة فارغة."],
  ["content_too_long", "هذه الرسالة طويلة جدًا."],
  ["cid_conflict", "أُرسلت رسالة أخرى بهذا الرقم."],
  ["chat_went_on", "وصلت رسائل جديدة في هذه الأثناء."],
  ["no_such_user", "هذا الشخص لم يعد موجودًا."],
  ["no_such_chat", "هذه الدردشة لم تعد موجودة."],
  ["no_such_message", "الرسالة التي تردّ عليها لم تعد موجودة."],
  ["internal", "تعذّر على الخادم حفظ هذه الرسالة."],
  ["invalid", "لم يفهم الخادم هذه الرسالة."],
  ["wrong_password", "هذه ليست كلمة المرور الحالية."],
  ["invalid_display_name", "الاسم سطر واحد من 64 حرفًا على الأكثر."],
  ["invalid_about", "النبذة عنك من 140 حرفًا على الأكثر."],
  ["invalid_picture", "لا يمكن استخدام هذه الصورة. اختر غيرها."],
  ["too_large", "هذه الصورة كبيرة جدًا. اختر أصغر منها."],
])
