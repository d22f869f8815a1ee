import { describe, expect, it } from "vitest";

import { queryPieces } from "./promql";

const kinds = (query: string): string[] => queryPieces(query).filter(({ kind }) => kind !== "plain").map(({ kind, text }) => `${kind} ${text}`);

describe("the pieces of a query", () => {
  it("tell functions, texts and numbers apart", () => {
    expect(kinds('sum by (job) (rate(requests_total{code="5xx"}[5m])) > 0.05 # limit')).toEqual(["keyword sum", "keyword by", "keyword rate", 'string "5xx"', "number 5m", "number 0.05", "comment # limit"]);
  });

  it("leave figures in names alone", () => expect(kinds("node_load15 > 1e3")).toEqual(["number 1e3"]));

  it.each(['a{b="', "((", "<img src=x onerror=alert(1)>", "a\nand\tb", "é𝛑"])("joined are the query: %s", (query) => expect(queryPieces(query).map(({ text }) => text).join("")).toBe(query));
});
