// @ts-check
/**
 * Identifiers that the browser generates: UUIDv7, for the `cid` of a message.
 * `crypto.randomUUID` makes version 4 only, and is missing on plain http in a local network.
 */

let latest = 0

/**
 * Later ids will sort behind these, which an earlier visit or another tab has generated. Its clock may have been fast.
 * @param {string[]} ids
 */
export function noteIds(ids) {
  for (const id of ids) latest = Math.max(latest, parseInt(id.replaceAll("-", "").slice(0, 12), 16) || 0)
}

/**
 * A UUIDv7: 48 bits of time, then random bits. Later ids sort later, also within a millisecond or after the clock was
 * set back.
 */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  latest = Math.max(Date.now(), latest + 1)
  let time = latest
  for (let i = 5; i >= 0; i -= 1) {
    bytes[i] = time % 256
    time = Math.floor(time / 256)
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
}
