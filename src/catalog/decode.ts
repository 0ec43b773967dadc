/** The word for a letter of a system catalogue. A letter that is not known means a server this was not written for. */
export function decode<T>(words: Readonly<Record<string, T>>, letter: string, column: string): T {
  const word = words[letter];
  if (word === undefined)
    throw new Error(`${column} is ${JSON.stringify(letter)}: only PostgreSQL 13 to 18 are known`);
  return word;
}
