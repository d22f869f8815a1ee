import { describe, expect, it } from "vitest";

import { oneLine, plainText } from "./plain";

describe("texts from outside", () => {
  it("lose what is not seen", () => expect(oneLine("a\u0007b\n c\u202egnp.exe")).toBe("a b c gnp.exe"));
  it("are cut to a length that a page can bear", () => {
    expect(oneLine("x".repeat(1_000_000), 50)).toHaveLength(50);
    expect(oneLine("short", 50)).toBe("short");
    expect(plainText("x".repeat(1_000_000), 100)).toEqual({ text: "x".repeat(100), cut: 999_900 });
  });
  it("keep their lines where they have many", () => expect(plainText("a\r\n\tb\u0000").text).toBe("a\n\tb "));
  it("stay what they are", () => expect(oneLine("<img src=x onerror=alert(1)>")).toBe("<img src=x onerror=alert(1)>"));
});
