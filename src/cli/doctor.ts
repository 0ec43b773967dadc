import pc from 'picocolors';
import type { Limit } from '../cluster/limits.ts';
import { doctorFacts, type Tool } from '../cluster/tools.ts';
import { exitCodes } from '../evidence/verdict.ts';
import { colorOf, print } from './output.ts';

type Colors = ReturnType<typeof pc.createColors>;

/** `pgattest doctor`: exit code 0 when there is a PostgreSQL that can be used, 3 when there is none. */
export async function doctor(options: { readonly json?: boolean }): Promise<void> {
  const facts = await doctorFacts();
  const usable = facts.tools.some((tool) => tool.name.startsWith('postgres') && tool.present);
  process.exitCode = usable ? exitCodes.proved : exitCodes.unproved;
  if (options.json === true) return print(JSON.stringify(facts, null, 2));
  const colors = pc.createColors(colorOf(process.stdout));
  const width = Math.max(...[...facts.tools, ...facts.limits].map(({ name }) => name.length));
  print(
    [
      ...facts.tools.flatMap((tool) => toolLines(tool, width, colors)),
      '',
      ...facts.limits.map((limit) => limitLine(limit, width, colors)),
    ].join('\n'),
  );
}

function toolLines(tool: Tool, width: number, colors: Colors): string[] {
  const indent = ' '.repeat(width + 4);
  if (tool.present) {
    return [
      `${colors.green('✓')} ${tool.name.padEnd(width)}  ${tool.version ?? ''}  ${colors.dim(tool.path ?? '')}`,
      `${indent}for ${tool.enables}`,
    ];
  }
  const { debian, fedora, macos } = tool.install;
  return [
    `${colors.yellow('✗')} ${tool.name.padEnd(width)}  ${tool.problem ?? 'not found'}`,
    `${indent}would be for ${tool.enables}`,
    `${indent}Debian: ${debian} · Fedora: ${fedora} · macOS: ${macos}`,
  ];
}

function limitLine(limit: Limit, width: number, colors: Colors): string {
  const enough = limit.value === null || limit.value >= limit.wanted;
  const mark = enough ? colors.green('✓') : colors.yellow('!');
  const wanted = enough ? '' : `, ${amount(limit.wanted, limit.unit)} wanted`;
  const value = limit.value === null ? 'unknown' : amount(limit.value, limit.unit);
  return `${mark} ${limit.name.padEnd(width)}  ${value}${wanted}  ${colors.dim(limit.says)}`;
}

function amount(value: number, unit: Limit['unit']): string {
  if (unit !== 'bytes') return `${value} ${unit}`;
  const [size, name] = value >= 1024 ** 3 ? [1024 ** 3, 'GB'] : [1024 ** 2, 'MB'];
  return `${(value / size).toFixed(1)} ${name}`;
}
