import type { Standing } from '../../evidence/view.ts';

/** A verdict is never told by colour alone: a symbol and a word go with it. */
export const marks: Readonly<Record<Standing, { readonly symbol: string; readonly word: string }>> = {
  refuted: { symbol: '✗', word: 'refuted' },
  unproved: { symbol: '?', word: 'unproved' },
  waived: { symbol: '~', word: 'waived' },
  proved: { symbol: '✓', word: 'proved' },
  outside: { symbol: '–', word: 'outside' },
};

export function Mark({ standing }: { standing: Standing }) {
  const { symbol, word } = marks[standing];
  return (
    <span class={`mark ${standing}`}>
      <b aria-hidden="true">{symbol}</b> {word}
    </span>
  );
}

/** Anchor of an observation's row. */
export function observationId(seq: number): string {
  return `o${seq}`;
}

/** Anchor of a claim: its own id where that is fit for one, so that links to it stay good from run to run. */
export function claimId(id: string, index: number): string {
  return /^[a-z0-9][a-z0-9._-]*$/.test(id) ? `claim-${id}` : `claim-${index}`;
}
