import type { Fault } from '../../../../faults/fault.ts';
import { faults } from '../../../../faults/index.ts';
import type { Expected } from './expected.ts';
import { resourceSpan, valueSpan } from './locate.ts';
import { segmentsOf } from './path.ts';

const odd = '"pgattest odd"';

export interface Place {
  readonly file: string;
  readonly text: string;
  readonly resource: string;
}

/** The attribute as it must not be: another value, or there where it must not be. None where the text does not show it. */
export function attributeEdit(place: Place, path: string, is: Expected): readonly Fault[] {
  if (typeof is === 'object' && 'absent' in is) return added(place, path);
  return valueEdit(place, path, typeof is === 'object' && 'lacks' in is ? `"${plain(is.lacks)}"` : odd);
}

/** The attribute with another text. */
export function valueEdit(place: Place, path: string, to: string): readonly Fault[] {
  const span = valueSpan(place.text, place.resource, path);
  return span === undefined ? [] : [edited(place, `${path} = ${to}`, span.from, span.to, to)];
}

function added(place: Place, path: string): readonly Fault[] {
  const span = resourceSpan(place.text, place.resource);
  if (span === undefined) return [];
  const names = segmentsOf(path).map(({ name }) => name);
  const block = names.reduceRight(
    (inner, name, at) => (at === names.length - 1 ? `${name} = ${odd}` : `${name} {\n${inner}\n}`),
    '',
  );
  return [edited(place, `${path} added`, span.from, span.from, `\n${block}\n`)];
}

/** The whole text is what is replaced: nothing less is sure to be there once. */
function edited({ file, text, resource }: Place, what: string, from: number, to: number, by: string): Fault {
  const fault = faults['file-changed'](file, text, text.slice(0, from) + by + text.slice(to));
  return {
    ...fault,
    name: `file-changed ${file}: ${resource} ${what}`,
    says: `in ${file}, ${resource}: ${what}`,
  };
}

/** Text that a simple pattern matches: itself without its escapes. */
function plain(pattern: string): string {
  return pattern.replace(/\\(.)/g, '$1');
}
