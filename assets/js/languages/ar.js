// @ts-check
/**
 * All texts of the page in Arabic, with the keys of lib/texts.js. Names and typed text may run from left to right;
 * `apart` isolates them (U+2068, U+2069) so that they do not reorder the sentence around them.
 */
import { UNREAD_MAX, counting, number } from "../lib/locale.js"

const counted = counting("ar")

/** @param {string} words */
const apart = (words) => `\u2068${words}\u2069`

/** @param {number} n */
const othersBeside = (n) => counted(n, {
  one: "شخص آخر", two: "شخصين آخرين", few: "# أشخاص آخرين", many: "# شخصًا آخر", other: "# شخص آخر",
})

/** @param {number} n */
const unreadMessages = (n) => counted(n, {
  zero: "لا رسائل غير مقروءة", one: "رسالة واحدة غير مقروءة", two: "رسالتان غير مقروءتين",
  few: "# رسائل غير مقروءة", many: "# رسالة غير مقروءة", other: "# رسالة غير مقروءة",
}, UNREAD_MAX)

/** @param {number} n */
const unreadMentions = (n) => counted(n, {
  zero: "لا إشارات غير مقروءة", one: "إشارة واحدة غير مقروءة", two: "إشارتان غير مقروءتين",
  few: "# إشارات غير مقروءة", many: "# إشارة غير مقروءة", other: "# إشارة غير مقروءة",
})

/** @param {number} n */
const unsentMessages = (n) => counted(n, {
  zero: "لا رسائل لم تُرسل", one: "رسالة واحدة لم تُرسل بعد", two: "رسالتان لم تُرسلا بعد",
  few: "# رسائل لم تُرسل بعد", many: "# رسالة لم تُرسل بعد", other: "# رسالة لم تُرسل بعد",
})

/** @param {number} n */
const emojiCount = (n) => counted(n, {
  zero: "لا رموز", one: "رمز واحد", two: "رمزان", few: "# رموز", many: "# رمزًا", other: "# رمز",
})

/** @param {number} n */
const chatCount = (n) => counted(n, {
  zero: "لا دردشات", one: "دردشة واحدة", two: "دردشتان", few: "# دردشات", many: "# دردشة", other: "# دردشة",
})

/** After "wait", therefore in the accusative. @param {number} n */
const secondsCount = (n) => counted(n, {
  one: "ثانية واحدة", two: "ثانيتين", few: "# ثوانٍ", many: "# ثانية", other: "# ثانية",
})

/** @param {number} n */
const characterCount = (n) => counted(n, {
  zero: "لا أحرف", one: "حرف واحد", two: "حرفان", few: "# أحرف", many: "# حرفًا", other: "# حرف",
})

