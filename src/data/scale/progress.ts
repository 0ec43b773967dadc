import type { Stage } from './steps.ts';

/** What a fill at scale tells while it goes. */
export type ScaleProgress =
  /** Before the first row. `bytes` is an estimate; rows that an earlier attempt has brought in are in `loaded`. */
  | {
      readonly phase: 'begin';
      readonly rows: number;
      readonly bytes: number;
      readonly loaded: number;
      readonly dropped: number;
    }
  /** `made` of `of` bytes are on their way, `of` being an estimate; `rows` of `ofRows` are. Earlier attempts are left out. */
  | {
      readonly phase: 'load';
      readonly table: string;
      readonly rows: number;
      readonly ofRows: number;
      readonly made: number;
      readonly of: number;
    }
  | { readonly phase: 'rebuild'; readonly stage: Stage; readonly done: number; readonly of: number }
  | { readonly phase: 'after'; readonly done: number; readonly of: number }
  | { readonly phase: 'check'; readonly done: number; readonly of: number };

export type OnScaleProgress = (progress: ScaleProgress) => void;
