/** A text as one line, for a message. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
