import type { GateNotice } from "../api/bindings";

/** Why nothing can be started because of a gate; absent where it is open, or passed with a reason. */
export function gateObstacle(gate: GateNotice | undefined, without: string | undefined): string | undefined {
  if (gate === undefined || gate.open) return undefined;
  if (without === undefined) return "The gate is closed.";
  return without.trim() === "" ? "Say why the gate is passed." : undefined;
}

/** What is sent along where a closed gate is passed. */
export function passing(gate: GateNotice | undefined, without: string | undefined): { without_gate?: string } {
  return gate !== undefined && !gate.open && without !== undefined ? { without_gate: without.trim() } : {};
}
