// The quick switcher as a table: entries, queries and what they find, best first. Returns the failures.
const { answersOf } = await load("./state/answers.js")

const chat = (name, at, more = {}) => ({ group: "chats", key: name, name, username: "", at, ...more })
const person = (name, username) => ({ group: "people", key: username, name, username, at: 0 })
const command = (name) => ({ group: "commands", key: name, name, username: "", at: 0 })
const entries = [
  chat("Meera Joshi", 10, { username: "meera" }), chat("Bagru weekend", 50), chat("Yusuf Haddad", 40, { username: "yusufba" }),
  chat("José Ángel", 30), chat("Zoë", 20), chat("Old friends", 5, { archived: true }), chat("On the screen", 60, { open: true }),
  chat("Barbara", 1), chat("प्रिया शर्मा", 3), chat("نور الهدى", 2), chat("The Bar", 70), chat("<b>bold</b>", 4),
  person("Badr", "badr"), person("Nobody", "x.settings"), command("Settings"), command("Archived"), command("Change theme: Dark"),
]
const table = [
  // Word prefixes before parts of words; among equals, the latest first; a username counts.
  ["ba", ["Bagru weekend", "Barbara", "The Bar", "Yusuf Haddad", "Badr"]],
  ["BA", ["Bagru weekend", "Barbara", "The Bar", "Yusuf Haddad", "Badr"]],
  ["bar", ["Barbara", "The Bar"]],
  // Every word must be found, in any order.
  ["we ba", ["Bagru weekend"]],
  ["ba nothing", []],
  // Case and accents do not count, in either.
  ["jose angel", ["José Ángel"]], ["zoe", ["Zoë"]], ["ZÖE", ["Zoë"]], ["शर", ["प्रिया शर्मा"]], ["الهدى", ["نور الهدى"]],
  // Letters in order count only at the beginnings of words, and only from three.
  ["mjo", ["Meera Joshi"]], ["mj", []], ["mra", []],
  // With @ only usernames.
  ["@mee", ["Meera Joshi"]], ["@joshi", []],
  // The better match decides which group comes first.
  ["settings", ["Settings", "Nobody"]], ["archived", ["Archived"]], ["dark", ["Change theme: Dark"]],
  ["old", ["Old friends", "<b>bold</b>"]], ["screen", ["On the screen"]],
  // Markup and marks of patterns are only text.
  ["<b>", ["<b>bold</b>"]], [".*", []], ["x.set", ["Nobody"]], ["(", []],
  // Without a query: the latest chats that are not on the screen or archived, and the commands.
  ["", ["The Bar", "Bagru weekend", "Yusuf Haddad", "José Ángel", "Zoë", "Meera Joshi", "<b>bold</b>", "प्रिया शर्मा",
    "Settings", "Archived", "Change theme: Dark"]],
  ["  ", ["The Bar", "Bagru weekend", "Yusuf Haddad", "José Ángel", "Zoë", "Meera Joshi", "<b>bold</b>", "प्रिया शर्मा",
    "Settings", "Archived", "Change theme: Dark"]],
]
const failed = []
for (const [query, wanted] of table) {
  const found = answersOf(entries, query).flat().map(({ entry }) => entry.name)
  if (JSON.stringify(found) !== JSON.stringify(wanted)) failed.push([query, found, wanted])
}
// What was found is marked in the text as it is shown, accents included.
const marks = [["angel", "Ángel"], ["zoe", "Zoë"], ["mjo", "M|Jo"], ["शर", "शर्"]]
for (const [query, wanted] of marks) {
  const [[{ entry, name }]] = answersOf(entries, query)
  const found = name.map(([from, to]) => entry.name.slice(from, to)).join("|")
  if (found !== wanted) failed.push([query, found, wanted])
}
// A long list of long names is no reason to wait.
const many = Array.from({ length: 2000 }, (_, n) => chat(`${"a".repeat(60)} ${n}`, n))
if (isSlow(500, () => answersOf(many, "aaaa 1999 zzz"))) failed.push(["2,000 chats"])
return { run: table.length + marks.length + 1, failed }
