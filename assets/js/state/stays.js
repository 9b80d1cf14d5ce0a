// @ts-check
/**
 * Which messages of a chat exist for me: those of my stays in it, without those that I deleted by clearing the chat. In
 * a direct chat there is one stay from the first message on. A person who left a group and came back has two, and the
 * messages between them are no gap to be filled. Pure.
 */

/** @typedef {import("./model.js").State} State */
/** @typedef {{ from: number, to: number }} Seqs  both included */

const WHOLE = [{ from_seq: 1, to_seq: null }]

/** In order. @param {State} state @param {number} chat @returns {Seqs[]} */
export function seqsOf(state, chat) {
  const cleared = state.preferences[chat]?.cleared_seq ?? 0
  return (state.memberships[chat]?.stays ?? WHOLE)
    .map(({ from_seq, to_seq }) => ({ from: Math.max(from_seq, cleared + 1), to: to_seq ?? Infinity }))
    .filter(({ from, to }) => from <= to)
}

/** The first seq that exists for me, or may once exist. @param {State} state @param {number} chat */
export function firstSeq(state, chat) {
  return seqsOf(state, chat)[0]?.from ?? (state.preferences[chat]?.cleared_seq ?? 0) + 1
}

/** The last seq that exists for me; 0 if none does. @param {State} state @param {number} chat */
export function lastSeq(state, chat) {
  const last = state.lasts[chat] ?? 0
  const stay = seqsOf(state, chat).findLast(({ from }) => from <= last)
  return stay ? Math.min(stay.to, last) : 0
}

/** The seq that follows another one; Infinity if none can. @param {Seqs[]} seqs @param {number} seq */
export function nextSeq(seqs, seq) {
  for (const { from, to } of seqs) if (seq < to) return Math.max(seq + 1, from)
  return Infinity
}

/**
 * How many messages there are after one seq, up to another one.
 * @param {Seqs[]} seqs @param {number} after @param {number} last
 */
export function countSeqs(seqs, after, last) {
  const count = (/** @type {Seqs} */ { from, to }) => Math.max(0, Math.min(to, last) - Math.max(from - 1, after))
  return seqs.reduce((sum, stay) => sum + count(stay), 0)
}
