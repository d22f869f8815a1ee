import type { AlertNotice, NoticeReason, Tone } from "../api/bindings";
import { counted } from "./count";
import { number } from "./quantity";
import { oneLine } from "./plain";

/** The tone of a message. */
export function noticeTone({ state }: Pick<AlertNotice, "state">): Tone {
  return ({ sent: "ok", again: "attention", failed: "critical", queued: "working", dropped: "unknown" } as const)[state];
}

/** The word of a message's state. */
export function noticeWord({ state }: Pick<AlertNotice, "state">): string {
  return { sent: "Sent", again: "Tried again", failed: "Failed", queued: "Waits", dropped: "Not sent" }[state];
}

/** Why somebody was told. */
export const REASONS: Record<NoticeReason, string> = { first: "new", changed: "changed", repeat: "still fires", resolved: "over", escalation: "next level", test: "test", drill: "fire drill" };

/** What a channel is called. */
function channelWord(kind: string): string {
  return { email: "E-mail", slack: "Slack", pagerduty: "PagerDuty", opsgenie: "OpsGenie", webhook: "Webhook", desktop: "Desktop" }[kind] ?? kind;
}

/** By which way and where to: `Slack, #incidents`; a way that leads to one place only says no more. */
export function wayWords(kind: string, to: string, most: number): string {
  return to === "" ? channelWord(kind) : `${channelWord(kind)}, ${oneLine(to, most)}`;
}

/** What was answered: `250`, `451, 9 tries`, `429, again 14:02:10`. */
export function answerWords({ answer, attempts, state }: Pick<AlertNotice, "answer" | "attempts" | "state">): string {
  const tries = number(attempts);
  return tries > 1 && state !== "again" ? `${answer}, ${counted(tries, "try", "tries")}` : answer;
}
