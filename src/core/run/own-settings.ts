import { organisationConfigured } from '../account/facts.ts'
import type { Organisation } from '../account/organisation.ts'
import { is } from '../control/match.ts'
import type { Fact } from '../fact.ts'
import type { Reader } from '../module.ts'
import type { Pack } from '../policy/pack.ts'

/**
 * What the organisation says of itself, as the newest fact has it, laid over a pack for whoever shows or
 * counts days for people. Judges read the same from the list (ADR 16).
 */
export class OwnSettings {
  current: Organisation | null = null
  /** The last pack and what was made of it: it is asked for with every request. */
  private last: Readonly<{ pack: Pack; settings: Organisation; laid: Pack }> | null = null

  async load(reader: Pick<Reader, 'latest'>): Promise<void> {
    const [newest] = await reader.latest(organisationConfigured, 1)
    this.current = newest?.body ?? null
  }

  take(facts: readonly Fact[]): void {
    for (const fact of facts) if (is(fact, organisationConfigured)) this.current = fact.body
  }

  over(pack: Pack): Pack {
    const settings = this.current
    if (settings === null) return pack
    if (this.last?.pack === pack && this.last.settings === settings) return this.last.laid
    const { organisation } = pack
    const laid = { ...pack, organisation: { ...organisation, zone: settings.zone } }
    this.last = { pack, settings, laid }
    return laid
  }
}
