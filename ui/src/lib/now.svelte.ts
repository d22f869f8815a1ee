let value = $state(Date.now());
let fixed = false;
setInterval(() => {
  if (!fixed) value = Date.now();
}, 1000);

/** The present, ticking each second, so that "22 min ago" stays true while it is looked at. */
export const now = {
  /** Milliseconds since 1970. */
  get value(): number {
    return value;
  },
  /** Stops the clock at a moment, for pages that are drawn without an engine. */
  fix(moment: number): void {
    fixed = true;
    value = moment;
  },
};
