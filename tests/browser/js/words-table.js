// The small pure modules, case by case.
const { linkify } = await load("./lib/links.js")
const { beginning, byteLength, charactersOver, folded, initials, trimmed } = await load("./lib/text.js")
const { parseRoute, printRoute } = await load("./lib/route.js")
const { uuid } = await load("./lib/ids.js")
const { counting, number, setLocale } = await load("./lib/locale.js")
const { clock, dayLabel, fullTime, listTime, startOfDay } = await load("./lib/time.js")
const { matches } = await load("./state/person-items.js")
const { plainText } = await load("./lib/plain-text.js")

const links = (text) => linkify(text).filter((piece) => piece.href).map((piece) => [piece.text, piece.href])
const noon = new Date(2026, 2, 29, 12).getTime()
const today = startOfDay(noon)
/** The output for a user with this language and these browser settings. */
const by = (language, preferred, say) => {
  setLocale(language, preferred)
  return say()
}
const daysBefore = (n) => new Date(2026, 2, 29 - n, 23, 59).getTime()

const cases = [
  ["a link ends before the full stop", links("See https://example.org/a."), [["https://example.org/a", "https://example.org/a"]]],
  ["and inside its bracket", links("(see https://example.org/a)"), [["https://example.org/a", "https://example.org/a"]]],
  ["but keeps a bracket of its own", links("https://example.org/a_(b)"), [["https://example.org/a_(b)", "https://example.org/a_(b)"]]],
  ["two links are two", links("http://a.example and http://b.example").length, 2],
  ["a mail address by its scheme", links("mailto:a@example.org"), [["mailto:a@example.org", "mailto:a@example.org"]]],
  ...["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "https://", "http:///", "java\nscript:alert(1)", "JAVASCRIPT://example.org/%0aalert(1)"]
    .map((text) => [`no link: ${text}`, links(text).filter(([, href]) => !/^https?:/.test(href)), []]),
  ...[
    ["你好https://a.example/x", "https://a.example/x"], ["رابطhttps://a.example", "https://a.example"], ["नमस्तेhttps://a.example", "https://a.example"],
    ["https://a.example/news؟", "https://a.example/news"], ["https://a.example/hi।", "https://a.example/hi"], ["「https://a.example/docs」を参照", "https://a.example/docs"],
    ["看https://a.example/b，然后", "https://a.example/b"], ["https://a.example/b（见下）", "https://a.example/b"], ["« https://a.example/b »", "https://a.example/b"], ["‘https://a.example/b’s", "https://a.example/b"],
    ["https://a.example/b၊ ညီ", "https://a.example/b"], ["https://a.example/b՜", "https://a.example/b"], ["https://a.example/b…", "https://a.example/b"],
    ["https://a.example/Foo_(bar)", "https://a.example/Foo_(bar)"], ["(https://a.example/Foo_(bar))", "https://a.example/Foo_(bar)"], ["https://a.example/東京", "https://a.example/東京"],
    ["https://a.example/x_ and", "https://a.example/x_"], ["https://a.example/~", "https://a.example/~"], ["https://a.example/x\u200bevil", "https://a.example/x"],
  ].map(([text, want]) => [`the link in ${text}`, links(text).map(([label]) => label), [want]]),
  ...[
    ["www.example.org/a.", "www.example.org/a", "https://www.example.org/a"], ["见www.example.org，", "www.example.org", "https://www.example.org/"], ["Www.example.org", "Www.example.org", "https://www.example.org/"],
    ["Write to ada@example.org.", "ada@example.org", "mailto:ada@example.org"], ["(a.b+c@mail.example.org)", "a.b+c@mail.example.org", "mailto:a.b+c@mail.example.org"], ["请写信给a@b.example，谢谢", "a@b.example", "mailto:a@b.example"],
  ].map(([text, label, href]) => [`the address in ${text}`, links(text), [[label, href]]]),
  ...["xhttps://a.example", "1https://a.example", "www.example", "www.", "awww.example.org", "a@b", "@ada", "git@host.example:path", "a@b.example1", "a@@b.example", "a@b..example", "@www.example.org"]
    .map((text) => [`no address: ${text}`, links(text), []]),
  ...[
    ["https://apple.com⁄@evil.example", "evil.example"], ["https://user:secret@a.example/", "a.example"], ["https://аррӏе.com/", "xn--80ak6aa92e.com"], ["https://аpple.com", "xn--pple-43d.com"],
    ["https://münchen.example", "xn--mnchen-3ya.example"], ["https://2130706433/", "127.0.0.1"], ["https://a.example\\@evil.example", "a.example"], ["https://ａ.example", "a.example"], ["www.аpple.com/x", "www.xn--pple-43d.com"],
    ["https://A.example/b", undefined], ["http://a.example:80/b", undefined], ["https://a.example:8443?x", undefined], ["www.a.example", undefined], ["https://[::1]:80/", undefined], ["a@b.example", undefined],
  ].map(([text, want]) => [`the host of ${text}`, linkify(text)[0].host, want]),
  ["quotes end a link", links('https://example.org/"onmouseover="x')[0], ["https://example.org/", "https://example.org/"]],
  ...["", "plain", "https://a.example", "x https://a.example, (http://b.example) y.", "<a href='https://a.example'>", "😀https://a.example😀"]
    .map((text) => [`the pieces are the text: ${text}`, linkify(text).map((piece) => piece.text).join(""), text]),

  ["two words, two letters", initials("ada lovelace"), "AL"],
  ["dots and hyphens part words", initials("jean-luc.picard"), "JL"],
  ["one word, one letter", initials("bob"), "B"],
  ["no capitals, one sign", initials("漢字 かな"), "漢"],
  ["a letter that grows is left alone", initials("ßa"), "ß"],
  ["signs outside the first plane stay whole", initials("𐐨𐐩"), "𐐀"],

  ["a flag is one character", initials("🇩🇪 Hans"), "🇩🇪"],
  ["and so is a family", initials("👨‍👩‍👧‍👦 Us"), "👨‍👩‍👧‍👦"],
  ["a letter keeps its mark", initials("e\u0301lodie a\u0308nn"), "E\u0301A\u0308"],
  ["a syllable is one character", initials("नि शा"), "नि"],
  ...[["🇩🇪🇩🇪", 5, "🇩🇪"], ["a👨‍👩‍👧‍👦", 6, "a"], ["ae\u0301", 2, "a"], ["abc", 2, "ab"], ["abc", 3, "abc"], ["a😀", 2, "a"], ["", 2, ""]]
    .map(([text, units, want]) => [`${units} units of ${text}`, beginning(text, units), want]),
  ["a tower of marks is cut", beginning(`a${"\u0301".repeat(500)}`, 200).length, 200],

  ["white space before is kept, empty lines are not", trimmed("\n \n  indented\n\n"), "  indented"],
  ["nothing but white space is nothing", trimmed(" \n\t \n "), ""],
  ["bytes, not characters", byteLength("aé漢😀"), 10],
  ["how many characters too long", [charactersOver("aé漢😀", 10), charactersOver("aé漢😀", 9), charactersOver("aé漢😀👨‍👩‍👧‍👦", 10), charactersOver("a".repeat(20), 7)], [0, 1, 1, 13]],
  ["folded without case and accents", folded("ÉÇA"), "eca"],
  ["the filter finds inside, whatever case and accent", matches({ name: "José Núñez", username: "jose" }, "  NUN"), true],
  ["and not elsewhere", matches({ name: "José", username: "pepe" }, "x"), false],

  ...[["#/", {}], ["", {}], ["#/chats/3", { chat_id: 3 }], ["#/people/7", { user_id: 7 }], ["#/chats/0", {}], ["#/chats/-1", {}], ["#/chats/1e3", {}], ["#/chats/3/4", {}], ["#/chats/99999999999999999999", {}], ["#/constructor/1", {}]]
    .map(([hash, route]) => [`address ${hash}`, parseRoute(hash), route]),
  ...[{}, { chat_id: 3 }, { user_id: 7 }].map((route) => [`there and back: ${print(route)}`, parseRoute(printRoute(route)), route]),

  ["no country, the usual form", by("en", [], () => dayLabel(daysBefore(8), today)), "21 March"],
  ["the reader's own country", by("en", ["de-DE", "en-US"], () => dayLabel(daysBefore(8), today)), "March 21"],
  ["another language than the browser's", by("de", ["en-US"], () => dayLabel(daysBefore(8), today)), "21. März"],
  ["the year that the page counts in", by("ar", ["ar-SA"], () => dayLabel(new Date(2025, 11, 31).getTime(), today).includes("٢٠٢٥")), true],
  ["forms of a number", by("ar", ["ar-MA"], () => [1, 2, 3, 11].map((n) => counting("ar")(n, { one: "one", two: "two", few: "# few", other: "# other" }))), ["one", "two", "٣ few", "١١ other"]],
  ...["ar-MA", "ar-EG", "ar-AE"].map((own) => [`one system of digits, also for ${own}`, by("ar", [own], () => /[0-9]/u.test(number(2048) + clock(noon) + fullTime(noon) + listTime(daysBefore(8), today))), false]),
  ...["en", "de", "es", "hi"].map((own) => [`the digits of ${own}`, by(own, [`${own}-u-nu-arab`], () => /[٠-٩०-९]/u.test(number(2048) + clock(noon) + fullTime(noon))), false]),
  ["digits and groups", by("de", [], () => counting("de")(1234, { other: "# Zeichen" })), "1.234 Zeichen"],

  ["no marks on the desktop", plainText("*a _b_* ~c~ `d*e` 2*3*4 _x"), "a b c d*e 2*3*4 _x"],
  ["faces keep their signs on the desktop", plainText("^_^ hi ^_^"), "^_^ hi ^_^"],
  ["one line, without fences", plainText("```\nlet x\n```\n\n  and"), "let x and"],

  ["today", by("en", ["en-GB"], () => dayLabel(noon, today)), "Today"],
  ["yesterday, across the night the clocks change", dayLabel(daysBefore(1), today), "Yesterday"],
  ["a weekday within the week", dayLabel(daysBefore(3), today), "Thursday"],
  ["a date before that", dayLabel(daysBefore(8), today), "21 March"],
  ["with its year if it is another", dayLabel(new Date(2025, 11, 31).getTime(), today), "31 December 2025"],
]

const failed = cases.filter(([, seen, want]) => print(seen) !== print(want)).map(([name, seen, want]) => `${name}: ${print(seen)} instead of ${print(want)}`)

const ids = Array.from({ length: 1000 }, uuid)
if (new Set(ids).size !== ids.length) failed.push("uuid: two alike")
if (!ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))) failed.push("uuid: not version 7")
if (Math.abs(parseInt(ids[0].slice(0, 13).replace("-", ""), 16) - Date.now()) > 60_000) failed.push("uuid: not of now")
return { run: cases.length, failed }
