import type { DrawChart } from "../../api/bindings";
import { chooseSavePath } from "../../api/chooser";
import { call, faultOf } from "../../api/client";
import { toast } from "../../lib/toast.svelte";

/** Asks where a picture of a chart shall lie, and has the engine draw it there, in the theme of the page. */
export async function savePicture(chart: Omit<DrawChart, "dark">, title: string): Promise<void> {
  const name = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
  const file = await chooseSavePath(`${name || "chart"}.${chart.format}`, `Save ${title}`);
  if (file === null) return;
  try {
    await call("save_chart", { chart: { ...chart, dark: isDark() }, file, replace: true }); // the dialog asked
    toast(`${title} saved to ${file}`);
  } catch (thrown) {
    const fault = faultOf(thrown);
    toast(`${fault.message.replace(/\.$/, "")}. ${fault.hint}`, "critical");
  }
}

function isDark(): boolean {
  return document.documentElement.dataset["theme"] === "dark" || (document.documentElement.dataset["theme"] === undefined && window.matchMedia("(prefers-color-scheme: dark)").matches);
}
