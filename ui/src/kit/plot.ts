/** The colour that a token has on the page now: a canvas knows no tokens, and the page also knows whether it is dark. */
export function colourOf(probe: HTMLElement | undefined, token: string): string {
  if (!probe) return "transparent";
  probe.style.color = `var(${token})`;
  return getComputedStyle(probe).color;
}

/** Says when a plot has to fit another width, and when its colours or letters are others; until what it returns is called. */
export function watchPlot(element: HTMLElement, fit: () => void, redraw: () => void): () => void {
  const sized = new ResizeObserver(fit);
  sized.observe(element);
  const themed = new MutationObserver(redraw);
  themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", redraw);
  void document.fonts.ready.then(redraw);
  return () => {
    sized.disconnect();
    themed.disconnect();
    dark.removeEventListener("change", redraw);
  };
}
