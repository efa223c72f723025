/** Everything that a caller can make grow has a number here. */
export type HttpLimits = Readonly<typeof httpLimits>

export const httpLimits = {
  /** The longest address that our own pages make is under 300 characters. */
  urlCharsMax: 2048,
  /** Node's own default; larger ones are refused before we see them (431). */
  headerBytesMax: 16 * 1024,
  /** An observation is at most 16 KiB as a leaf (L1); forms need little more. */
  bodyBytesMax: 64 * 1024,
  /** A leaf may nest 8 deep (L1); a body wraps it once or twice. */
  bodyDepthMax: 12,
  /** Keys and elements in one body, so that parsing stays far below a millisecond. */
  bodyNodesMax: 4096,
  /** Files that are taken in at one time: each is held in memory, up to what its route says. */
  transfersMax: 4,
  /** Longer than any read of the tables takes; a caller would rather hear of it. */
  requestMsMax: 10_000,
  /** A client that sends headers or a body slower than this holds a socket for nothing. */
  receiveMsMax: 15_000,
  /** A form with 25 MiB of evidence over a line of 1 Mbit/s. */
  uploadMsMax: 300_000,
  /** One page opens at most six connections; this is room for ten people and a script. */
  connectionsMax: 128,
  /** A page load is about ten requests; `j` held down is thirty a second. */
  rate: { burst: 200, perSecond: 50 },
  /** One client without a session: the shell, catalogues, and tries at a token. */
  rateOutside: { burst: 200, perSecond: 20 },
  /** Wrong tokens of one client. 256 bits cannot be guessed; this only keeps the log readable. */
  rateToken: { burst: 10, perSecond: 0.2 },
  /** As many addresses as a busy page has visitors; a few hundred bytes each. */
  clientsMax: 1_024,
  /** Long enough to walk to the other machine, short enough for a link left in a scrollback. */
  tokenMs: 15 * 60_000,
  tokensMax: 16,
  /** A working morning without a touch. */
  sessionIdleMs: 4 * 60 * 60_000,
  /** A working day; the next day begins with signing in (NIST SP 800-63B-4, AAL2: 24 hours). */
  sessionAbsoluteMs: 12 * 60 * 60_000,
  /** The oldest is forgotten first. */
  sessionsMax: 64,
  /** A desk, a laptop, a telephone, and some that were forgotten. */
  sessionsPerAccountMax: 8,
  /** Open event streams of one session: tabs. */
  streamsMax: 8,
  /** Shorter than the minute after which proxies and laptops drop a silent connection. */
  streamBeatMs: 25_000,
  /** A page that is told more often than this only flickers. */
  streamPauseMs: 500,
}
