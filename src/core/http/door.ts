import type { z } from 'zod'
import type { Principal } from '../module.ts'

/** A person at a browser, known by a cookie that only he holds. */
export type Session = Readonly<{
  /** SHA-256 of the cookie's value, in hex: names the session, opens nothing. */
  id: string
  startedMs: number
  endsMs: number
  principal: Principal
}>

/** One request, as the door sees it: who asks, and how he is answered with cookies. */
export type Visit = Readonly<{
  session: Session | null
  /** The address that asks. */
  client: string
  /** What the browser says that it is; anybody can say anything. */
  agent: string | null
  /** The secret of the flow under way in this browser. */
  flow: string | null
  /** What this browser was given when somebody signed in here before. */
  device: string | null
  /** The origin that this page has, and the name that passkeys belong to. */
  place: Readonly<{ origin: string; rpId: string }>
  enter(session: Readonly<{ secret: string; endsMs: number }>): void
  setFlow(secret: string | null): void
  setDevice(value: string): void
}>

/** A route of the door itself, whose answer may carry cookies. */
export type DoorRoute = Readonly<{
  method: 'get' | 'post'
  path: string
  permission: string
  summary: string
  params?: z.ZodType<any>
  body?: z.ZodType<any>
  response: z.ZodType<any>
  run(visit: Visit, input: Readonly<{ params: any; body: any }>): Promise<unknown>
}>

export const doorRoute = <P = undefined, B = undefined>(
  route: Omit<DoorRoute, 'params' | 'body' | 'run'> &
    Readonly<{
      params?: z.ZodType<P>
      body?: z.ZodType<B>
      run(visit: Visit, input: Readonly<{ params: P; body: B }>): Promise<unknown>
    }>,
): DoorRoute => route

/** Who may come in. The edge asks it for every request, and keeps nothing of what it answers. */
export type Door = Readonly<{
  routes: readonly DoorRoute[]
  /** The session of a cookie; null when there is none. */
  find(secret: string): Promise<Session | null>
  /** Those of these sessions that still run, without a touch. */
  running(ids: readonly string[]): Promise<ReadonlySet<string>>
  end(session: Session): Promise<void>
  /** What follows the origin in a link that lets in, or that leads to the page. */
  link(): Promise<string>
}>
