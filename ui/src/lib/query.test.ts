import { describe, expect, test } from "vitest";

import type { PanelUnit } from "../api/bindings";
import { caretOf, insert, unitOf } from "./query";

test("a fault that knows its place is marked there", () => {
  expect(caretOf({ facts: { line: 1, column: 5, length: 2, snippet: "sum(!!x)\n    ^^" } })).toEqual({ line: "sum(!!x)", carets: "    ^^" });
  expect(caretOf({ facts: { reason: "over 30 s" } })).toBeUndefined();
  expect(caretOf(undefined)).toBeUndefined();
});

test("a word takes the place of what was begun, and the cursor goes where one writes on", () => {
  expect(insert("sum(ra", 4, 6, { word: "rate", kind: "function" })).toEqual({ text: "sum(rate()", cursor: 9 });
  expect(insert("ra(x)", 0, 2, { word: "rate", kind: "function" })).toEqual({ text: "rate(x)", cursor: 4 });
  expect(insert("{ä=\"b\"} + up", 10, 12, { word: "upper", kind: "metric" })).toEqual({ text: "{ä=\"b\"} + upper", cursor: 15 });
});

describe("the unit of an answer", () => {
  test.each<[string, PanelUnit]>([
    ["sqlite_wal_bytes", "bytes"],
    ["rate(node_network_receive_bytes_total[5m])", "bytes-per-second"],
    ["histogram_quantile(0.95, sum by (le) (rate(sqlite_probe_seconds_bucket[5m])))", "seconds"],
    ["probe_duration_seconds{url=\"http://x/y\"}", "seconds"],
    ["backup_last_success_timestamp_seconds", "moment"],
    ["time() - backup_last_success_timestamp_seconds", "number"],
    ["rate(appeals_submitted_total[5m])", "per-second"],
    ["node_filesystem_avail_bytes / node_filesystem_size_bytes", "number"],
    ["up == 0", "number"],
  ])("%s is %s", (query, unit) => {
    expect(unitOf(query)).toBe(unit);
  });
});
