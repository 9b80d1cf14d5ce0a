// Scrolls the open chat up to its first message, most of a screen per step, and reports what a user
// would have noticed: how far the row at the top of the screen moved by itself, how many rows there were at most.
const scroll = part("messages").querySelector("[data-part=scroll]")
const frame = () => new Promise(requestAnimationFrame)
const began = performance.now()
const report = { moved: 0, rows: 0, steps: 0, waited: 0, ms: 0, holes: [] }
const seqOf = (row) => Number(row.dataset.seq)
for (;;) {
  const before = scroll.scrollTop
  scroll.scrollTop -= scroll.clientHeight * 0.8
  const edge = scroll.getBoundingClientRect().top
  const row = all("message").find((row) => row.getBoundingClientRect().bottom > edge)
  const top = row.getBoundingClientRect().top
  await frame()
  await frame()
  report.steps += 1
  if (before === 0) report.waited += 1
  const moved = row.isConnected ? Math.abs(row.getBoundingClientRect().top - top) : Infinity
  if (moved > report.moved) Object.assign(report, { moved, at: `${seqOf(row)}, ${before} px above it` })
  const seqs = all("message").map(seqOf)
  report.rows = Math.max(report.rows, seqs.length)
  const hole = seqs.findIndex((seq, i) => i > 0 && seq !== seqs[i - 1] + 1)
  if (hole > 0) report.holes.push(seqs[hole])
  if (seqs[0] === 1 && scroll.scrollTop === 0) break
}
report.ms = Math.round(performance.now() - began)
return report
