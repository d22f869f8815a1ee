import { frameOf, type Frame } from "../lib/frame";
import { callRaw, type CallOptions, type Request } from "./client";

/** What a range query answers, ready to be drawn. */
export async function queryRange(request: Request<"query_range">, options: CallOptions = {}): Promise<Frame> {
  return frameOf(await callRaw("query_range", request, options));
}
