import type { Runbook, RunbookBlock } from "../api/bindings";

/** The blocks of a page whose title stands above them already. */
export function withoutTitle({ title, blocks }: Pick<Runbook, "title" | "blocks">): readonly RunbookBlock[] {
  const [first, ...others] = blocks;
  return first?.kind === "heading" && first.text.map(({ text }) => text).join("") === title ? others : blocks;
}
