import type { Tone } from "../api/bindings";

/** Something that is done and needs no answer. */
export interface Toast {
  tone: Tone;
  text: string;
  /** One way to look at it. */
  link?: { label: string; href: string };
}

let current = $state.raw<Toast | undefined>();

/** Says that something is done. The shell shows it for six seconds, longer while the pointer rests on it. */
export function toast(text: string, tone: Tone = "ok", link?: Toast["link"]): void {
  current = link ? { tone, text, link } : { tone, text };
}

/** The toast in view. */
export const toasts = {
  get current(): Toast | undefined {
    return current;
  },
  done(): void {
    current = undefined;
  },
};
