// Roles as people say them. Whoever sees this page is a viewer; that goes without saying where there is more.

export function rolesInWords(roles: readonly string[]): string {
  const more = roles.filter((role) => role !== "viewer");
  return more.length > 0 ? more.join(" and ") : "viewer";
}
