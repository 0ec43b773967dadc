import type { DrawnPools } from '../pools.ts';
import type { Range } from './ranges.ts';

/** What a thread that makes rows is started with: a plan's functions do not travel, its file does. */
export interface MakerStart {
  /** Absolute path of the design's file. */
  readonly design: string;
  readonly seed: number;
  readonly scale: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly pools: DrawnPools;
}

/** To the thread: a range to make, or leave for so many chunks more. */
export type ToMaker =
  | { readonly type: 'make'; readonly range: Range; readonly chunks: number }
  | { readonly type: 'more'; readonly chunks: number };

/** From the thread. `bytes` is handed over, not copied. */
export type FromMaker =
  | { readonly type: 'ready' }
  | { readonly type: 'chunk'; readonly bytes: Uint8Array<ArrayBuffer>; readonly rows: number }
  | { readonly type: 'end' }
  | { readonly type: 'failed'; readonly message: string };
