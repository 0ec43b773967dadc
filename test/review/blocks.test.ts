import { describe, expect, test } from 'vitest';
import { readBlocks } from '../../src/review/blocks.ts';

const blocks = (text: string, name = 'x.md') =>
  readBlocks(name, text).blocks.map(({ language, line, text: code }) => [language, line, code]);

describe('blocks', () => {
  test('have their language by the word of the fence, else by content', () => {
    const text = [
      '# T',
      '```sql',
      'SELECT 1;',
      '```',
      '```',
      'CREATE TABLE a (b int);',
      '```',
      '```ini',
      '; pgbouncer.ini',
      '[pgbouncer]',
      'pool_mode = session',
      '```',
      '```ini',
      'work_mem = 4MB',
      '```',
      '```',
      '+-- drawing --+',
      '```',
      '```python',
      'x = 1',
      '```',
    ].join('\n');
    expect(blocks(text)).toEqual([
      ['sql', 3, 'SELECT 1;'],
      ['sql', 6, 'CREATE TABLE a (b int);'],
      ['pgbouncer', 9, '; pgbouncer.ini\n[pgbouncer]\npool_mode = session'],
      ['settings', 14, 'work_mem = 4MB'],
      ['other', 17, '+-- drawing --+'],
      ['other', 20, 'x = 1'],
    ]);
  });

  test('inside lists keep their lines', () => {
    expect(blocks('1. First\n   ```sql\n   SELECT 1;\n   SELECT 2;\n   ```\n')).toEqual([
      ['sql', 3, 'SELECT 1;\nSELECT 2;'],
    ]);
  });

  test('a fence that is never closed takes neither headings nor other blocks with it', () => {
    const text = '```sql\nSELECT 1;\n\n## More\ntext\n```sql\nSELECT 2;\n```\n';
    expect(blocks(text)).toEqual([
      ['sql', 2, 'SELECT 1;\n'],
      ['sql', 7, 'SELECT 2;'],
    ]);
    const document = readBlocks('x.md', text);
    expect(document.unclosed).toEqual([1]);
    expect(document.headings).toEqual([{ title: 'More', depth: 2, line: 4 }]);
    expect(readBlocks('x.md', 'a\n```sql\nSELECT 1;').unclosed).toEqual([2]);
    expect(readBlocks('x.md', '````md\n```sql\nSELECT 1;\n```\n````\n').unclosed).toEqual([]);
  });

  test('a .sql file and plain SQL are one block, prose is none', () => {
    expect(blocks('# not a heading\nSELECT 1', 'x.sql')).toEqual([['sql', 1, '# not a heading\nSELECT 1']]);
    expect(blocks('-- all of it\nCREATE TABLE a (b int);', '-')).toHaveLength(1);
    expect(blocks('Hello.\n\nNothing here.', '-')).toEqual([]);
  });

  test('prose of 20 MB is read line by line', () => {
    const prose = 'some *text*, a [link](b) and `code`\n\n'.repeat(500_000);
    expect(blocks(`${prose}\`\`\`sql\nSELECT 1;\n\`\`\`\n`)).toEqual([['sql', 1_000_002, 'SELECT 1;']]);
  });
});
