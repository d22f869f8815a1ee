/** The environment variable that a password is read from; `null` where it is in a file. */
export function passwordVariable(reference: string | null): string | null {
  return reference?.startsWith("env:") === true ? reference.slice("env:".length) : null;
}
