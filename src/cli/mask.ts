/** A text without the passwords of the URLs in it. */
export function maskUrls(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:@/?#]*):[^\s]*@/gi, '$1:***@')
    .replace(/([?&](?:ssl)?password=)[^\s&#]*/gi, '$1***');
}

/** Takes passwords that were given as arguments out of what the list of processes shows. */
export function maskTitle(args: readonly string[]): void {
  const masked = args.map(maskUrls);
  if (masked.some((arg, index) => arg !== args[index])) process.title = ['pgattest', ...masked].join(' ');
}
