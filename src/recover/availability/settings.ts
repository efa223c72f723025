import { z } from 'zod'
import { balancers, hosts } from './pools/settings.ts'
import { readPlace } from './probe/target.ts'

const place = z.string().refine(text => typeof readPlace(text) !== 'string')

/**
 * The section `recover.availability` of the configuration. What is probed stands in a register; which load
 * balancers are asked stands here, for whoever names one makes this machine send a password there.
 */
export const availabilitySettings = z.strictObject({
  /** For one question, from the name to the last byte. */
  timeoutMs: z.int().min(1_000).max(30_000).default(10_000),
  /** Whether targets may lead to this machine itself. */
  loopback: z.boolean().default(false),
  /** Whether they may lead to link-local addresses, where clouds have their metadata. */
  linkLocal: z.boolean().default(false),
  /** Servers that names are asked of, `192.0.2.53` or `192.0.2.53:5353`; none: those of the system. */
  resolvers: z.array(z.ipv4().or(place)).max(3).default([]),
  /** PEM file of authorities of one's own, beside those of the system. */
  caFile: z.string().min(1).max(4_096).nullable().default(null),
  /** Places of others, `host:port`: where none of them takes a connection, it is our way out that failed. */
  reference: z.array(place).max(4).default([]),
  balancers,
  hosts,
  /** Who else probes and sends what came of it: by the SHA-256 of a key that only they have. */
  vantages: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
        keySha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .max(20)
    .default([])
    .refine(all => new Set(all.map(({ name }) => name)).size === all.length)
    .refine(all => all.every(({ name }) => name !== 'here')),
})

export type AvailabilitySettings = z.infer<typeof availabilitySettings>
