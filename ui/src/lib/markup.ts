import type { RunbookBlock, RunbookSpan } from "../api/bindings";

/** What is needed of a node of a document that was parsed and is never shown. */
export interface MarkupNode {
  nodeName: string;
  textContent: string | null;
  childNodes: Iterable<MarkupNode>;
}

/** Deeper markup is read as its words. */
const DEEPEST = 10;
const INLINE = ["#text", "B", "STRONG", "EM", "I", "CODE", "A", "SPAN", "BR"];

/**
 * The engine's markup as blocks, which are drawn as elements of ours: no tag, attribute or address of it reaches the page, whatever it says.
 */
export function blocksOf(parent: MarkupNode, depth = 0): RunbookBlock[] {
  const blocks: RunbookBlock[] = [];
  let loose: RunbookSpan[] = [];
  const end = (): void => {
    if (loose.some(({ text }) => text.trim() !== "")) blocks.push({ kind: "paragraph", text: loose });
    loose = [];
  };
  for (const node of parent.childNodes) {
    if (INLINE.includes(node.nodeName)) {
      loose.push(...spansOf(node));
      continue;
    }
    end();
    blocks.push(...blockOf(node, depth));
  }
  end();
  return blocks;
}

function blockOf(node: MarkupNode, depth: number): RunbookBlock[] {
  const name = node.nodeName;
  const heading = /^H([1-6])$/.exec(name);
  if (heading) return [{ kind: "heading", level: Math.max(2, Number(heading[1]) - 2), text: inside(node) }];
  if (depth > DEEPEST) return [{ kind: "paragraph", text: [span(node.textContent ?? "")] }];
  switch (name) {
    case "P":
      return [{ kind: "paragraph", text: inside(node) }];
    case "PRE":
      return [{ kind: "code", language: "", text: node.textContent ?? "" }];
    case "UL":
    case "OL":
      return [{ kind: "list", start: name === "OL" ? 1 : null, items: [...node.childNodes].filter(({ nodeName }) => nodeName === "LI").map((item) => blocksOf(item, depth + 1)) }];
    case "BLOCKQUOTE":
      return [{ kind: "quote", blocks: blocksOf(node, depth + 1) }];
    case "TABLE":
      return [table(node)];
    case "HR":
      return [{ kind: "rule" }];
    case "SCRIPT":
    case "STYLE":
    case "#comment":
      return [];
    default:
      return blocksOf(node, depth + 1);
  }
}

function table(node: MarkupNode): RunbookBlock {
  const rows = [...node.childNodes].flatMap((part) => (part.nodeName === "TR" ? [part] : [...part.childNodes].filter(({ nodeName }) => nodeName === "TR")));
  const cells = rows.map((row) => [...row.childNodes].filter(({ nodeName }) => nodeName === "TH" || nodeName === "TD").map(inside));
  return { kind: "table", head: cells[0] ?? [], rows: cells.slice(1) };
}

function inside(node: MarkupNode): RunbookSpan[] {
  return [...node.childNodes].flatMap((each) => spansOf(each));
}

function spansOf(node: MarkupNode, marks: Partial<RunbookSpan> = {}): RunbookSpan[] {
  if (node.nodeName === "#text") return [span(node.textContent ?? "", marks)];
  const own: Partial<RunbookSpan> = { B: { strong: true }, STRONG: { strong: true }, EM: { emphasis: true }, I: { emphasis: true }, CODE: { code: true } }[node.nodeName] ?? {};
  if (["SCRIPT", "STYLE", "#comment"].includes(node.nodeName)) return [];
  return [...node.childNodes].flatMap((each) => spansOf(each, { ...marks, ...own }));
}

function span(text: string, marks: Partial<RunbookSpan> = {}): RunbookSpan {
  return { text, strong: false, emphasis: false, code: false, link: null, ...marks };
}
