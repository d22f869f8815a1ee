/** Brings into view what the address points at, once it is drawn: `{@attach inView(pointed)}`. */
export function inView(pointed: boolean): (element: HTMLElement) => void {
  return (element) => {
    if (pointed) element.scrollIntoView({ block: "center" });
  };
}