/** @param {number} n */
const memberCount = (n) => counted(n, {
  zero: "لا أعضاء", one: "عضو واحد", two: "عضوان", few: "# أعضاء", many: "# عضوًا", other: "# عضو",
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
  usernameRule: "من ١ إلى ٣٢ من الأحرف والأرقام والنقاط والشرطات والشرطات السفلية.",
  passwordRule: "٨ أحرف على الأقل.",
  showPassword: "إظهار كلمة المرور",
  hidePassword: "إخفاء كلمة المرور",
  capsLock: "مفتاح Caps Lock مفعّل.",
  keepSignedIn: "البقاء قيد تسجيل الدخول",
  signingIn: "جارٍ تسجيل الدخول…",
  creating: "جارٍ إنشاء حسابك…",
  signedOutByServer: "تم تسجيل خروجك. سجّل الدخول مرة أخرى.",
  welcome: "لا حساب لأحد هنا بعد. أنشئ الحساب الأول ثم ادعُ الآخرين.",
  displayNameOptional: "الاسم الظاهر (اختياري)",
  nameSpaces: "لا مسافات في اسم المستخدم. استخدم نقطة أو شرطة.",
  nameSign: (/** @type {string} */ sign) => `لا يُسمح بـ«${sign}» في اسم المستخدم.`,

  // Side column.
  chats: "الدردشات",
  chatsAndPeople: "الدردشات والأشخاص",
  people: "الأشخاص",
  yourMenu: "القائمة",
  signedInAs: "مسجّل الدخول باسم",
  signOut: "تسجيل الخروج",
  notesToSelf: "ملاحظاتي",
  notesHint: "دوّن شيئًا لنفسك",
  filterLabel: "البحث في الدردشات والأشخاص",
  filterHint: "ابحث عن دردشة أو شخص",
  clearFilter: "مسح البحث",
  nobodyElse: "لا أحد غيرك هنا بعد. شارك هذا العنوان مع من تريد التحدث إليهم.",
  invitePeople: "دعوة أشخاص",
  inviteWords: "يمكن لمن يفتح هذا العنوان أن يختار اسمًا وينضم.",
  inviteOnlyHere: "لا يفتح Chaap إلا هذا الجهاز. ليدخل الآخرون، شغّل الخادم بالخيار ‎--listen 0.0.0.0‎.",
  copy: "نسخ",
  share: "مشاركة",
  printCard: "طباعة البطاقة",
  inviteCode: "رمز QR للعنوان",
  otherAddress: "اختيار عنوان آخر",
  nothingMatches: (/** @type {string} */ words) => `لا نتائج تطابق «${apart(words)}».`,
  draft: "مسودة: ",
  unread: (/** @type {number} */ n) => unreadMessages(n),
  badge: (/** @type {number} */ n) => number(n, UNREAD_MAX),

  // Chat.
  backToList: "العودة إلى الدردشات",
  online: "متصل الآن",
  typing: "يكتب…",
  lastSeen: (/** @type {string} */ when) => `آخر ظهور ${when}`,
  atTime: (/** @type {string} */ day, /** @type {string} */ time) => `${day} الساعة ${apart(time)}`,
  messages: "الرسائل",
  message: "رسالة",
  pickFirst: "اختر دردشة أولًا",
  send: "إرسال",
  jumpToLatest: "الانتقال إلى أحدث رسالة",
  jumpCounted: (/** @type {number} */ n) => `الانتقال إلى أحدث رسالة، ${unreadMessages(n)}`,
  jumpToUnread: (/** @type {number} */ n) => `الانتقال إلى أول رسالة غير مقروءة، ${unreadMessages(n)}`,
  loadingOlder: "جارٍ تحميل الرسائل الأقدم…",
  olderFailed: "تعذّر تحميل الرسائل. إعادة المحاولة",
  pickTitle: "اختر دردشة أو شخصًا",
  pickWords: "تجد في القائمة دردشاتك وكل الأشخاص على هذا الخادم.",
  emptyTitle: "لا رسائل بعد. ألقِ التحية",
  emptyWords: (/** @type {string} */ name) => `هذه الدردشة بينك وبين ${apart(name)} فقط.`,
  emptyNotesTitle: "مكان لملاحظاتك",
  emptyNotesWords: "قوائم وروابط وأشياء تريد تذكّرها. لا يراها أحد غيرك.",
  deletedMessage: "تم حذف هذه الرسالة.",
  edited: "معدّلة",
  tooLong: (/** @type {number} */ n) =>
    `هذه الرسالة أطول من أن تُرسل، والزائد: ${characterCount(n)}. اختصرها أو أرسلها على أجزاء.`,
  readMore: "قراءة المزيد",
  copyCode: "نسخ الشيفرة",

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
  replyingTo: (/** @type {string} */ name) => `رد على ${apart(name)}`,
  cancelReply: "إلغاء الرد",
  quoteAbsent: "لم تعد هذه الرسالة متاحة.",
  inReplyTo: "ردًا على",
  jumpFailed: "تعذّر تحميل الرسالة. حاول مرة أخرى بعد قليل.",
  messageMenu: "قائمة الرسالة",
  copyText: "نسخ النص",
  messageInfo: "معلومات الرسالة",
  timeUnknown: "الوقت غير معروف",
  emoji: "الرموز التعبيرية",
  emojiSearch: "ابحث عن رمز تعبيري",
  emojiFound: (/** @type {number} */ n) => `${emojiCount(n)}. اختر بمفاتيح الأسهم.`,
  emojiNone: "لم يُعثر على رموز تعبيرية.",
  emojiFailed: "تعذّر تحميل الرموز التعبيرية. تحقق من اتصالك وحاول مرة أخرى.",
  emojiCategories: "الفئات",
  skinTone: "لون البشرة",
  copied: "تم النسخ.",
  copyFailed: "تعذّر نسخ النص. حدّده وانسخه بنفسك.",
  filesSoon: "لا يمكن إرسال الملفات بعد. سيصبح ذلك ممكنًا قريبًا.",
  groupRecent: "الأكثر استخدامًا",
  groupSmileys: "وجوه",
  groupPeople: "أشخاص",
  groupNature: "حيوانات وطبيعة",
  groupFood: "طعام وشراب",
  groupTravel: "سفر وأماكن",
  groupActivities: "أنشطة",
  groupObjects: "أشياء",
  groupSymbols: "رموز",
  groupFlags: "أعلام",
  tone0: "افتراضي",
  tone1: "فاتح",
  tone2: "فاتح متوسط",
  tone3: "متوسط",
  tone4: "داكن متوسط",
  tone5: "داكن",

  // How chats are kept.
  showChats: "تصفية الدردشات",
  allChats: "الكل",
  unreadChats: "غير المقروءة",
  noUnread: "لا دردشات غير مقروءة.",
  archived: "المؤرشفة",
  archivedWords: (/** @type {number} */ chats, /** @type {number} */ unread) =>
    `${chatCount(chats)}${unread > 0 ? `، ${unreadMessages(unread)}` : ""}`,
  noArchived: "لا دردشات مؤرشفة.",
  backToChats: "العودة إلى كل الدردشات",
  pinnedSign: "مثبّتة",
  mutedSign: "مكتومة",
  archivedSign: "مؤرشفة",
  markedUnread: "محددة كغير مقروءة",
  goTo: "الانتقال إلى دردشة أو شخص أو أمر",
  commands: "الأوامر",
  nextChat: "الدردشة التالية أو السابقة",
  keyCtrl: "Ctrl",
  keyChoose: "اختيار",
  hintOpen: "فتح",
  hintClose: "إغلاق",
  found: (/** @type {number} */ n) =>
    counted(n, {
      zero: "لا نتائج",
      one: "نتيجة واحدة",
      two: "نتيجتان",
      few: "# نتائج",
      many: "# نتيجة",
      other: "# نتيجة",
    }),

  // The menu of a chat.
  chatMenu: "قائمة الدردشة",
  chatMenuOf: (/** @type {string} */ name) => `قائمة دردشة ${apart(name)}`,
  pinChat: "تثبيت",
  unpinChat: "إلغاء التثبيت",
  archiveChat: "أرشفة",
  unarchiveChat: "إلغاء الأرشفة",
  muteChat: "كتم",
  unmuteChat: "إلغاء الكتم",
  muteHours: (/** @type {number} */ n) =>
    counted(n, { one: "ساعة واحدة", two: "ساعتان", few: "# ساعات", many: "# ساعة", other: "# ساعة" }),
  muteWeek: "أسبوع واحد",
  muteAlways: "دائمًا",
  markUnread: "تحديد كغير مقروءة",
  markRead: "تحديد كمقروءة",
  deleteChat: "حذف الدردشة",
  deleteTitle: (/** @type {string} */ name) => `هل تريد حذف الدردشة مع ${apart(name)}؟`,
  deleteWords: (/** @type {string} */ name) => `ستختفي رسائلها من كل أجهزتك، وتبقى نسخة لدى ${apart(name)}.`,
  deleteNotesTitle: "هل تريد حذف ملاحظاتك؟",
  deleteNotesWords: "ستختفي من كل أجهزتك. لا نسخة لدى أحد غيرك.",
  deleteGroupWords: "ستختفي رسائلها من كل أجهزتك، وتبقى نسخة لدى بقية الأعضاء.",
  cancel: "إلغاء",
  notChanged: (/** @type {string} */ why) => `لم تتغيّر الدردشة. ${why}`,
  notDeleted: (/** @type {string} */ why) => `لم تُحذف الدردشة. ${why}`,
  copyUsername: "نسخ اسم المستخدم",
  undo: "تراجع",
  chatArchived: "تمت أرشفة الدردشة.",
  chatDeleted: "تم حذف الدردشة.",
  busyServer: "الخادم مشغول. حاول مرة أخرى بعد قليل.",

  // Connection.
  connecting: "جارٍ الاتصال…",
  noConnection: "لا يوجد اتصال. ستُرسل رسائلك عند عودته.",
  originRefused: (/** @type {string} */ origin) =>
    `يرفض الخادم صفحات ${origin}. يمكن لمشغّله السماح بها بالخيار ‎--allow-origin ${origin}.`,
  deviceOffline: "هذا الجهاز غير متصل بالشبكة. ستُرسل رسائلك عندما يتصل من جديد.",
  notSaved: "غير محفوظة",
  notSavedHere: "لا يوجد اتصال، ولا يستطيع هذا المتصفح حفظ رسائلك. أبقِ هذه الصفحة مفتوحة حتى تُرسل.",
  onTheirWay: (/** @type {number} */ n) => counted(n, {
    zero: "لا رسائل في الطريق", one: "رسالة واحدة في الطريق", two: "رسالتان في الطريق",
    few: "# رسائل في الطريق", many: "# رسالة في الطريق", other: "# رسالة في الطريق",
  }),
  awaitConnection: (/** @type {number} */ n) => counted(n, {
    zero: "لا رسائل بانتظار الاتصال", one: "رسالة واحدة بانتظار الاتصال", two: "رسالتان بانتظار الاتصال",
    few: "# رسائل بانتظار الاتصال", many: "# رسالة بانتظار الاتصال", other: "# رسالة بانتظار الاتصال",
  }),
  sendingPaused: (/** @type {number} */ seconds) =>
    `أنت ترسل بسرعة كبيرة. يُستأنف الإرسال بعد ${secondsCount(seconds)}.`,
  tryAgainNow: "يمكنك المحاولة الآن.",
  tryNow: "المحاولة الآن",

  // Failures and their ways out.
  tryAgain: "إعادة المحاولة",
  editIt: "تعديل",
  deleteIt: "حذف",
  close: "إغلاق",
  unsentTitle: (/** @type {number} */ n) => `${unsentMessages(n)}. هل تريد تسجيل الخروج مع ذلك؟`,
  unsentWords: "الرسائل التي لم تُرسل موجودة على هذا الجهاز فقط، وتُحذف عند تسجيل الخروج.",
  leftLocally: "تم تسجيل خروجك على هذا الجهاز، لكن تعذّر إبلاغ الخادم. تبقى الجلسة صالحة هناك حتى تنتهي مدتها.",
  listsFailed: "تعذّر تحميل دردشاتك. جارٍ إعادة المحاولة…",
  unknownFailure: "حدث خطأ ما في الخادم. حاول مرة أخرى بعد قليل.",
  unreachable: "تعذّر الوصول إلى الخادم. تحقّق من اتصالك وحاول مرة أخرى.",
  updated: "حُدّث Chaap. أعد تحميل الصفحة للمتابعة.",
  reload: "إعادة التحميل",
  tooFast: (/** @type {number} */ seconds) => `محاولات كثيرة جدًا. انتظر ${secondsCount(seconds)} ثم حاول مرة أخرى.`,

  // Settings.
  settings: "الإعدادات",
  closeSettings: "إغلاق الإعدادات",
  appearance: "المظهر",
  themeSystem: "النظام",
  themeLight: "فاتح",
  themeDark: "داكن",
  letters: "أحرف داخل الصور",
  lettersHint: "يعرض الأحرف الأولى من أسماء الأشخاص داخل نقوشهم.",
  language: "اللغة",
  languageSystem: (/** @type {string} */ name) => `لغة المتصفح (${apart(name)})`,
  writing: "الكتابة",
  enterSends: "الإرسال بمفتاح Enter",
  enterSendsHint: "اضغط Shift+Enter لبدء سطر جديد.",
  enterBreaksHint: "اضغط Enter لبدء سطر جديد. للإرسال اضغط Ctrl+Enter أو ⌘+Enter.",
  privacy: "الخصوصية",
  showRead: "مؤشرات القراءة",
  showReadHint: "عند إيقافها لا ترسل مؤشرات القراءة ولا ترى مؤشرات الآخرين. في المجموعات تبقى مفعّلة دائمًا.",
  showLastSeen: "آخر ظهور وحالة الاتصال",
  showLastSeenHint: "عند إيقافها لا يرى الآخرون متى تكون متصلًا أو متى كنت، ولا ترى أنت ذلك عنهم.",
  notifications: "الإشعارات",
  sounds: "الأصوات",
  soundsHint: "نغمتان هادئتان عند وصول رسالة.",
  desktop: "إشعارات سطح المكتب",
  desktopHint: "عرض الرسائل الجديدة وأنت في علامة تبويب أخرى أو تطبيق آخر.",
  desktopBlocked: "متصفحك يحظر الإشعارات من هذه الصفحة. اسمح بها في إعدادات الموقع بجانب العنوان، ثم فعّلها هنا.",
  desktopInsecure: "لا تسمح المتصفحات بالإشعارات وبفتح Chaap دون اتصال إلا في الصفحات الآمنة (https). " +
    "يشرح ملف README الخاص بـ Chaap طريقة الإعداد.",
  desktopMissing: "لا يستطيع هذا المتصفح عرض الإشعارات.",
  onlyHere: "يسري المظهر والكتابة والإشعارات واللغة على هذا المتصفح فقط.",
  textSize: "نص الرسائل",
  textSmall: "صغير",
  textNormal: "عادي",
  textLarge: "كبير",

  // The list of keys.
  keyboard: "اختصارات لوحة المفاتيح",
  keysAnywhere: "في أي مكان",
  keysInList: "في القائمة",
  keysWriting: "أثناء الكتابة",
  keysOnMessage: "على رسالة",
  keySwitcher: "الانتقال إلى دردشة أو شخص",
  keyNextChat: "الدردشة السابقة أو التالية",
  keyClose: "إغلاق المفتوح أو مغادرة الدردشة",
  keyMove: "التنقل لأعلى ولأسفل",
  keyOpen: "فتح",
  keyNewLine: "بدء سطر جديد",
  keyBold: "عريض",
  keyItalic: "مائل",
  keyStrike: "يتوسطه خط",
  keyEmoji: "رمز تعبيري باسمه",
  keyBack: "العودة إلى حقل النص",

  // Notifications.
  offerNotifications: "هل تريد إشعارات بالرسائل الجديدة؟",
  turnOn: "تفعيل",

  // The page as an app.
  installApp: "تثبيت التطبيق",
  install: "تثبيت",
  offerInstall: "هل تريد تثبيت Chaap كتطبيق؟",
  installByShare: "لتثبيت Chaap، اضغط «مشاركة» ثم «إضافة إلى الشاشة الرئيسية».",

  // Oneself, and who others are.
  profile: "الملف الشخصي",
  displayName: "الاسم",
  editName: "تغيير الاسم",
  about: "نبذة",
  noAbout: "اكتب شيئًا عن نفسك",
  editAbout: "تغيير النبذة",
  save: "حفظ",
  saving: "جارٍ الحفظ…",
  charactersLeft: (/** @type {number} */ n) => {
    const characters = characterCount(Math.abs(n))
    return n < 0 ? `الزائد: ${characters}` : `المتبقي: ${characters}`
  },
  changePicture: "تغيير الصورة",
  choosePicture: "اختيار صورة",
  removePicture: "إزالة الصورة",
  pictureNotSaved: "لم تُحفظ الصورة.",
  pictureUnreadable: "لا يستطيع هذا المتصفح فتح هذه الصورة. اختر JPEG أو PNG أو WebP.",
  cropTitle: "قص الصورة",
  cropHint: "اسحب للتحريك. كبّر بشريط التمرير أو بعجلة الفأرة أو بإصبعين أو بـ + و −.",
  zoom: "التكبير",
  changePassword: "تغيير كلمة المرور",
  passwordWords: "سيتم تسجيل الخروج من كل أجهزتك الأخرى.",
  currentPassword: "كلمة المرور الحالية",
  newPassword: "كلمة المرور الجديدة",
  passwordChanged: "تم تغيير كلمة المرور. تم تسجيل الخروج من كل أجهزتك الأخرى.",

  // Groups.
  group: "مجموعة",
  newGroup: "مجموعة جديدة",
  newGroupWith: (name) => `مجموعة جديدة مع ${apart(name)}`,
  searchPeople: "البحث عن أشخاص",
  chosenPeople: "الأشخاص المختارون",
  chosen: (n) => counted(n, {
    zero: "لم يُختر أحد", one: "اختير شخص واحد", two: "اختير شخصان", few: "اختير # أشخاص", many: "اختير # شخصًا",
    other: "اختير # شخص",
  }),
  takeBack: (name) => `إزالة ${apart(name)}`,
  alreadyMember: "في المجموعة بالفعل",
  next: "التالي",
  goBack: "رجوع",
  groupTitle: "اسم المجموعة",
  titleMissing: "أدخل اسمًا للمجموعة.",
  editGroupTitle: "تغيير اسم المجموعة",
  description: "الوصف",
  descriptionOptional: "الوصف (اختياري)",
  noDescription: "اكتب موضوع هذه المجموعة",
  editDescription: "تغيير الوصف",
  moreSettings: "إعدادات أخرى",
  createGroup: "إنشاء المجموعة",
  creatingGroup: "جارٍ الإنشاء…",
  groupOffline: "لا اتصال. يبقى ما أدخلته هنا حتى تتمكن من إنشاء المجموعة.",
  cropGroupTitle: "قص صورة المجموعة",
  groupSettings: "إعدادات المجموعة",
  onlyAdminsWrite: "المشرفون فقط يكتبون",
  onlyAdminsWriteHint: "عند التفعيل يستطيع الأعضاء الآخرون القراءة فقط.",
  onlyAdminsChange: "المشرفون فقط يغيّرون المجموعة",
  onlyAdminsChangeHint: "ينطبق هذا على الاسم والوصف والصورة.",
  newcomersSee: "إظهار الرسائل السابقة للأعضاء الجدد",
  newcomersSeeHint: "ينطبق هذا على من يُضاف من الآن فصاعدًا.",
  membersHeading: "الأعضاء",
  members: (n) => memberCount(n),
  groupOf: (n) => `مجموعة، ${memberCount(n)}`,
  searchMembers: "البحث عن أعضاء",
  addMembers: "إضافة أعضاء",
  addYes: "إضافة",
  admin: "مشرف",
  memberMenu: (name) => `قائمة ${apart(name)}`,
  messageMember: "إرسال رسالة",
  makeAdmin: "تعيين مشرفًا",
  endAdmin: "إزالة من الإشراف",
  removeMember: "إزالة من المجموعة",
  removeMemberTitle: (name) => `إزالة ${apart(name)} من المجموعة؟`,
  removeMemberWords: "تبقى الرسائل السابقة لدى هذا الشخص ولا تصله رسائل جديدة.",
  removeYes: "إزالة",
  leaveGroup: "مغادرة المجموعة",
  leaveGroupTitle: (title) => `مغادرة «${apart(title)}»؟`,
  leaveGroupWords: "تبقى لديك الرسائل السابقة ولا تصلك رسائل جديدة. يرى الأعضاء الآخرون أنك غادرت.",
  nameAdminTitle: "من سيكون المشرف؟",
  nameAdminWords: "أنت المشرف الوحيد. إن لم تختر أحدًا، يصبح أقدم عضو مشرفًا.",
  formerMember: "لم تعد عضوًا في هذه المجموعة. تبقى لديك الرسائل السابقة ولا تصلك رسائل جديدة.",
  deleteGroupTitle: (title) => `حذف «${apart(title)}»؟`,
  groupsInCommon: "المجموعات المشتركة",
  contactInfo: "معلومات جهة الاتصال",
  groupInfo: "معلومات المجموعة",
  // Groups. A name may be that of a woman or a man, so the sentences have no verb that depends on it.
  someone: "أحد الأعضاء",
  peopleNamed: (/** @type {string} */ first, /** @type {string} */ second, /** @type {number} */ n) =>
    n === 1 ? first : `${first} و${second || othersBeside(n - 1)}`,
  oneTyping: (/** @type {string} */ who) => `الآن يكتب: ${who}…`,
  manyTyping: (/** @type {string} */ who) => `الآن يكتبون: ${who}…`,
  peopleTyping: (n) =>
    counted(n, {
      one: "شخص واحد يكتب…", two: "شخصان يكتبان…", few: "# أشخاص يكتبون…", many: "# شخصًا يكتبون…",
      other: "# شخص يكتبون…",
    }),
  eventCreated: (/** @type {string} */ by, /** @type {string} */ title) =>
    by ? `تم إنشاء المجموعة «${title}» بواسطة ${by}` : `أنشأتَ المجموعة «${title}»`,
  eventAdded: (/** @type {string} */ by, /** @type {string} */ whom) =>
    by ? `تمت إضافة ${whom} بواسطة ${by}` : `أضفتَ ${whom}`,
  eventAddedYou: (/** @type {string} */ by, /** @type {string} */ whom) =>
    `تمت إضافتك${whom && ` مع ${whom}`} بواسطة ${by}`,
  othersBeside: (/** @type {number} */ n) => othersBeside(n),
  eventRemoved: (/** @type {string} */ by, /** @type {string} */ whom) =>
    by ? `تمت ${whom ? `إزالة ${whom}` : "إزالتك"} بواسطة ${by}` : `أزلتَ ${whom}`,
  eventLeft: (/** @type {string} */ by) => by ? `خرج من المجموعة: ${by}` : "خرجتَ من المجموعة",
  eventJoined: (/** @type {string} */ by) => by ? `انضمام عبر رابط الدعوة: ${by}` : "انضممتَ عبر رابط الدعوة",
  eventTitle: (/** @type {string} */ by, /** @type {string} */ title) =>
    by ? `تم تغيير الاسم إلى «${title}» بواسطة ${by}` : `غيّرتَ الاسم إلى «${title}»`,
  eventDescription: (/** @type {string} */ by) => by ? `تم تغيير الوصف بواسطة ${by}` : "غيّرتَ الوصف",
  eventPicture: (/** @type {string} */ by) => by ? `تم تغيير الصورة بواسطة ${by}` : "غيّرتَ الصورة",
  eventAdmin: (/** @type {string} */ whom) => whom ? `أصبح الإشراف أيضًا لدى ${whom}` : "أصبحتَ من المشرفين",
  eventNoAdmin: (/** @type {string} */ whom) => whom ? `لم يعد الإشراف لدى ${whom}` : "لم تعد من المشرفين",
  eventSettings: (/** @type {string} */ by, /** @type {string} */ changes) =>
    by ? `تم تغيير الإعدادات بواسطة ${by}: ${changes}` : `غيّرتَ الإعدادات: ${changes}`,
  setWriteAdmins: "الكتابة للمشرفين فقط",
  setWriteAll: "الكتابة للجميع",
  setChangeAdmins: "تغيير المجموعة للمشرفين فقط",
  setChangeAll: "تغيير المجموعة للجميع",
  setHistoryNone: "الرسائل السابقة لا تظهر للأعضاء الجدد",
  setHistoryAll: "الرسائل السابقة تظهر للأعضاء الجدد",
  eventUnknown: "تغيّرت المجموعة",
  comma: "، ",
  notInGroupThen: "لم تكن في هذه المجموعة آنذاك",
  closedFormer: "لم تعد عضوًا في هذه المجموعة.",
  closedAdmins: "الكتابة في هذه المجموعة للمشرفين فقط.",
  infoWaiting: "في الانتظار",
  infoNobody: "لا أحد حتى الآن",
  writeTo: "إرسال رسالة",
  mentionAll: "الكل",
  mentionsPeople: (/** @type {number} */ n) => `الكل: ${counted(n, {
    zero: "لا أحد", one: "شخص واحد", two: "شخصان", few: "# أشخاص", many: "# شخصًا", other: "# شخص",
  })}`,
  mentionsFound: (/** @type {number} */ n) => `${counted(n, {
    zero: "لا اقتراحات", one: "اقتراح واحد", two: "اقتراحان", few: "# اقتراحات", many: "# اقتراحًا", other: "# اقتراح",
  })}. اختر بمفاتيح الأسهم.`,
  membersLoading: "جارٍ تحميل الأعضاء…",
  membersFailed: "تعذّر تحميل الأعضاء.",
  unreadMentions: (/** @type {number} */ n) => unreadMentions(n),
  jumpToMention: (/** @type {number} */ n) => `الانتقال إلى الإشارة التالية، ${unreadMentions(n)}`,
  mentionedYou: (/** @type {string} */ name) => `أشار إليك ${name}`,
  mentionedAll: (/** @type {string} */ name) => `أشار إلى الجميع ${name}`,
  // روابط الدعوة.
  inviteLink: "رابط الدعوة",
  inviteLinkWords: "يمكن لكل من لديه هذا الرابط الانضمام.",
  inviteOff: "لا يوجد رابط، فلا يمكن لأحد الانضمام به.",
  makeInvite: "إنشاء رابط",
  renewInvite: "تجديد",
  renewInviteTitle: "هل تريد تجديد رابط الدعوة؟",
  renewInviteWords: "يتوقف الرابط القديم عن العمل فورًا. لا يغادر أحد المجموعة.",
  endInvite: "إيقاف",
  endInviteTitle: "هل تريد إيقاف رابط الدعوة؟",
  endInviteWords: "يتوقف الرابط عن العمل فورًا. يمكنك إنشاء رابط جديد في أي وقت.",
  invitedTo: "دعوة إلى المجموعة",
  joinGroup: "الانضمام إلى المجموعة",
  joining: "جارٍ الانضمام…",
  joinHow: "أنشئ حسابًا أو سجّل الدخول للانضمام.",
  joinFull: "هذه المجموعة ممتلئة. اطلب من أحد المشرفين إفساح مكان.",
  joinRemoved: "أزالك أحد المشرفين من هذه المجموعة. اطلب من أحد المشرفين إضافتك مجددًا.",
  joinDead: "رابط الدعوة هذا لا يعمل",
  joinDeadWords: "تم تجديده أو إيقافه. اطلب رابطًا جديدًا من أحد أعضاء المجموعة.",
  joinOffline: "لا يوجد اتصال. ستظهر المجموعة هنا فور عودته.",
}

/** What went wrong, by the stable code of the server. */
export const failures = new Map([
  ["username_taken", "اسم المستخدم هذا مستخدم بالفعل. اختر اسمًا آخر، أو سجّل الدخول إن كان لك."],
  ["invalid_username", "استخدم من ١ إلى ٣٢ حرفًا أو رقمًا أو . - _ من أبجدية واحدة، دون أحرف غير مرئية."],
  ["reserved_username", "هذا الاسم محجوز. اختر اسمًا آخر."],
  ["confusable_username", "هذا الاسم يشبه اسم مستخدم آخر. اختر اسمًا أكثر اختلافًا."],
  ["invalid_password", "استخدم ٨ أحرف على الأقل."],
  ["username_missing", "أدخل اسم المستخدم."],
  ["password_missing", "أدخل كلمة المرور."],
  ["password_long", "كلمة المرور هذه طويلة جدًا."],
  ["invalid_credentials", "اسم المستخدم أو كلمة المرور غير صحيحة."],
  ["empty_content", "لا يمكن إرسال رسالة فارغة."],
  ["content_too_long", "هذه الرسالة طويلة جدًا."],
  ["cid_conflict", "تعذّر إرسال هذه الرسالة لأن لرسالة أخرى المعرّف نفسه."],
  ["chat_went_on", "وصلت رسائل جديدة في هذه الأثناء."],
  ["no_such_user", "هذا الحساب لم يعد موجودًا."],
  ["no_such_chat", "هذه الدردشة لم تعد موجودة."],
  ["no_such_message", "الرسالة التي رددت عليها لم تعد موجودة."],
  ["internal", "تعذّر على الخادم حفظ هذه الرسالة."],
  ["invalid", "لم يفهم الخادم هذه الرسالة."],
  ["wrong_password", "هذه ليست كلمة المرور الحالية."],
  ["invalid_display_name", "استخدم سطرًا واحدًا من ٦٤ حرفًا على الأكثر، دون أحرف غير مرئية."],
  ["invalid_about", "استخدم ١٤٠ حرفًا على الأكثر."],
  ["invalid_picture", "لا يمكن استخدام هذه الصورة. اختر غيرها."],
  ["too_large", "هذه الصورة كبيرة جدًا. اختر أصغر منها."],
  ["rate_limited", "حدث هذا مرات كثيرة في وقت قصير. انتظر قليلًا ثم حاول مرة أخرى."],
  ["too_many_sign_ins", "محاولات تسجيل الدخول كثيرة جدًا. انتظر قليلًا ثم حاول مرة أخرى."],
  ["too_many_sockets", "Chaap مفتوح لديك في أماكن كثيرة جدًا. أغلق بعضها، وستتصل هذه الصفحة تلقائيًا."],
  ["quota", "امتلأت مساحتك على هذا الخادم. اطلب المزيد ممن يديره."],
  ["storage", "لا يستطيع الخادم حفظ أي شيء الآن. حاول مرة أخرى لاحقًا."],
  ["common_password", "تخمين كلمة المرور هذه سهل جدًا. اختر غيرها."],
  ["password_changed", "تم تغيير كلمة مرورك على جهاز آخر. سجّل الدخول بالكلمة الجديدة."],
  ["session_expired", "انتهت صلاحية تسجيل دخولك. سجّل الدخول مرة أخرى."],
  ["session_ended", "أُنهي تسجيل الدخول هذا من مكان آخر. سجّل الدخول مرة أخرى."],
  ["server_restored", "استُعيد الخادم من نسخة احتياطية، لذا على الجميع تسجيل الدخول مرة أخرى."],
  ["not_an_admin", "لا يستطيع هذا إلا مشرف المجموعة."],
  ["last_admin", "تحتاج المجموعة إلى مشرف. عيّن شخصًا آخر أولًا."],
  ["too_many_members", "لا تتسع المجموعة لأكثر من ٥٬٠٠٠ عضو."],
  ["too_many_groups", "أنت عضو في ٢٬٠٠٠ مجموعة، وهو الحد الأقصى. غادر إحداها أولًا."],
  ["member_in_too_many_groups", "أحد هؤلاء الأشخاص عضو في ٢٬٠٠٠ مجموعة، وهو الحد الأقصى. عليه مغادرة إحداها أولًا."],
  ["added_too_often", "أُضيف أحد هؤلاء الأشخاص إلى مجموعات كثيرة قبل قليل. استثنه، أو أرسل إليه رابط دعوة، " +
    "أو حاول لاحقًا."],
  ["invalid_title", "اكتب سطرًا واحدًا من ١٠٠ حرف على الأكثر، دون أحرف غير مرئية."],
  ["invalid_description", "هذا الوصف طويل جدًا. اختصره."],
  ["not_a_member", "لم تعد عضوًا في هذه المجموعة."],
  ["only_admins_may_write", "الكتابة في هذه المجموعة للمشرفين فقط."],
  ["no_such_invite", "رابط الدعوة هذا لم يعد يعمل."],
])
