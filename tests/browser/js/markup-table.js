// Formatting, large emoji and the emoji of the picker: tables, then hostile and random texts.
const { parse, plain } = await load("./lib/markup.js")
const { emojiOnly } = await load("./lib/emoji.js")
const { categories, inTone, search, TONES } = await load("./emoji/emoji.js")

/** The typed text, reassembled from the tree. */
const written = (piece) => {
  if (piece.lines) return piece.lines.map((line) => line.mark + rebuilt(line.children) + line.end).join("")
  const [mark, inner] = [piece.mark ?? "", piece.children ? rebuilt(piece.children) : (piece.language ?? "") + piece.text]
  return mark + inner + mark
}
const rebuilt = (pieces) => pieces.map(written).join("")
const NAMES = { bold: "b", italic: "i", strike: "s", code: "c", block: "p", link: "a", bullets: "ul", numbers: "ol", quote: "q" }
const draw = (piece) => {
  if (piece.kind === "text") return piece.text
  if (piece.lines) return `<${NAMES[piece.kind]} ${piece.lines.map((line) => line.sign + drawn(line.children)).join("/")}>`
  return `<${NAMES[piece.kind]}${piece.language ? `:${piece.language}` : ""} ${piece.children ? drawn(piece.children) : piece.text}>`
}
const drawn = (pieces) => pieces.map(draw).join("")

const marks = [
  ["*bold* _italic_ ~strike~ `code`", "<b bold> <i italic> <s strike> <c code>"],
  ["*_~all~_*", "<b <i <s all>>>"],
  ["_*x*_, (*y*)! 'z'*z*", "<i <b x>>, (<b y>)! 'z'<b z>"],
  ["2*3*4 snake_case_name a~b~c", "2*3*4 snake_case_name a~b~c"],
  ["* item\n* other *", "<ul • item/• other *>"],
  ["Buy:\n- milk\n- *two* eggs\nThanks", "Buy:\n<ul • milk/• <b two> eggs>Thanks"],
  ["1. wash\n2. dry\n\n3. iron", "<ol 1. wash/2. dry>\n<ol 3. iron>"],
  ["24. Dezember ist frei\n١. أول", "<ol 24. Dezember ist frei/١. أول>"],
  ["1234. is a year, 1.5 and 1.a and 1) are none", "1234. is a year, 1.5 and 1.a and 1) are none"],
  ["-1 -a *a --- - - -", "-1 -a *a --- - - -"],
  ["---\n- - -\n* * *\n-- \n-\n- \n", "---\n- - -\n* * *\n-- \n-\n- \n"],
  ["> are you coming?\nYes", "<q are you coming?>Yes"],
  ["> one\n>\n> *two*\n- three", "<q one//<b two>><ul • three>"],
  ["> > > deep", "<q > > deep>"],
  [">_< >3 >> a\n>", ">_< >3 >> a\n>"],
  ["a - b\nc > d", "a - b\nc > d"],
  ["> `- *a*` ~b~", "<q <c - *a*> <s b>>"],
  ["- see https://a.example/b-\n- www.a.example", "<ul • see <a https://a.example/b->/• <a www.a.example>>"],
  ["```\n- a\n> b\n1. c\n```\n- d", "<p \n- a\n> b\n1. c\n>\n<ul • d>"],
  ["```rust\nlet a = 1;\n```", "<p:rust \nlet a = 1;\n>"],
  ["```c++\nint a;\n``` and ```objective-c\n[a b];\n```", "<p:c++ \nint a;\n> and <p:objective-c \n[a b];\n>"],
  ["```hello\nworld``` ```two words\nhere\n``` ```rust\n\n```", "<p hello\nworld> <p two words\nhere\n> <p rust\n\n>"],
  ["```- a``` > b", "<p - a> > b"],
  ["** _ _ ~~ `` ``` ```", "** _ _ ~~ `` ``` ```"],
  ["**x** __init__ ~~a~~ ***y***", "**x** __init__ ~~a~~ ***y***"],
  ["I am __proto__", "I am __proto__"],
  ["*over\nlines*", "*over\nlines*"],
  ["*a _b* c_", "<b a _b> c_"],
  ["*a *b* c*", "*a <b b> c*"],
  ["*2*3=6*", "<b 2*3=6>"],
  ["^_^ hi ^_^", "^_^ hi ^_^"],
  ["-_- really -_-", "-_- really -_-"],
  ["_hi -_- you_ _hi ^_^ you_", "<i hi -_- you> <i hi ^_^ you>"],
  ["*.rs,*.js *.rs, *.js src/*.rs", "*.rs,*.js *.rs, *.js src/*.rs"],
  [">_< T_T o_O *_* ~_~ (*_*) *-* u_u", ">_< T_T o_O *_* ~_~ (*_*) *-* u_u"],
  ["~5 and ~6; f(*args, **kwargs) && *p = *q", "~5 and ~6; f(*args, **kwargs) && *p = *q"],
  ["*C++* *50%* *(a)* *“a”* *Wait…* *why?!* *-5 °C* *€5* *#1* *@ada*", "<b C++> <b 50%> <b (a)> <b “a”> <b Wait…> <b why?!> <b -5 °C> <b €5> <b #1> <b @ada>"],
  ["你好，*粗体*。 ـ *عريض*، *😀*", "你好，<b 粗体>。 ـ <b عريض>، <b 😀>"],
  ["`-rf` `.` `^`", "<c -rf> <c .> <c ^>"],
  ["_https://a.example/x_", "<i <a https://a.example/x>>"],
  ["_see https://a.example/x_. ~https://a.example~", "<i see <a https://a.example/x>>. <s <a https://a.example>>"],
  ["https://a.example/x_ https://a.example/~", "<a https://a.example/x_> <a https://a.example/~>"],
  ["_*https://a.example/x*_ _a@b.example_ *www.a.example*", "<i <b <a https://a.example/x>>> <i <a a@b.example>> <b <a www.a.example>>"],
  ["¯\\_(ツ)_/¯ ~/a/b", "¯\\_(ツ)_/¯ ~/a/b"],
  ["❤️*b*❤️ 😀_i_😀", "❤️<b b>❤️ 😀<i i>😀"],
  ["*naïve* *приве́т* *नमस्ते* é*x*", "<b naïve> <b приве́т> <b नमस्ते> é*x*"],
  ["`*a* _b_ https://a.example`", "<c *a* _b_ https://a.example>"],
  ["*before `code*` after*", "<b before <c code*> after>"],
  ["```a\n*b*\n``` and *c*", "<p:a \n*b*\n> and <b c>"],
  ["*https://a.example/b_c_d* _https://a.example_", "<b <a https://a.example/b_c_d>> <i <a https://a.example>>"],
  ["(https://a.example/b_(c)). [http://a.example]", "(<a https://a.example/b_(c)>). [<a http://a.example>]"],
  ["javascript:alert(1) data:text/html,x ftp://a.example", "javascript:alert(1) data:text/html,x ftp://a.example"],
  ["https://a.example/\u202Egpj.exe", "<a https://a.example/>\u202Egpj.exe"],
]

