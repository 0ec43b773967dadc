/** Lines of a text no wider than the terminal, behind an indent. */
export function wrap(text: string, width: number, indent: number): string[] {
  const before = ' '.repeat(indent);
  const lines: string[] = [];
  let line = '';
  for (const word of clean(text).split(' ')) {
    if (line !== '' && line.length + word.length + 1 > Math.max(width, 60) - indent) {
      lines.push(before + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, before + line];
}

/** What a database or a document says must not speak to the terminal: control characters go. */
export function clean(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '�')
    .trim();
}
