/** The boot in ProcessTable.space. */
export function bootOf(space: string): string | undefined {
  return space.split(' ')[0];
}
