import { describe, expect, it } from "vitest";

import { answerWords, wayWords } from "./notice";

describe("a message", () => {
  it("counts its tries once it is over", () => {
    expect(answerWords({ answer: "451", attempts: 9, state: "failed" })).toBe("451, 9 tries");
    expect(answerWords({ answer: "429, again 14:02:10", attempts: 2, state: "again" })).toBe("429, again 14:02:10");
  });
  it("names its way, known or not", () => expect([wayWords("email", "ada@example.com", 80), wayWords("telegram", "7", 80), wayWords("desktop", "", 80)]).toEqual(["E-mail, ada@example.com", "telegram, 7", "Desktop"]));
});
