import { codeOf, OkiteError } from '../error.ts'
import type { Fact, Observation } from '../fact.ts'
import type { Log } from '../log.ts'
import type { Collector, Module, Ports, Submit } from '../module.ts'
import type { Clock } from '../time.ts'

type Desk = {
  readonly module: string
  readonly collector: Collector
  /** Asked for at each run: the policy in force may be another than at start. */
  readonly ports: () => Ports
  timer: NodeJS.Timeout | null
  running: Promise<void> | null
  again: boolean
  /** Facts it waits for came before it may run: it runs at start. */
  awaited: boolean
  /** Observations of the present minute, for the rate limit. */
  minute: number
  count: number
}

/**
 * Runs the collectors of all modules: at start, on their schedule, and soon after a fact they wait
 * for; never two runs of one at once. Before the start nothing looks at the world but what is asked
 * for by hand. What a collector yields is checked for size and rate, then
 * appended in order; a run that fails is said and tried again at its next time.
 */
export class CollectorRunner {
  private readonly desks: Desk[]
  private readonly submit: (module: string) => Submit
  private readonly clock: Clock
  private readonly log: Log
  private started = false
  private closed = false

  constructor(options: {
    modules: readonly Module[]
    ports: (module: Module) => Ports
    submit: (module: string) => Submit
    clock: Clock
    log: Log
    /** Of a sample: nothing looks at the world, by its schedule, on a fact or by hand. */
    isSample: boolean
  }) {
    this.submit = options.submit
    this.clock = options.clock
    this.log = options.log
    this.desks = options.modules.flatMap(module =>
      (module.collectors ?? [])
        .filter(collector => !options.isSample || collector.asksListAlone === true)
        .map(collector => ({
          module: module.id,
          collector,
          ports: () => options.ports(module),
          timer: null,
          running: null,
          again: false,
          awaited: false,
          minute: 0,
          count: 0,
        })),
    )
  }

  start(): void {
    this.started = true
    for (const desk of this.desks) {
      if (desk.collector.every !== undefined || desk.awaited) this.run(desk)
    }
  }

  /** Facts have arrived in the tables: whoever waits for their type runs. */
  heard(facts: readonly Fact[]): void {
    for (const desk of this.desks) {
      const on = desk.collector.on
      if (on?.some(type => facts.some(fact => fact.type === type.name))) {
        if (this.started) this.run(desk)
        else desk.awaited = true
      }
    }
  }

  /** Runs a collector once, by hand; resolves when it is done. */
  async runNow(module: string, name: string): Promise<void> {
    const desk = this.desks.find(d => d.module === module && d.collector.name === name)
    if (desk === undefined) throw new OkiteError('COLLECTOR_UNKNOWN', { name })
    this.run(desk)
    while (desk.running !== null) await desk.running
  }

  async close(): Promise<void> {
    this.closed = true
    for (const desk of this.desks) if (desk.timer !== null) clearTimeout(desk.timer)
    await Promise.all(this.desks.map(async desk => desk.running))
  }

  private run(desk: Desk): void {
    if (this.closed) return
    if (desk.running !== null) {
      desk.again = true
      return
    }
    if (desk.timer !== null) clearTimeout(desk.timer)
    desk.running = this.collect(desk)
      .catch((error: unknown) => {
        this.log.warn('collector.failed', {
          collector: desk.collector.name,
          code: codeOf(error),
        })
      })
      .finally(() => {
        desk.running = null
        if (desk.again) {
          desk.again = false
          this.run(desk)
        } else if (desk.collector.every !== undefined && this.started && !this.closed) {
          desk.timer = setTimeout(
            () => this.run(desk),
            Temporal.Duration.from(desk.collector.every).total('milliseconds'),
          )
          desk.timer.unref()
        }
      })
  }

  private async collect(desk: Desk): Promise<void> {
    const submit = this.submit(desk.module)
    for await (const yielded of desk.collector.run(desk.ports())) {
      if (this.closed) return
      const observations = [yielded].flat()
      for (const observation of observations) this.checkLimits(desk, observation)
      await Promise.all(observations.map(observation => submit(observation)))
    }
  }

  private checkLimits(desk: Desk, observation: Observation): void {
    const sizeBytes = Buffer.byteLength(JSON.stringify([observation.body, observation.private]))
    if (sizeBytes > desk.collector.sizeBytesMax) {
      throw new OkiteError('OBSERVATION_TOO_LARGE', { collector: desk.collector.name, sizeBytes })
    }
    const minute = Math.floor(this.clock.nowMs() / 60_000)
    if (minute !== desk.minute) {
      desk.minute = minute
      desk.count = 0
    }
    desk.count += 1
    if (desk.count > desk.collector.perMinuteMax) {
      throw new OkiteError('COLLECTOR_TOO_FAST', {
        collector: desk.collector.name,
        perMinuteMax: desk.collector.perMinuteMax,
      })
    }
  }
}
