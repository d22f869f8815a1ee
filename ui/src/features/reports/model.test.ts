import { expect, it } from "vitest";

import { formOf, kindOf } from "./model";

it("a report has the form that its file says", () => {
  expect([formOf("/tmp/a.pdf", "html"), formOf("/tmp/a.HTML", "pdf"), formOf("/tmp/a", "pdf"), formOf("/tmp/a.txt", "html")]).toEqual(["pdf", "html", "pdf", "html"]);
});

it("a kind that nobody knows is readiness", () => expect([kindOf("drill"), kindOf("x"), kindOf(undefined)]).toEqual(["drill", "readiness", "readiness"]));
