import type { WirePath } from "../api/bindings";

const MARK = "bytes:";

/** The bytes behind a wire path that is not plain text, decoded for the eye: what is not UTF-8 shows as �. */
function readable(wire: WirePath): string {
  if (!wire.startsWith(MARK)) return wire;
  const bytes: number[] = [];
  for (const [part, code] of wire.slice(MARK.length).matchAll(/%([0-9A-F]{2})|[^]/gu)) {
    bytes.push(code === undefined ? part.charCodeAt(0) : parseInt(code, 16));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/** A path for people. It may be ambiguous: only the wire form names the file. */
export function showPath(wire: WirePath): string {
  return readable(wire);
}

/** The last part of a path, for people. */
export function fileName(wire: WirePath): string {
  const path = readable(wire).replace(/\/+$/, "");
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The folder of a file, still in its wire form, without the last slash (`/` itself stays). */
export function folderOf(wire: WirePath): WirePath {
  const at = wire.lastIndexOf("/");
  if (at < 0) return "";
  return at === 0 || wire.slice(0, at) === MARK ? wire.slice(0, at + 1) : wire.slice(0, at);
}

/** A file in a folder, in wire form. The name is plain text. */
export function within(folder: WirePath, name: string): WirePath {
  const safe = folder.startsWith(MARK) ? escaped(name) : name;
  return folder.endsWith("/") ? folder + safe : `${folder}/${safe}`;
}

function escaped(name: string): string {
  return Array.from(new TextEncoder().encode(name), (byte) =>
    byte >= 0x20 && byte <= 0x7e && byte !== 0x25 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
  ).join("");
}
