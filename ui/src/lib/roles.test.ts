import { expect, test } from "vitest";
import { rolesInWords } from "./roles";

test.each([
  [["viewer"], "viewer"],
  [[], "viewer"],
  [["viewer", "operator"], "operator"],
  [["viewer", "operator", "approver"], "operator and approver"],
])("%j are said as %s", (roles, words) => {
  expect(rolesInWords(roles)).toBe(words);
});
