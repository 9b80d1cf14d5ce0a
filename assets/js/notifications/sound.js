// @ts-check
/**
 * The sound of a new message: two soft notes, made here, so that there is no file to load.
 * Browsers let a page be heard only after somebody has pressed something in it; before that it stays silent.
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
    // A machine without a loudspeaker is no reason to fail.
  }
}

/** @param {AudioContext} context @param {number} hertz @param {number} delay */
function note(context, hertz, delay) {
  const from = context.currentTime + 0.02 + delay
  const tone = new OscillatorNode(context, { type: "sine", frequency: hertz })
  const loudness = new GainNode(context, { gain: 0 })
  // Without the short rise and the long fall there would be clicks.
  loudness.gain.setValueAtTime(0.0001, from)
  loudness.gain.exponentialRampToValueAtTime(LOUDNESS, from + 0.015)
  loudness.gain.exponentialRampToValueAtTime(0.0001, from + LENGTH_S)
  tone.connect(loudness).connect(context.destination)
  tone.start(from)
  tone.stop(from + LENGTH_S)
}
