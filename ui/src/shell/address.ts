/** An address of the window, taken apart: `#/NAME/WHAT/PART?QUERY`. */
export interface Address {
  name: string;
  /** The system or job that the page is about. */
  what: string | undefined;
  /** A named part of it, e.g. one of its dashboards or logs. */
  part: string | undefined;
  query: URLSearchParams;
}

/** Takes a hash apart. Parts that cannot be decoded are taken as they are. */
export function parse(hash: string): Address {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [name = "", what, part] = path.split("/").map(decoded);
  return { name: name || "overview", what: what || undefined, part: part || undefined, query: new URLSearchParams(query) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