const emoji = [
  ["😀", 1], ["😀 😀", 2], ["😀😀😀", 3], ["😀😀😀😀", 0], ["👨‍👩‍👧‍👦", 1], ["🇩🇪🇮🇳", 2], ["1️⃣#️⃣", 2], ["👍🏽👍🏿", 2], ["🏴󠁧󠁢󠁥󠁮󠁧󠁿", 1],
  ["👩🏻‍❤️‍💋‍👨🏿👩🏻‍❤️‍💋‍👨🏿👩🏻‍❤️‍💋‍👨🏿", 3], ["❤️", 1], ["1", 0], ["#", 0], ["©", 0], ["🇩", 0], ["a😀", 0], ["😀!", 0], ["😀\n😀", 0], [" ", 0], ["", 0],
]

const cases = [
  ...marks.map(([text, want]) => [`marks of ${text}`, drawn(parse(text)), want]),
  ...marks.map(([text]) => [`nothing is lost of ${text}`, rebuilt(parse(text)), text]),
  ...emoji.map(([text, want]) => [`large: ${text}`, emojiOnly(text), want]),
  ["a preview has no marks", plain("*See* `this` at https://a.example, _now_"), "See this at https://a.example, now"],
  ["a list keeps its signs", plain("- *milk*\n- eggs\n1. wash"), "• milk\n• eggs\n1. wash"],
  ["a quote loses its sign", plain("> coming?\nYes"), "coming?\nYes"],
  ["a block is its code", plain("```rust\nlet a = 1\n```\nok"), "let a = 1\nok"],
  ["one address, however it looks", parse("https://аррӏе.com/")[0].href, "https://xn--80ak6aa92e.com/"],
  ["🎉 by its short name", search("tada", 1)[0].emoji, "🎉"],
  ["👍 written as one word", search("thumbs_up", 1)[0].emoji, "👍"],
  ["a flag by its country", search("germany", 1)[0].emoji, "🇩🇪"],
  ["cats, and nothing with “cat” inside of a word", search("cat", 99).filter(({ name }) => /beach|bell|card/u.test(name)).map(({ name }) => name), []],
  ["cats first", search("cat", 3).every(({ name }) => /\bcat\b/u.test(name)), true],
  ["nothing has no name", search("  ", 5), []],
]
const failed = cases.filter(([, seen, want]) => print(seen) !== print(want)).map(([name, seen, want]) => `${name}: ${print(seen)} instead of ${print(want)}`)

