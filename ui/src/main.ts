import "./locale";

import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./kit/tokens.css";
import "./kit/base.css";

import { mount } from "svelte";

import App from "./App.svelte";

async function start(): Promise<void> {
  const target = document.getElementById("app");
  if (!target) throw new Error("#app is missing from index.html");
  // Looking at pages in a browser, without an engine. The condition is false in a build, so the module is not bundled.
  if (import.meta.env.DEV && !("__TAURI_INTERNALS__" in window)) {
    const { pretend } = await import("./api/fake");
    pretend();
  }
  mount(App, { target });
}

void start();
