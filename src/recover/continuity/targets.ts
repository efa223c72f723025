/** What services say of themselves, and what follows from it when they are laid beside each other. */
export type Target = Readonly<{
  rtoMinutes: number | null
  rpoMinutes: number | null
  dependsOn: readonly string[]
}>

export type Targets = Readonly<Record<string, Target>>

/** All that a service needs, itself and through others, without itself; and whether it needs itself. */
export function needsOf(
  service: string,
  targets: Targets,
): Readonly<{ needs: ReadonlySet<string>; isCircular: boolean }> {
  const needs = new Set<string>()
  let isCircular = false
  const waiting = [...(targets[service]?.dependsOn ?? [])]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next === service) isCircular = true
    else if (!needs.has(next)) {
      needs.add(next)
      waiting.push(...(targets[next]?.dependsOn ?? []))
    }
  }
  return { needs, isCircular }
}

/** Of what a service needs, that which may take the longest, if that is longer than the service may itself. */
export function slowestOf(
  { rtoMinutes }: Pick<Target, 'rtoMinutes'>,
  needs: ReadonlySet<string>,
  targets: Targets,
): Readonly<{ service: string; rtoMinutes: number }> | null {
  if (rtoMinutes === null) return null
  const slower = [...needs]
    .map(service => ({ service, rtoMinutes: targets[service]?.rtoMinutes ?? null }))
    .filter(one => one.rtoMinutes !== null && one.rtoMinutes > rtoMinutes)
    .map(({ service, rtoMinutes }) => ({ service, rtoMinutes: rtoMinutes as number }))
    // Of two that are alike always the same one.
    .sort((a, b) => b.rtoMinutes - a.rtoMinutes || (a.service < b.service ? -1 : 1))
  return slower[0] ?? null
}

/** So that what is needed comes back before what needs it; in a circle, as they were named. */
export function inOrder(services: readonly string[], targets: Targets): readonly string[] {
  const order: string[] = []
  const seen = new Set<string>()
  const visit = (service: string): void => {
    if (seen.has(service)) return
    seen.add(service)
    for (const one of targets[service]?.dependsOn ?? []) visit(one)
    order.push(service)
  }
  for (const service of services) visit(service)
  return order.filter(service => services.includes(service))
}
