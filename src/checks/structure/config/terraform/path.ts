type Json = unknown;

interface Segment {
  readonly name: string;
  /** Of several blocks, the one that holds this. */
  readonly key: string | undefined;
  readonly value: string | undefined;
}

/** `settings.database_flags[name=work_mem].value`, in its parts. Throws for text that is no such path. */
export function segmentsOf(path: string): readonly Segment[] {
  const found = [...path.matchAll(/(?:^|\.)([\w-]+)(?:\[(\w+)=([^\]]*)\])?/g)];
  if (found.length === 0 || found.map(([all]) => all).join('') !== path)
    throw new Error(`${path} is no path`);
  return found.map(([, name = '', key, value]) => ({ name, key, value }));
}

export function isPath(path: string): boolean {
  try {
    return segmentsOf(path).length > 0;
  } catch {
    return false;
  }
}

/** Every value at a path: a block may be there several times. */
export function valuesAt(node: Json, path: string): readonly Json[] {
  let found: readonly Json[] = [node];
  for (const { name, key, value } of segmentsOf(path)) {
    found = found
      .flatMap((each) => (isObject(each) && each[name] !== undefined ? blocksOf(each[name]) : []))
      .filter((each) => key === undefined || (isObject(each) && show(each[key]) === value));
  }
  return found;
}

/** As the file has it: an expression without the `${…}` that the parser puts around it. */
export function show(value: Json): string {
  if (typeof value !== 'string') return typeof value === 'object' ? JSON.stringify(value) : String(value);
  const inner = /^\$\{([\s\S]*)\}$/.exec(value)?.[1];
  return inner === undefined || inner.includes('${') ? value : inner;
}

/** The parser makes an array of blocks; a list of the file's own is one value. */
function blocksOf(value: Json): readonly Json[] {
  return Array.isArray(value) && value.every(isObject) ? value : [value];
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
