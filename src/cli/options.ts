import { InvalidArgumentError, Option } from 'commander';

const sources = ['auto', 'local', 'embedded', 'docker'];

export function on(): Option {
  return new Option('--on <where>', 'where PostgreSQL comes from').choices(sources).default('auto');
}

export function onOwnToo(): Option {
  const says = `where PostgreSQL comes from: ${sources.join(', ')}, or postgres://… for a server of yours, read only`;
  return new Option('--on <where>', says).default('auto').argParser((where: string) => {
    if (sources.includes(where) || /^postgres(ql)?:\/\//i.test(where)) return where;
    throw new InvalidArgumentError(`Use ${sources.join(', ')} or postgres://…`);
  });
}

export function whole(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('use a whole number from 0.');
  return value;
}

export function percent(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0 || value > 100) {
    throw new InvalidArgumentError('use a number from 0 to 100.');
  }
  return value;
}

export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0 || value > 10_000) {
    throw new InvalidArgumentError('use a number above 0, at most 10000.');
  }
  return value;
}

/** A rate, which may be large. */
export function rate(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('use a number above 0.');
  }
  return value;
}

/** `1,2,4` */
export function wholes(text: string): readonly number[] {
  return text.split(',').map((part) => whole(part.trim()));
}
