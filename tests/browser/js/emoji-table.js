// The emoji search, case by case: the matching alone, and with the words of each language.
const { names, rank, spellings, wanted } = await load("./emoji/emoji-match.js")

const found = (called, query) => rank(names(called), wanted(query))
const NOT = Infinity
/** Both spellings find each other. */
const alike = (a, b) => [found([a], b), found([b], a)]
const table = new Map()
for (const language of ["de", "es", "hi", "ar"]) {
  const { WORDS } = await load(`./emoji/emoji-words-${language}.js`)
  table.set(language, Object.values(WORDS).flatMap((lines) => lines.split(/;\n?|\n/u)).map((entry) => entry.split(/[/ ]/u)))
}
/** How many emoji of a language a query finds by the beginning of a word. */
const count = (language, query) => table.get(language).filter((words) => found(words, query) <= 3).length

const cases = [
  ["the whole name", found(["Daumen hoch"], "daumen hoch"), 0],
  ["a word of its own", found(["Daumen hoch", "super"], "SUPER"), 0],
  ["in one word", found(["thumbs up"], "thumbsup"), 0],
  ["with a line between", found(["thumbs up"], "thumbs_up"), 0],
  ["with colons around", found(["thumbs up"], ":thumbs_up:"), 0],
  ["the beginning of the name", found(["Daumen hoch"], "dau"), 2],
  ["a word of the name", found(["Daumen hoch"], "hoch"), 1],
  ["the beginning of a word", found(["Daumen hoch"], "ho"), 3],
  ["in any order", found(["Daumen hoch"], "hoch dau"), 3],
  ["whole words before beginnings", [found(["cat face"], "cat"), found(["caterpillar"], "cat")], [1, 2]],
  ["some words of a name in one", found(["smiling face with heart-eyes"], "heart_eyes"), 1],
  ["and the beginning of that", found(["smiling face with heart-eyes"], "hearteye"), 3],
  ["the middle of a word is no word", [found(["Regenbogen"], "bogen"), found(["vacation"], "cat")], [NOT, NOT]],
  ["two letters inside a word say nothing", found(["Regenbogen"], "eg"), NOT],
  ["every word has to fit", found(["Daumen hoch"], "daumen runter"), NOT],
  ["nothing finds nothing", found(["Daumen hoch"], " "), NOT],
  ["signs find nothing", found(["Taste #"], "#"), NOT],
  ["a hyphen parts words", found(["T-Shirt"], "shirt"), 1],
  ["or none", alike("E-Mail", "email"), [0, 0]],
  ["plus one", [found(["+1"], "+1"), found(["Taste 1"], "+1"), found(["+1"], "-1")], [0, NOT, NOT]],
  ["one", found(["Taste 1"], "1"), 1],

  ...[["Käse", "kase"], ["Käse", "kaese"], ["Käse", "KÄSE"], ["Fuß", "fuss"], ["Straße", "STRASSE"], ["Tür", "tuer"], ["corazón", "corazon"], ["niño", "nino"],
    ["Cafe\u0301", "café"], ["crème brûlée", "creme brulee"], ["Ærø", "aero"], ["pingüino", "PINGUINO"]]
    .map(([a, b]) => [`${a} is ${b}`, alike(a, b), [0, 0]]),
  ["ü is not ie", found(["Tür"], "tier"), NOT],

  ...[["قلب", "القلب"], ["قَلْب", "قلب"], ["قلـــب", "قلب"], ["أحمر", "احمر"], ["إصبع", "اصبع"], ["آيس", "ايس"], ["ٱسم", "اسم"], ["قطة", "قطه"], ["مستشفى", "مستشفي"],
    ["سماء", "سما"], ["مؤقت", "موقت"], ["ذئب", "ذيب"], ["قلب أحمر", "القلب الأحمر"], ["ﻗﻠﺐ", "قلب"]]
    .map(([a, b]) => [`${a} is ${b}`, alike(a, b), [0, 0]]),
  ["two letters after the article are no word without it", spellings("الم"), ["الم"]],

  ...[["हँसी", "हंसी"], ["ज़ेब्रा", "जेब्रा"], ["पेड़", "पेड"], ["हिंदी", "हिन्दी"], ["अंडा", "अण्डा"], ["चंपा", "चम्पा"], ["दुःख", "दुख"], ["\u0958लम", "कलम"], ["क्\u200Dष", "क्ष"]]
    .map(([a, b]) => [`${a} is ${b}`, alike(a, b), [0, 0]]),
  ["a nasal that is still to be joined", found(["हिंदी"], "हिन्"), 2],
  ["vowel signs tell words apart", [found(["दिल"], "दल"), found(["दिल"], "दिल")], [NOT, 0]],
  ["a word is not cut at its vowel signs", found(["लाल दिल"], "दिल"), 1],

  ...[["de", "herz lachen daumen liebe hund katze essen sonne blume kuchen ja nein danke bitte traurig geburtstag"],
    ["es", "corazon risa pulgar amor perro gato comer sol flor pastel si no gracias triste cumpleaños"],
    ["hi", "दिल हंसी अंगूठा प्यार कुत्ता बिल्ली खाना सूरज फूल केक हाँ नहीं धन्यवाद दुखी जन्मदिन नमस्ते"],
    ["ar", "قلب ضحك ابهام حب كلب قطة طعام شمس زهرة كعكة نعم لا شكرا حزين ميلاد مرحبا"]]
    .flatMap(([language, words]) => words.split(" ").map((word) => [`${language}: ${word} finds something`, count(language, word) > 0, true])),
  ["and not everything", ["de", "es", "hi", "ar"].map((language) => count(language, "herz corazon") === 0), [true, true, true, true]],
]

const failed = cases.filter(([, seen, want]) => String(seen) !== String(want)).map(([name, seen, want]) => `${name}: ${seen} instead of ${want}`)
return { run: cases.length, failed }
