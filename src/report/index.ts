import { html } from './html/index.tsx';
import { junit } from './junit.ts';
import type { Reporter } from './reporter.ts';
import { summary } from './summary.ts';
import { terminal } from './terminal.ts';

/** Every format that a run is reported in, by name. */
export const reporters = { terminal, summary, junit, html } as const satisfies Record<string, Reporter>;
export type ReporterName = keyof typeof reporters;

export type { Reporter } from './reporter.ts';
export { renderTerminal, type TerminalOptions } from './terminal.ts';
