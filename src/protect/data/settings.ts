import { z } from 'zod'
import { asset, country } from './facts.ts'

/** The section `protect.data` of the configuration. */
export const dataSettings = z.strictObject({
  /** Which store of the register the data folder of Okite lies in; without it nothing is told of it. */
  ownStore: z
    .strictObject({
      store: asset,
      /** The machine or device that carries it. */
      place: asset,
      /** Where that stands (ISO 3166-1 alpha-2), where somebody knows it: no machine can see it. */
      country: country.nullable().default(null),
      region: z.string().min(1).max(60).nullable().default(null),
    })
    .nullable()
    .default(null),
})

export type DataSettings = z.infer<typeof dataSettings>
