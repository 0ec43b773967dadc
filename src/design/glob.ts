/** A pattern in which `*` stands for anything, dots, slashes and line ends too, and everything else for itself. */
export function globOf(glob: string): RegExp {
  const parts = glob.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
