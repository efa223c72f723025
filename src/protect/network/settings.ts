import { z } from 'zod'

/** The section `protect.network` of the configuration. */
export const networkSettings = z.strictObject({
  /** How often each endpoint is asked. Below 5 minutes a prober is a burden. */
  probeEveryMinutes: z.int().min(5).max(1_440).default(60),
  /** For one connection, from the first packet to the last byte. */
  timeoutMs: z.int().min(200).max(30_000).default(5_000),
  /** Endpoints asked at once; the connections of one endpoint come one after another. */
  parallel: z.int().min(1).max(16).default(4),
  /** PEM file of authorities of our own, beside those of the system. */
  caFile: z.string().min(1).max(4_096).nullable().default(null),
  /** PEM bundle or JSON lines of the certificates seen for our names. */
  certificatesSeenFile: z.string().min(1).max(4_096).nullable().default(null),
  /** Look at the listening sockets of this host. */
  listeners: z.boolean().default(true),
})

export type NetworkSettings = z.infer<typeof networkSettings>
