import { z } from 'zod'

/** The number of an asset in the register. */
const asset = z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/)

/** The section `protect.data` of the configuration. */
export const dataSettings = z.strictObject({
  /** Which store of the register the data folder of Okite lies in; without it nothing is told of it. */
  ownStore: z
    .strictObject({
      store: asset,
      /** The machine or device that carries it. */
      place: asset,
      /** Where that stands (ISO 3166-1 alpha-2), where somebody knows it: no machine can see it. */
      country: z
        .string()
        .regex(/^[A-Z]{2}$/)
        .nullable()
        .default(null),
      region: z.string().min(1).max(60).nullable().default(null),
    })
    .nullable()
    .default(null),
})

export type DataSettings = z.infer<typeof dataSettings>
