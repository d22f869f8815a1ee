import { expect, test } from "vitest";
import { rolesInWords, rolesRead } from "./roles";

test.each([
  [["viewer"], "viewer"],
  [[], "viewer"],
  [["viewer", "operator"], "operator"],
  [["viewer", "operator", "approver"], "operator and approver"],
])("%j are said as %s", (roles, words) => {
  expect(rolesInWords(roles)).toBe(words);
});

test("roles are ids, each once", () => {
  expect(rolesRead("dba, tech-lead dba")).toEqual({ roles: ["dba", "tech-lead"] });
  expect(rolesRead(" ").fault).toBe("Name at least one role.");
  expect(rolesRead("DBA").fault).toContain("DBA");
});
