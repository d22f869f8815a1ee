import { describe, expect, it } from "vitest";

import { blocksOf, type MarkupNode } from "./markup";

function node(nodeName: string, ...children: (MarkupNode | string)[]): MarkupNode {
  const childNodes = children.map((each) => (typeof each === "string" ? { nodeName: "#text", textContent: each, childNodes: [] } : each));
  return { nodeName, childNodes, textContent: childNodes.map(({ textContent }) => textContent ?? "").join("") };
}

describe("markup of the engine", () => {
  it("becomes blocks of words", () => {
    const body = node("BODY", node("H4", "Why"), node("P", "a ", node("STRONG", node("CODE", "b"))), node("UL", node("LI", node("P", "c"))), node("PRE", node("CODE", "d\n")), node("HR"));
    expect(blocksOf(body).map(({ kind }) => kind)).toEqual(["heading", "paragraph", "list", "code", "rule"]);
    expect(blocksOf(body)[1]).toMatchObject({ text: [{ text: "a " }, { text: "b", strong: true, code: true, link: null }] });
  });
  it("takes nothing else over: no script, no picture, no address", () => {
    const body = node("BODY", node("SCRIPT", "alert(1)"), node("STYLE", "p{}"), node("P", node("IMG"), node("A", "read"), node("SCRIPT", "alert(2)")), node("IFRAME", "inside"));
    const text = JSON.stringify(blocksOf(body));
    expect(text).not.toContain("alert");
    expect(text).toContain("read");
  });
  it("reads tables, with and without a body", () => {
    const table = node("TABLE", node("THEAD", node("TR", node("TH", "h"))), node("TBODY", node("TR", node("TD", "1")), node("TR", node("TD", "2"))));
    expect(blocksOf(node("BODY", table))[0]).toMatchObject({ kind: "table", head: [[{ text: "h" }]], rows: [[[{ text: "1" }]], [[{ text: "2" }]]] });
  });
  it("does not follow markup without end", () => {
    let deep = node("P", "bottom");
    for (let i = 0; i < 500; i += 1) deep = node("BLOCKQUOTE", deep);
    expect(JSON.stringify(blocksOf(node("BODY", deep)))).toContain("bottom");
  });
  it("keeps loose words", () => expect(blocksOf(node("BODY", "loose ", node("B", "words")))).toHaveLength(1));
});
