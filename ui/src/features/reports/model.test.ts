import { expect, it } from "vitest";

import { formOf, kindOf, KINDS } from "./model";

it("a report has the form that its file says", () => {
  expect([formOf("/tmp/a.pdf", "html"), formOf("/tmp/a.HTML", "pdf"), formOf("/tmp/a", "pdf"), formOf("/tmp/a.txt", "html")]).toEqual(["pdf", "html", "pdf", "html"]);
});

it("a kind that nobody knows is readiness", () => expect([kindOf("drill"), kindOf("monthly"), kindOf("x"), kindOf(undefined)]).toEqual(["drill", "monthly", "readiness", "readiness"]));

it("every kind says what it is about", () => {
  expect(KINDS.map(({ value }) => value)).toEqual(["readiness", "validation", "drill", "migration", "monthly"]);
  expect(KINDS.every(({ label, subject, hint }) => label !== "" && subject !== "" && hint.includes("newest"))).toBe(true);
});
