import { expect, test } from "vitest";
import { facts } from "./facts";

const marked = (sentence: string) =>
  facts(sentence)
    .filter((piece) => piece.fact)
    .map((piece) => piece.text);

test("dates and measures are the facts of a sentence", () => {
  expect(marked("Proved restorable 20 Nov 02:14, in 41 s, losing at most 1 d 16 h.")).toEqual(["20 Nov 02:14", "41 s", "1 d 16 h"]);
  expect(marked("Write 11,204 pages (2.41 GB) to /srv/2 s/shop.db.")).toEqual(["11,204 pages", "2.41 GB"]);
  expect(marked("Never backed up: everything would be lost.")).toEqual([]);
});

test("no character is lost", () => {
  const sentence = "Kept until 22 Dec 14:02, 30 d from now";
  expect(
    facts(sentence)
      .map((piece) => piece.text)
      .join(""),
  ).toBe(sentence);
});
