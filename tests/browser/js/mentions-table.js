// Texts with mentions: as a tree, without marks, cut for a preview.
const { parse, plain } = await load("./lib/markup.js")
const { tokensIn, withNames } = await load("./lib/mentions.js")
const { excerpt } = await load("./chat/quote.js")

const names = { "<@5>": "@Ana *K*", "<@77>": "@Bo", "<@all>": "@all" }
const written = (piece) => {
  if (piece.lines) return piece.lines.map((line) => line.mark + line.children.map(written).join("") + line.end).join("")
  const [mark, inner] = [piece.mark ?? "", piece.children ? piece.children.map(written).join("") : piece.text]
  return mark + inner + mark
}
const draw = (piece) => {
  if (piece.lines) return piece.lines.map((line) => `[${piece.kind} ${line.children.map(draw).join("")}]`).join("")
  if (piece.children) return `[${piece.kind} ${piece.children.map(draw).join("")}]`
  return piece.kind === "text" ? piece.text : `[${piece.kind} ${piece.name ?? piece.text}]`
}
const wrong = []
const same = (what, found, expected) => found === expected || wrong.push([what, found, expected])

for (const [text, tree, words] of [
  ["<@5>", "[mention @Ana *K*]", "@Ana *K*"],
  ["a<@5>b<@77><@all>", "a[mention @Ana *K*]b[mention @Bo][mention @all]", "a@Ana *K*b@Bo@all"],
  ["<@6> <@05> <@5 > <@5", "<@6> <@05> <@5 > <@5", "<@6> <@05> <@5 > <@5"],
  ["*<@5>* _hi <@77>_", "[bold [mention @Ana *K*]] [italic hi [mention @Bo]]", "@Ana *K* hi @Bo"],
  ["`<@77>` *x*", "[code @Bo] [bold x]", "@Bo x"],
  ["```\n<@77>\n```", "[block \n@Bo\n]", "@Bo"],
  ["- <@77>\n- *<@5>*", "[bullets [mention @Bo]][bullets [bold [mention @Ana *K*]]]", "• @Bo\n• @Ana *K*"],
  ["> <@77>", "[quote [mention @Bo]]", "@Bo"],
  ["https://a.example/<@77>", "[link https://a.example/][mention @Bo]", "https://a.example/@Bo"],
  ["<@constructor> <@__proto__>", "<@constructor> <@__proto__>", "<@constructor> <@__proto__>"],
]) {
  same(text, parse(text, names).map(draw).join(""), tree)
  same(`${text} without marks`, plain(text, names), words)
  if (!text.includes("`")) same(`${text} again`, parse(text, names).map(written).join(""), text)
  same(`${text} without names`, parse(text).map(draw).join("").includes("mention"), false)
}
same("tokens", tokensIn("<@1><@1> <@all> <@0> <@x>").join(), "<@1>,<@all>")
same("names", withNames("<@5> <@6>", names), "@Ana *K* <@6>")
same("no names", withNames("<@5>", null), "<@5>")
// A token at the cut goes; one before it is a name.
same("cut", excerpt(`${"x".repeat(15)} <@77> ${"y".repeat(40)}`, 10, names), "xxxxxxxxxx…")
for (let at = 0; at < 30; at += 1) {
  const cut = excerpt(`<@77>${" ".repeat(at)}<@123456789><@77>${"z".repeat(50)}`, 14, { ...names, "<@123456789>": "@C" })
  if (/<|@\d/u.test(cut)) wrong.push(["cut", at, cut])
}
// Thousands of tokens take little time.
const start = performance.now()
for (const token of ["<@5>", "<@", "`<@5>", "*<@77>"]) parse(token.repeat(4000), names)
if (performance.now() - start > 2000) wrong.push(["time", performance.now() - start])
return wrong
