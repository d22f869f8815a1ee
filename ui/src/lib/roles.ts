// Roles as people say them. Whoever sees this page is a viewer; that goes without saying where there is more.

export function rolesInWords(roles: readonly string[]): string {
  const more = roles.filter((role) => role !== "viewer");
  return more.length > 0 ? more.join(" and ") : "viewer";
}

/** Ids of roles that somebody wrote, parted by commas or spaces; or what is wrong with them. */
export function rolesRead(text: string): { roles: string[]; fault?: undefined } | { roles?: undefined; fault: string } {
  const roles = [...new Set(text.split(/[\s,]+/).filter((role) => role !== ""))];
  const wrong = roles.find((role) => !/^[a-z0-9][a-z0-9-]{0,62}$/.test(role));
  if (wrong !== undefined) return { fault: `“${wrong.slice(0, 40)}” is no id of a role: write dba or tech-lead.` };
  return roles.length === 0 ? { fault: "Name at least one role." } : { roles };
}
