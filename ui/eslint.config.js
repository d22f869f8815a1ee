import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

/**
 * Direction of imports: shell → features → kit → lib, and features → api → lib. A feature never imports a feature.
 * Each entry names a folder and what its files may not import, with the sentence that says where the code belongs instead.
 * The generated bindings are types only: the nouns that everybody shares.
 */
const directions = [
  ["lib", ["**/kit/**", "**/api/*", "!**/api/bindings", "**/features/**", "**/shell/**"], "lib holds pure functions and imports nothing above it."],
  ["api", ["**/kit/**", "**/features/**", "**/shell/**"], "api knows the engine and lib, not what is drawn."],
  ["kit", ["**/api/*", "!**/api/bindings", "**/features/**", "**/shell/**"], "kit draws what it is given; fetch in the feature and pass it in."],
  ["features", ["**/shell/**", "../../features/**"], "A feature does not know the shell: use lib/href, lib/intent or lib/place."],
];

const features = ["overview", "system", "add", "snapshots", "restore", "jobs", "audit", "settings", "drills", "repository", "retention", "schedules", "migrations", "health", "explore", "logs", "capacity", "promises", "alerts", "silences", "routes", "rules", "runbook", "readiness", "checklist", "poll", "smoke", "validation", "reports"];

/** Restricts the imports of the files in `folder`. */
function direction(folder, group, message) {
  return { files: [`src/${folder}/**/*.{ts,svelte}`], rules: { "no-restricted-imports": ["error", { patterns: [{ group, message }] }] } };
}

export default ts.config(
  { ignores: ["dist/", "node_modules/", "src/api/bindings.ts"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser } } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
  {
    rules: {
      "no-console": "error",
      eqeqeq: "error",
      "@typescript-eslint/consistent-type-imports": "error",
      // The content security policy blocks style attributes; custom properties through style directives are set by script.
      "no-restricted-syntax": [
        "error",
        { selector: 'SvelteAttribute[key.name="style"]', message: "A style attribute is blocked by the content security policy: use a class, or style:--name." },
        { selector: "SvelteStyleDirective[key.name.name!=/^--/]", message: "Only custom properties are set from markup (style:--name); the look lives in <style>." },
      ],
      "svelte/no-at-html-tags": "error",
      // Addresses are hashes made by lib/href.
      "svelte/no-navigation-without-resolve": "off",
      // Types of a generic component live beside it; TypeScript finds undefined names itself.
      "no-undef": "off",
    },
  },
  ...directions.map(([folder, group, message]) => direction(folder, group, message)),
  ...features.map((name) =>
    direction(
      `features/${name}`,
      ["**/shell/**", ...features.filter((other) => other !== name).flatMap((other) => [`../${other}/**`, `**/features/${other}/**`])],
      "A feature imports no feature and no shell: shared drawing goes to kit, a shared act to lib/intent.",
    ),
  ),
);
