// @ts-check
/**
 * The sound of a new message: two soft notes, synthesized, so that there is no file to load.
 * Browsers allow a page to play sounds only after somebody pressed something in it.
 */

/** A fifth upwards, quiet enough for an office. */
const NOTES_HZ = [587, 880]
const APART_S = 0.12
const LENGTH_S = 0.32
const LOUDNESS = 0.07

/** @type {AudioContext | null} */
let audio = null

export function canPlay() {
  return "AudioContext" in window && navigator.userActivation?.hasBeenActive === true
}

export async function playNotice() {
  if (!canPlay()) return
  try {
    audio ??= new AudioContext()
    await audio.resume()
    NOTES_HZ.forEach((hertz, i) => note(/** @type {AudioContext} */ (audio), hertz, i * APART_S))
  } catch {
    // There may be no audio device.
  }
}

/** @param {AudioContext} context @param {number} hertz @param {number} delay */
function note(context, hertz, delay) {
  const from = context.currentTime + 0.02 + delay
  const tone = new OscillatorNode(context, { type: "sine", frequency: hertz })
  const loudness = new GainNode(context, { gain: 0 })
  // The short rise and the long fall avoid clicks.
  loudness.gain.setValueAtTime(0.0001, from)
  loudness.gain.exponentialRampToValueAtTime(LOUDNESS, from + 0.015)
  loudness.gain.exponentialRampToValueAtTime(0.0001, from + LENGTH_S)
  tone.connect(loudness).connect(context.destination)
  tone.start(from)
  tone.stop(from + LENGTH_S)
}
