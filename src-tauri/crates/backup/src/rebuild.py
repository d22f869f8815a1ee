#!/usr/bin/env python3
"""Rebuilds a database from its base and its deltas. Needs only what restic restored, and Python 3.6 or newer.

    python3 rebuild.py /tmp/restored/backup/SYSTEM COMPONENT OUTPUT.db

A delta: 128 bytes of header, page numbers (big-endian, 4 bytes each, ascending), zeros up to a multiple of the page size, pages.
"""
import hashlib, json, os, shutil, struct, sys

HEADER = struct.Struct(">8sIIQQQQQ8x32s32s")  # magic, page size, 0, pages before, after, inside, first, last, SHA-256 before, after

def fail(why):
    sys.exit("rebuild.py: " + why)

def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()

def apply(image, path, expected, state):
    if sha256(path) != expected["sha256"]:
        fail(path + " is not the file that the manifest names")
    with open(path, "rb") as delta:
        magic, size, _, before, after, inside, _, _, was, becomes = HEADER.unpack(delta.read(HEADER.size))
        if magic != b"QDDELTA1" or size != state[0] or (before, was.hex()) != state[1:]:
            fail(path + " does not follow on what was applied before it")
        numbers = struct.unpack(">%dI" % inside, delta.read(4 * inside))
        delta.seek(-(-(HEADER.size + 4 * inside) // size) * size)
        for number in numbers:
            image.seek((number - 1) * size)
            image.write(delta.read(size))
        image.truncate(after * size)
    return size, after, becomes.hex()

def main(folder, name, output):
    with open(os.path.join(folder, "manifest.json")) as file:
        known = [part for part in json.load(file)["components"] if part["name"] == name]
    if not known or os.path.exists(output):
        fail("%s has no component %s" % (folder, name) if not known else output + " exists already")
    whole, part = known[0], output + ".part"
    base = whole.get("base") or {"sha256": whole["sha256"], "page_count": whole["page_count"]}
    shutil.copyfile(os.path.join(folder, "base", name + ".db.base"), part)
    if sha256(part) != base["sha256"]:
        fail("the base is not the file that the manifest names")
    state = (whole["page_size"], base["page_count"], base["sha256"])
    with open(part, "r+b") as image:
        for delta in whole.get("deltas", []):
            file = "%08d-%08d.delta" % (delta["first"], delta["last"])
            state = apply(image, os.path.join(folder, "delta", name, str(delta["tier"]), file), delta, state)
        os.fsync(image.fileno())
    if sha256(part) != whole["sha256"] or state[2] != whole["sha256"]:
        fail("what came out is not what was backed up; it is left in " + part)
    os.rename(part, output)
    print("%s is byte for byte the database of %s (SHA-256 %s)" % (output, whole["cut_at"], whole["sha256"]))

main(*sys.argv[1:]) if len(sys.argv) == 4 else fail("usage: rebuild.py FOLDER COMPONENT OUTPUT.db")
