import { expect, test } from "vitest";
import { fileName, folderOf, showPath, within } from "./path";

test("a path that is not UTF-8 stays readable", () => {
  expect(showPath("bytes:/srv/caf%E9 1%25.db")).toBe("/srv/caf\u{fffd} 1%.db");
  expect(showPath("/srv/größe 100%.db")).toBe("/srv/größe 100%.db");
  expect(fileName("bytes:/srv/caf%E9/a.db")).toBe("a.db");
  expect(fileName("/srv/data/")).toBe("data");
});

test("a file beside another keeps the folder's wire form", () => {
  expect(within(folderOf("/srv/shop.db"), "shop 2.db")).toBe("/srv/shop 2.db");
  expect(within(folderOf("bytes:/srv/%E9/shop.db"), "100%.db")).toBe("bytes:/srv/%E9/100%25.db");
  expect(within(folderOf("/shop.db"), "a.db")).toBe("/a.db");
  expect(folderOf("bytes:/a%E9.db")).toBe("bytes:/");
});
