import { describe, expect, it } from "vitest";

import { href } from "../lib/href";
import { parse } from "./address";

describe("addresses", () => {
  it.each([
    ["", "overview", undefined, ""],
    ["#/", "overview", undefined, ""],
    ["#/jobs", "jobs", undefined, ""],
    ["#/snapshots/reputation", "snapshots", "reputation", ""],
    ["#/restore/shop?component=main&snapshot=7f3a", "restore", "shop", "component=main&snapshot=7f3a"],
    ["#/job/12", "job", "12", ""],
    ["#/system/a%20b", "system", "a b", ""],
    ["#/system/%E0%A4%A", "system", "%E0%A4%A", ""],
  ])("%s is %s of %s", (hash, name, what, query) => {
    const address = parse(hash);
    expect([address.name, address.what, address.query.toString()]).toEqual([name, what, query]);
  });

  it("made by href are understood", () => {
    expect(parse(href.restore("shop", { component: "main", snapshot: "7f3a" }))).toMatchObject({ name: "restore", what: "shop" });
    expect(parse(href.undo(7))).toMatchObject({ name: "undo", what: "7" });
  });
});
