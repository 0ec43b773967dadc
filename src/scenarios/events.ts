import type { Verdict } from '../evidence/verdict.ts';

/** What a run tells while it goes; the command line shows it. */
export type RunEvent =
  | { readonly type: 'planned'; readonly run: string; readonly folder: string; readonly claims: number }
  | { readonly type: 'phase'; readonly name: string; readonly detail?: string }
  | { readonly type: 'claim-started'; readonly claim: string }
  | { readonly type: 'claim-progress'; readonly claim: string; readonly says: string }
  | {
      readonly type: 'claim-ended';
      readonly claim: string;
      readonly verdict: Verdict;
      readonly reason?: string;
      readonly milliseconds: number;
    };

export type OnRunEvent = (event: RunEvent) => void;
