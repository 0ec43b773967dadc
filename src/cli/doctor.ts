import pc from 'picocolors';
import { doctorFacts, type Tool } from '../cluster/tools.ts';
import { exitCodes } from '../evidence/verdict.ts';
import { colorOf, print } from './output.ts';

/** `pgattest doctor`: exit code 0 when there is a PostgreSQL that can be used, 3 when there is none. */
export async function doctor(options: { readonly json?: boolean }): Promise<void> {
  const facts = await doctorFacts();
  const usable = facts.tools.some((tool) => tool.name.startsWith('postgres') && tool.present);
  process.exitCode = usable ? exitCodes.proved : exitCodes.unproved;
  if (options.json === true) return print(JSON.stringify(facts, null, 2));
  const colors = pc.createColors(colorOf(process.stdout));
  const width = Math.max(...facts.tools.map((tool) => tool.name.length));
  const lines = facts.tools.flatMap((tool) => toolLines(tool, width, colors));
  const limits = facts.limits.map((limit) => `  ${JSON.stringify(limit)}`);
  print([...lines, '', 'limits', ...limits].join('\n'));
}

function toolLines(tool: Tool, width: number, colors: ReturnType<typeof pc.createColors>): string[] {
  const indent = ' '.repeat(width + 4);
  if (tool.present) {
    return [
      `${colors.green('✓')} ${tool.name.padEnd(width)}  ${tool.version ?? ''}  ${tool.path ?? ''}`,
      `${indent}${tool.enables}`,
    ];
  }
  const { debian, fedora, macos } = tool.install;
  return [
    `${colors.yellow('✗')} ${tool.name.padEnd(width)}  ${tool.problem ?? 'not found'}`,
    `${indent}would prove: ${tool.enables}`,
    `${indent}Debian: ${debian} · Fedora: ${fedora} · macOS: ${macos}`,
  ];
}
