let value = $state(Date.now());
setInterval(() => (value = Date.now()), 1000);

/** The present, ticking each second, so that "22 min ago" stays true while it is looked at. */
export const now = {
  /** Milliseconds since 1970. */
  get value(): number {
    return value;
  },
};
