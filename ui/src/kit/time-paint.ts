import type uPlot from "uplot";

import type { Span } from "../lib/axis";
import { TICK_SHAPES, type GapBand, type ThresholdLine, type Tick } from "./time-drawing";

/** Resolves a token to the colour that it has on the page now. */
export type Colour = (token: string) => string;

/** Ticks nearer to each other than this are one, in pixels. */
const CROWD = 7;
/** From so many ticks on, only their shapes are drawn. */
const MANY = 14;

/** Hatches stretches without measurements, below everything else. */
export function paintGaps(plot: uPlot, gaps: readonly GapBand[], colour: Colour): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  for (const gap of gaps) {
    const left = Math.max(bbox.left, plot.valToPos(gap.from / 1000, "x", true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(gap.to / 1000, "x", true));
    if (right - left < scale) continue;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, right - left, bbox.height);
    ctx.clip();
    ctx.fillStyle = colour("--gap");
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.strokeStyle = colour("--line-strong");
    ctx.lineWidth = scale;
    ctx.beginPath();
    // Lines from a common origin: bands side by side fit together.
    const apart = 6 * scale;
    for (let x = Math.floor((left - bbox.height) / apart) * apart; x < right; x += apart) {
      ctx.moveTo(x, bbox.top + bbox.height);
      ctx.lineTo(x + bbox.height, bbox.top);
    }
    ctx.stroke();
    ctx.restore();
  }
}

/** Shades stretches in which it was wrong, below everything but the gaps. */
export function paintShades(plot: uPlot, shades: readonly Span[], colour: Colour): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = colour("--critical-tint");
  for (const { from, to } of shades) {
    const left = Math.max(bbox.left, plot.valToPos(from / 1000, "x", true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(to / 1000, "x", true));
    // The shortest one is still seen.
    if (right >= bbox.left && left <= bbox.left + bbox.width) ctx.fillRect(left, bbox.top, Math.max(right - left, 2 * devicePixelRatio), bbox.height);
  }
  ctx.restore();
}

/** Draws limits as dashed lines, named at their left. */
export function paintThresholds(plot: uPlot, thresholds: readonly ThresholdLine[], colour: Colour): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  for (const { value, name, tone } of thresholds) {
    const y = Math.round(plot.valToPos(value, "y", true));
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = colour(tone === "critical" ? "--critical-ink" : tone === "attention" ? "--attention-ink" : "--unknown-ink");
    ctx.lineWidth = scale;
    ctx.setLineDash([4 * scale, 3 * scale]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y + 0.5);
    ctx.lineTo(bbox.left + bbox.width, y + 0.5);
    ctx.stroke();
    ctx.font = `${11 * scale}px 'Inter Variable', sans-serif`;
    ctx.textAlign = "left";
    const room = y - bbox.top > 14 * scale;
    ctx.textBaseline = room ? "bottom" : "top";
    // A ground of the page's colour: the name stays readable where lines cross it.
    ctx.lineWidth = 3 * scale;
    ctx.setLineDash([]);
    ctx.strokeStyle = colour("--surface-panel");
    ctx.lineJoin = "round";
    ctx.strokeText(name, bbox.left + 4 * scale, y + (room ? -2 : 3) * scale);
    ctx.fillText(name, bbox.left + 4 * scale, y + (room ? -2 : 3) * scale);
    ctx.restore();
  }
}

/** Draws what happened as shapes on the upper edge, with dotted lines where they are few. */
export function paintTicks(plot: uPlot, ticks: readonly Tick[], colour: Colour): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  const inside = ticks.filter(({ at }) => at / 1000 >= (plot.scales["x"]?.min ?? 0) && at / 1000 <= (plot.scales["x"]?.max ?? 0));
  let last = -Infinity;
  for (const tick of inside) {
    const x = plot.valToPos(tick.at / 1000, "x", true);
    if (x - last < CROWD * scale) continue;
    last = x;
    ctx.save();
    ctx.strokeStyle = colour("--text-quiet");
    ctx.fillStyle = colour("--surface-panel");
    ctx.lineWidth = scale;
    if (inside.length < MANY) {
      ctx.setLineDash([scale, 3 * scale]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top + 5 * scale);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.setLineDash([]);
    }
    ctx.translate(x, bbox.top);
    ctx.scale(scale, scale);
    ctx.lineWidth = 1.3;
    const shape = new Path2D(TICK_SHAPES[tick.kind]);
    ctx.fill(shape);
    ctx.stroke(shape);
    ctx.restore();
  }
}
