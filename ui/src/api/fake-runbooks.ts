import type { Fault, Runbook, RunbookBlock, RunbookLink, RunbookSpan } from "./bindings";

/** Runbooks of a made-up engine. */

function span(text: string, more: Partial<RunbookSpan> = {}): RunbookSpan {
  return { text, strong: false, emphasis: false, code: false, link: null, ...more };
}

const link = (text: string, to: Partial<RunbookLink>): RunbookSpan => span(text, { link: { title: text, address: null, runbook: null, ...to } });
const paragraph = (...text: RunbookSpan[]): RunbookBlock => ({ kind: "paragraph", text });
const heading = (level: number, text: string): RunbookBlock => ({ kind: "heading", level, text: [span(text)] });

const APPEALS: RunbookBlock[] = [
  heading(1, "Errors after a bulk change"),
  paragraph(span("Most of these come from a bulk change of "), span("appeals", { code: true }), span(". "), span("Nothing is lost", { strong: true }), span(" while the newest snapshot is older than the change.")),
  {
    kind: "list",
    start: 1,
    items: [
      [paragraph(span("See what changed: "), link("compare with the newest snapshot", { runbook: "compare-snapshots" }))],
      [paragraph(span("Stop the bulk job, tell the appeals team"))],
      [paragraph(span("Restore the table or the database:")), { kind: "code", language: "sh", text: "quarterdeck restore plan reputation/main --to latest\n" }],
    ],
  },
  heading(2, "Who decides"),
  { kind: "table", head: [[span("Loss")], [span("Who")]], rows: [[[span("up to 5 min")], [span("DBA on call")]], [[span("more")], [span("incident lead")]]] },
  { kind: "quote", blocks: [paragraph(span("A restore undone is cheaper than an hour of doubt.", { emphasis: true }))] },
  { kind: "rule" },
  paragraph(span("More: "), link("the appeals handbook", { address: "https://handbook.example.com/appeals" })),
];

const PAGES: Record<string, RunbookBlock[]> = {
  "appeal-errors": APPEALS,
  "compare-snapshots": [heading(1, "Compare with a snapshot"), paragraph(span("Open "), span("Snapshots", { strong: true }), span(", choose two moments, read which tables differ.")), paragraph(link("Back to errors after a bulk change", { runbook: "appeal-errors" }))],
  hostile: [
    heading(1, "<script>alert(1)</script>"),
    paragraph(span('<img src=x onerror=alert(1)> <iframe src="https://example.com"></iframe>')),
    paragraph(link("picture of a cat", { address: "https://example.com/cat.png" }), span(" "), link("x".repeat(2_000), { runbook: "nowhere" })),
    { kind: "code", language: "html", text: "<b onclick=alert(1)>not bold</b>\n" },
  ],
};

export function runbook(name: string): Runbook {
  const blocks = PAGES[name];
  if (!blocks) throw { code: "not-found", message: `The runbook ${name.slice(0, 60)} does not exist`, hint: "Write it, or mend the link.", class: "usage", retry: false } satisfies Fault;
  const [first] = blocks;
  return { name, title: first?.kind === "heading" ? (first.text[0]?.text ?? name) : name, file: `/etc/quarterdeck/reputation/runbooks/${name}.md`, blocks, trouble: null };
}
