import { expect, test } from "vitest";
import { passwordVariable } from "./secret";

test("a password is in a file, or in a variable that is named", () => {
  expect(passwordVariable("env:SHOP_KEY")).toBe("SHOP_KEY");
  expect(passwordVariable("file:/etc/key")).toBeNull();
  expect(passwordVariable(null)).toBeNull();
});
