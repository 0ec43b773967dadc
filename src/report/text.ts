import { stripVTControlCharacters } from 'node:util';

export { duration } from '../evidence/duration.ts';

/**
 * Characters that a report must not pass on as they are: control characters (a terminal would obey them, XML forbids
 * them), bidirectional controls (they make a line read otherwise than it runs), invisible ones, and half surrogates.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/gu;
/** Of those, what text needs: tab, newline, and the joiners of emoji and of several scripts. */
const kept = new Set(['\t', '\n', '\u200c', '\u200d']);

/** Text with every such character spelled out, as `‹U+202E›`. Tabs and newlines stay. */
export function visible(text: string): string {
  return text.replace(unseen, (character) => {
    if (kept.has(character)) return character;
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `‹U+${code}›`;
  });
}

/** The same on one line. */
export function oneLine(text: string): string {
  return visible(text.replace(/\s+/g, ' ').trim());
}

/** `1234567` as `1,234,567`. Not by Intl: a report must not depend on the machine that renders it. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** `2026-03-01T10:20:30.456Z` as `2026-03-01 10:20:30 UTC`. */
export function utc(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
}

/** Bytes in binary units with one digit: `7.8 GiB`. */
export function binaryBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** `policies.md, lines 10–24`. */
export function place(source: {
  readonly file: string;
  readonly lines?: readonly [number, number] | undefined;
}): string {
  if (source.lines === undefined) return source.file;
  const [from, to] = source.lines;
  return from === to ? `${source.file}, line ${from}` : `${source.file}, lines ${from}–${to}`;
}

/**
 * Words filled into lines of a width, each line after an indent. A word that is too long gets its own line. Colours
 * take no room.
 */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  let columns = 0;
  for (const word of text.split(/\s+/)) {
    if (word === '') continue;
    const wide = stripVTControlCharacters(word).length;
    if (line !== '' && indent.length + columns + 1 + wide > width) {
      lines.push(indent + line);
      line = word;
      columns = wide;
    } else {
      columns += line === '' ? wide : 1 + wide;
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  if (line !== '') lines.push(indent + line);
  return lines;
}
