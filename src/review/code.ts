import type { Host } from '../cluster/host.ts';
import { hclFault, type SyntaxFault, shellFault } from '../parsers/go-parsers.ts';
import type { Block, Document } from './blocks.ts';
import type { Finding } from './model.ts';
import { checkPooler } from './pooler.ts';

/** Checks the blocks that are neither SQL nor settings of the server, each with the parser of its language. */
export async function checkCode(document: Document, host: Host): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const block of document.blocks) {
    if (block.language === 'shell') findings.push(...syntax('shell', block, await shellFault(block.text)));
    if (block.language === 'hcl') findings.push(...syntax('hcl', block, await hclFault(block.text)));
    if (block.language === 'pgbouncer') findings.push(...(await checkPooler(block, host)));
  }
  return findings;
}

function syntax(language: 'shell' | 'hcl', block: Block, fault: SyntaxFault | undefined): readonly Finding[] {
  if (fault === undefined) return [];
  const line = Math.min(block.line + fault.line - 1, block.endLine);
  return [{ rule: `${language}.syntax`, severity: 'error', line, says: fault.message }];
}
