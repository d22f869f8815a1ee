import type { Tone } from "../api/bindings";

/** Tones, worst first. */
export const TONES: readonly Tone[] = ["critical", "attention", "unknown", "working", "ok"];

/** The word behind each mark. */
export const TONE_WORDS: Record<Tone, string> = {
  critical: "Critical",
  attention: "Attention",
  unknown: "Not known",
  working: "Working",
  ok: "Well",
};

/** The worst of some tones; `ok` where there is none. */
export function worst(tones: readonly Tone[]): Tone {
  return TONES.find((tone) => tones.includes(tone)) ?? "ok";
}
