import { frameOfAnswer, type Frame } from "../lib/frame";
import { call, type CallOptions, type Request } from "./client";

/** What a range query answers, ready to be drawn. */
export async function queryRange(request: Request<"query_range">, options: CallOptions = {}): Promise<Frame> {
  return frameOfAnswer(await call("query_range", request, options));
}
