/** Something the user gave is wrong: one line that says what, where and what to do. Ends with exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(
    /** The file, option or name that is wrong. */
    readonly where: string,
    readonly what: string,
    /** What to do about it. */
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(`${where}: ${oneLine(what)}; ${hint}`, options);
  }
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
