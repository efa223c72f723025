import type { Repository } from './repository.ts'

/**
 * The same place, of which the objects below a prefix are listed once and then known: a question for each of
 * them would take a distant place longer than the backup. Nobody else removes any meanwhile.
 */
export async function knowing(repository: Repository, prefix: string): Promise<Repository> {
  const known = new Set<string>()
  for await (const { name, sizeBytes } of repository.list(prefix)) {
    if (sizeBytes > 0) known.add(name)
  }
  return {
    ...repository,
    has: async name => (name.startsWith(prefix) ? known.has(name) : repository.has(name)),
    async put(name, bytes) {
      await repository.put(name, bytes)
      known.add(name)
    },
  }
}
