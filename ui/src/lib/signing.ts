import type { Poll, RoleTitle, Statement } from "../api/bindings";

/** Something that a person says and signs with a passphrase. */
export type SignAct =
  | { kind: "sign" | "refuse"; copy: string; item: string; roles: readonly RoleTitle[] }
  | { kind: "waive" | "not-applicable"; copy: string; item: string }
  | { kind: "revoke"; copy: string; statement: Statement }
  | { kind: "answer"; copy: string; station: string; go: boolean }
  | { kind: "decide"; copy: string; go: boolean; director: Pick<Poll, "director" | "director_title"> };
