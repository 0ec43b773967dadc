import { createColors } from 'picocolors';
import type { Breach, Evidence } from '../evidence/model.ts';
import { byStanding, type ClaimView, type RunView, viewRun } from '../evidence/view.ts';
import type { Reporter } from './reporter.ts';
import { drillLines } from './terminal-drill.ts';
import { duration, grouped, oneLine, place, plural, visible, wrap } from './text.ts';

export interface TerminalOptions {
  readonly color: boolean;
  /** Columns to fill; scripts and identifiers are never broken. */
  readonly width: number;
}

export const terminal: Reporter = {
  name: 'terminal',
  file: 'report.txt',
  mediaType: 'text/plain; charset=utf-8',
  says: 'what is refuted first, with the SQL to see it again; then what is unproved, then the counts',
  render: (evidence) => renderTerminal(evidence, { color: false, width: 100 }),
};

/** Breaches of one claim that are spelled out; the others are counted and stand in the other reports. */
const maxBreaches = 5;
/** Unproved claims with the same reason are listed one by one up to this many. */
const maxListed = 3;

export function renderTerminal(evidence: Evidence, options: TerminalOptions): string {
  const view = viewRun(evidence);
  const page = new Page(options);
  const claims = byStanding(view.claims);
  for (const claim of claims) if (claim.standing === 'refuted') page.refuted(claim);
  page.unproved(claims.filter((claim) => claim.standing === 'unproved'));
  for (const claim of claims) if (claim.standing === 'waived') page.waived(claim);
  page.recovery(claims);
  page.counts(view);
  return page.text();
}

class Page {
  readonly #lines: string[] = [];
  readonly #width: number;
  readonly #color: ReturnType<typeof createColors>;

  constructor({ color, width }: TerminalOptions) {
    this.#color = createColors(color);
    this.#width = Math.max(width, 40);
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  refuted(claim: ClaimView): void {
    const { id, says, source } = claim.planned;
    this.#lines.push(`${this.#color.red(this.#color.bold('✗ REFUTED'))}  ${this.#color.bold(oneLine(id))}`);
    this.#fill(says, '  ');
    this.#lines.push(this.#color.dim(`  promised in ${oneLine(place(source))}`));
    if (claim.reason !== undefined && claim.breaches.length === 0) this.#fill(claim.reason, '  ');
    for (const [index, breach] of claim.breaches.slice(0, maxBreaches).entries())
      this.#breach(index + 1, breach);
    const rest = claim.breaches.length - maxBreaches;
    if (rest > 0)
      this.#lines.push('', `  and ${plural(rest, 'more breach', 'more breaches')} of this promise`);
    this.#lines.push('');
  }

  unproved(claims: readonly ClaimView[]): void {
    const byReason = new Map<string, ClaimView[]>();
    for (const claim of claims) {
      const reason = oneLine(claim.reason ?? 'no reason is recorded');
      byReason.set(reason, [...(byReason.get(reason) ?? []), claim]);
    }
    for (const [reason, same] of byReason) {
      const head = this.#color.yellow(this.#color.bold('? UNPROVED'));
      if (same.length > maxListed) {
        const why = `${plural(same.length, 'promise')}: ${reason}`;
        const [first = '', ...rest] = wrap(why, this.#width, ' '.repeat(12));
        this.#lines.push(`${head}  ${first.trimStart()}`, ...rest);
        this.#fill(same.map((claim) => claim.planned.id).join(', '), '  ');
      } else {
        for (const { planned } of same) {
          this.#lines.push(`${head}  ${this.#color.bold(oneLine(planned.id))}`);
          this.#fill(planned.says, '  ');
          this.#fill(`because: ${reason}`, '  ');
        }
      }
      this.#lines.push('');
    }
  }

  waived(claim: ClaimView): void {
    const head = this.#color.yellow(this.#color.bold('~ WAIVED'));
    this.#lines.push(`${head}    ${this.#color.bold(oneLine(claim.planned.id))}`);
    this.#fill(claim.planned.says, '  ');
    this.#fill(claim.reason ?? '', '  ');
    this.#lines.push('');
  }

  /** Drills are measured, so what holds is worth a look too. */
  recovery(claims: readonly ClaimView[]): void {
    for (const { planned, standing, baseline } of claims) {
      const timeline = baseline.finding?.entry.timeline;
      if (timeline === undefined) continue;
      this.#lines.push(`${this.#color.bold(oneLine(planned.id))} ${this.#color.dim(standing)}`);
      this.#lines.push(
        ...drillLines(timeline, { colors: this.#color, width: this.#width, indent: '  ' }),
        '',
      );
    }
  }

  counts(view: RunView): void {
    const { plan, counts, end } = view;
    const of = [
      this.#color.red(`${grouped(counts.refuted)} refuted`),
      this.#color.yellow(`${grouped(counts.unproved)} unproved`),
      this.#color.green(`${grouped(counts.proved)} proved`),
      ...(counts.waived > 0 ? [`${grouped(counts.waived)} waived`] : []),
    ].join(' · ');
    const took = end === undefined ? '' : ` in ${duration(Date.parse(end.at) - Date.parse(plan.startedAt))}`;
    const line = `${oneLine(plan.design)}, scenario ${oneLine(plan.scenario)}: ${of}${took}`;
    this.#lines.push(...wrap(line, this.#width));
    if (!view.complete) {
      const why = end?.entry.reason ?? 'the run died before its end';
      this.#lines.push(this.#color.bold(`INCOMPLETE: ${oneLine(why)}`));
    }
    if (counts.outside > 0) {
      this.#fill(`${plural(counts.outside, 'promise')} not part of this run, not counted`, '');
    }
    this.#lines.push(this.#color.dim(`run ${oneLine(plan.run)}, evidence ${view.digest}`));
  }

  #breach(number: number, breach: Breach): void {
    this.#lines.push('');
    const [first = '', ...rest] = wrap(oneLine(breach.says), this.#width, '     ');
    this.#lines.push(this.#color.bold(`  ${number}. ${first.trimStart()}`), ...rest.map(this.#color.bold));
    this.#fact('to blame', breach.object);
    this.#fact('actor', breach.actor);
    this.#fact('row', breach.row);
    this.#fact('expected', breach.expected);
    this.#fact('actual', breach.actual);
    if (breach.reproduce === undefined) return;
    this.#lines.push(this.#color.dim('     see it again in psql:'));
    for (const line of visible(breach.reproduce).split('\n')) this.#lines.push(`       ${line}`);
  }

  #fact(name: string, value: string | undefined): void {
    if (value === undefined) return;
    const [first = '', ...rest] = wrap(oneLine(value), this.#width, ' '.repeat(15));
    this.#lines.push(`     ${this.#color.dim(name.padEnd(10))}${first.trimStart()}`, ...rest);
  }

  #fill(text: string, indent: string): void {
    this.#lines.push(...wrap(oneLine(text), this.#width, indent));
  }
}