// Every emoji, in every skin tone it offers, is one that Unicode recommends.
const RECOMMENDED = /^\p{RGI_Emoji}$/v
for (const item of [...categories.values()].flat()) {
  for (const tone of item.toned ? TONES : [""]) if (!RECOMMENDED.test(inTone(item, tone))) failed.push(`no emoji: ${item.name} ${inTone(item, tone)}`)
}

// Hostile texts of the maximum size: unchanged, and in a time that depends only on their length.
const LONGEST = 16_384
const SLOW_MS = 250
const hostile = ["*", "*a^", "a.", "a@", "a@b.", "www.", "www.a.", "https://a/_", "_https://a_ ", "e\u0301", "\u0301https://", "*((", "a+++*", "_*", "*_~", "*a ", "*a* ", "*a_b*_", "~_*a*_~ ", "*\n", "`a", "`*`_", "``", "```", "```a```", "```\n", "https://a.b/c_d_ ", "https://(", "https://a)", "mailto:", "> ", "> > a\n", "- ", "- a\n", "* ", "* *a*\n", "1", "1. ", "1. a\n", ">\n", "> a\n>\n", "```rust\na\n```\n", "- ```", "😀*", "\u202e*a*", "\ud83d*", "👨‍👩‍👧‍👦"]
  .map((part) => part.repeat(Math.ceil(LONGEST / part.length)).slice(0, LONGEST))
hostile.push(`${"> ".repeat(10_000)}a`, `${"9".repeat(1_000_000)}. a`, `\`\`\`a${"\n".repeat(LONGEST)}`, `> a\n${">\n".repeat(LONGEST / 2)}`, `-${" ".repeat(LONGEST)}a`)
hostile.push(`https://a${")".repeat(LONGEST)}`, `https://a${".".repeat(LONGEST)}x`, `https://a${".x".repeat(LONGEST / 2)}`, `*${" ".repeat(LONGEST)}*`)
for (const text of hostile) {
  if (isSlow(SLOW_MS, () => [parse(text), emojiOnly(text)])) failed.push(`slow: ${text.slice(0, 12)}…`)
  if (rebuilt(parse(text)) !== text) failed.push(`lost: ${text.slice(0, 12)}…`)
}

// Random texts from significant characters: nothing lost, nothing empty, no format inside itself, no line break left.
const ALPHABET = ["*", "_", "~", "`", "```", "a", "b", " ", "\n", "https://x.example/", "(", ")", ".", "😀", "\ufe0f", "é", "\ud800", "/", "\\", "mailto:a@b", "1", ":", "- ", "> ", "1. ", "```rust\n", "\n```"]
let number = args[0]
const upTo = (n) => (number = (Math.imul(number, 1_103_515_245) + 12_345) & 0x7fffffff) % n
const sound = (pieces, above) => pieces.every((piece) => (piece.lines ? above.length === 0 && piece.lines.every((line) => sound(line.children, ["line"])) : !piece.children || (piece.children.length > 0 && !above.includes(piece.kind)
  && !/^\s|\s$|\n/u.test(rebuilt(piece.children)) && sound(piece.children, [...above, piece.kind]))))
for (let i = 0; i < 20_000 && failed.length < 10; i += 1) {
  const text = Array.from({ length: 1 + upTo(24) }, () => ALPHABET[upTo(ALPHABET.length)]).join("")
  const pieces = parse(text)
  if (rebuilt(pieces) !== text || !sound(pieces, [])) failed.push(`random: ${JSON.stringify(text)}`)
}
return { run: cases.length, failed }
