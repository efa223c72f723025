/**
 * OWASP ASVS 5.0.0, levels 1 and 2 of V3, V4, V7 and V8: what each asks, in our words, and the tests that
 * show it. Where it does not apply, why; a test then shows that what it is about is not there, if one can.
 */
export type Requirement = Readonly<{
  id: string
  level: 1 | 2
  asks: string
  /** Why it does not apply; absent: it does. */
  absent?: string
  tests: readonly Shown[]
}>

/** A file, and the whole name of a test in it. */
type Shown = readonly [file: string, test: string]

/** In place of a file: some module has a test whose name begins so. None is named here (M14). */
export const modules = 'a module'

const http = 'src/core/http/http.test.ts'
const socket = 'src/core/http/socket.test.ts'
const tls = 'src/core/http/tls.test.ts'
const proxy = 'src/core/http/proxy.test.ts'
const forwarded = 'src/core/http/forwarded.test.ts'
const exposure = 'src/core/http/exposure.test.ts'
const account = 'src/core/account/account.test.ts'
const session = 'src/core/account/session.test.ts'
const signIn = 'src/core/account/browser.test.ts'
const access = 'test/access/access.test.ts'
const wire = 'test/asvs/wire.test.ts'
const browser = 'test/asvs/browser.test.ts'
const written = 'test/asvs/written.test.ts'

const headers: Shown = [
  http,
  'ASVS V3.4 every answer carries the headers, and no answer of the API is stored',
]
const cookie: Shown = [
  tls,
  'ASVS V3.3.1 ASVS V3.3.3 ASVS V3.3.4 over TLS the cookie is Secure, of this host alone, and closed to scripts',
]
const elsewhere: Shown = [
  browser,
  'ASVS V3.5 a page of another origin can send what it likes: it changes, reads, frames and runs nothing of ours',
]
const limitsWritten: Shown = [
  written,
  'ASVS V7.1 operate.md says how long sessions last, how many there are, and why',
]
const noFederation = 'nobody signs in through another system yet; sessions are made here alone'
const noSockets =
  'there are no WebSockets: pages are told by a stream that is a GET of the same session'
const upgrade: Shown = [
  wire,
  'ASVS V4.4 no request becomes a WebSocket, whatever it asks to be upgraded to',
]

export const requirements: readonly Requirement[] = [
  {
    id: '3.2.1',
    level: 1,
    asks: 'what is fetched by itself is never shown as a page that it is not',
    tests: [
      [
        browser,
        'ASVS V3.2.1 answers of the API and kept files opened by themselves run and show nothing as a page',
      ],
      [
        wire,
        'ASVS V3.2.1 ASVS V4.1.1 every answer says what it is, and no route answers with anything that a browser runs',
      ],
    ],
  },
  {
    id: '3.2.2',
    level: 1,
    asks: 'text is put into a page as text',
    tests: [
      [browser, 'ASVS V3.2.2 a name of markup is shown as the letters it is made of'],
      [
        written,
        'ASVS V3.2.2 ASVS V3.5.5 no screen makes markup of text, runs text or listens to messages of other windows',
      ],
    ],
  },
  { id: '3.3.1', level: 1, asks: 'cookies are Secure and named with a prefix', tests: [cookie] },
  {
    id: '3.3.2',
    level: 2,
    asks: 'SameSite is as strict as a cookie’s use allows',
    tests: [cookie, elsewhere],
  },
  { id: '3.3.3', level: 2, asks: 'cookies are of this host alone (`__Host-`)', tests: [cookie] },
  {
    id: '3.3.4',
    level: 2,
    asks: 'no script reads the session, and no body holds it',
    tests: [cookie],
  },
  {
    id: '3.4.1',
    level: 1,
    asks: 'HSTS on all answers, a year or more, with all names below',
    tests: [[tls, 'ASVS V3.4.1 every answer over TLS keeps browsers on TLS, refusals too']],
  },
  { id: '3.4.2', level: 1, asks: 'no other origin is let in by CORS', tests: [headers, elsewhere] },
  {
    id: '3.4.3',
    level: 2,
    asks: 'a content security policy without objects, bases or inline code',
    tests: [headers, elsewhere],
  },
  { id: '3.4.4', level: 2, asks: 'no sniffing of types', tests: [headers] },
  { id: '3.4.5', level: 2, asks: 'addresses are told to nobody as a referrer', tests: [headers] },
  { id: '3.4.6', level: 2, asks: 'no page frames us', tests: [headers, elsewhere] },
  {
    id: '3.5.1',
    level: 1,
    asks: 'what other pages can send without asking is checked to come from us',
    tests: [
      [http, 'ASVS V3.5 only our own page may change anything: Origin and Sec-Fetch-Site'],
      [tls, 'ASVS V3.5.1 the public origin is the only one: another host or page is refused'],
      elsewhere,
    ],
  },
  {
    id: '3.5.2',
    level: 1,
    asks: 'nothing that should have been asked for beforehand goes without',
    tests: [
      [
        'src/core/http/body.test.ts',
        'API4 a body is refused by its type, its coding and its size, whatever it says of itself',
      ],
      elsewhere,
    ],
  },
  {
    id: '3.5.3',
    level: 1,
    asks: 'reading methods change nothing',
    tests: [[wire, 'ASVS V3.5.3 what changes something is not reached by a method that reads']],
  },
  {
    id: '3.5.4',
    level: 2,
    asks: 'each application has a host of its own',
    tests: [
      [
        exposure,
        'ASVS V12.2.1 beyond loopback only with TLS or a named proxy, and one https origin',
      ],
      [written, 'ASVS V3.5.4 operate.md asks for a host name of its own'],
    ],
  },
  {
    id: '3.5.5',
    level: 2,
    asks: 'messages of other windows are checked',
    absent: 'no screen listens to any',
    tests: [
      [
        written,
        'ASVS V3.2.2 ASVS V3.5.5 no screen makes markup of text, runs text or listens to messages of other windows',
      ],
    ],
  },
  {
    id: '3.7.1',
    level: 2,
    asks: 'no technology in the browser that is no longer looked after',
    tests: [
      [
        written,
        'ASVS V3.7.1 the shell is made of script, style, fonts and pictures, and of nothing that needs a plug-in',
      ],
    ],
  },
  {
    id: '3.7.2',
    level: 2,
    asks: 'redirects lead to known places only',
    tests: [[wire, 'ASVS V3.7.2 nothing is ever redirected, wherever a request asks to be led']],
  },
  {
    id: '4.1.1',
    level: 1,
    asks: 'each answer says its type, and of text its encoding',
    tests: [
      [
        wire,
        'ASVS V3.2.1 ASVS V4.1.1 every answer says what it is, and no route answers with anything that a browser runs',
      ],
    ],
  },
  {
    id: '4.1.2',
    level: 2,
    asks: 'only pages are redirected to TLS, never an interface for programs',
    tests: [
      [tls, 'ASVS V4.1.2 who talks in the clear is not helped over to TLS'],
      [proxy, 'ASVS V4.1.3 nobody is answered who does not come through the proxy, over TLS'],
    ],
  },
  {
    id: '4.1.3',
    level: 2,
    asks: 'what a proxy says cannot be said by a client',
    tests: [
      [proxy, 'ASVS V4.1.3 what a client says of himself is not believed'],
      [proxy, 'ASVS V4.1.3 nobody is answered who does not come through the proxy, over TLS'],
      [
        forwarded,
        'ASVS V4.1.3 a chain is read from its end: what the client wrote in front is nobody’s word',
      ],
      [forwarded, 'ASVS V4.1.3 only the fields of the chosen kind are read'],
    ],
  },
  {
    id: '4.2.1',
    level: 2,
    asks: 'where a message ends is read in one way (smuggling)',
    tests: [
      [socket, 'ASVS V4.2 malformed messages end with an answer and the next one is served'],
      [wire, 'ASVS V4.2.1 of two requests in one message none is smuggled behind the other'],
    ],
  },
  {
    id: '4.3.1',
    level: 2,
    asks: 'GraphQL queries are limited',
    absent: 'there is no GraphQL; bodies and lists have limits of their own',
    tests: [[wire, 'ASVS V4.3 there is no GraphQL']],
  },
  {
    id: '4.3.2',
    level: 2,
    asks: 'GraphQL does not describe itself',
    absent: 'there is no GraphQL',
    tests: [[wire, 'ASVS V4.3 there is no GraphQL']],
  },
  { id: '4.4.1', level: 1, asks: 'WebSockets run over TLS', absent: noSockets, tests: [upgrade] },
  {
    id: '4.4.2',
    level: 2,
    asks: 'a WebSocket’s origin is checked',
    absent: noSockets,
    tests: [upgrade],
  },
  {
    id: '4.4.3',
    level: 2,
    asks: 'tokens of WebSockets are as good as sessions',
    absent: noSockets,
    tests: [upgrade],
  },
  {
    id: '4.4.4',
    level: 2,
    asks: 'they come from the session before',
    absent: noSockets,
    tests: [upgrade],
  },
  {
    id: '7.1.1',
    level: 2,
    asks: 'how long sessions last is written down, with reasons',
    tests: [limitsWritten],
  },
  {
    id: '7.1.2',
    level: 2,
    asks: 'how many there may be, and what one more does',
    tests: [limitsWritten],
  },
  {
    id: '7.1.3',
    level: 2,
    asks: 'how sessions of federated systems end together',
    absent: noFederation,
    tests: [limitsWritten],
  },
  {
    id: '7.2.1',
    level: 1,
    asks: 'sessions are looked up on the server',
    tests: [
      [session, 'ASVS V7.2.1 of a session the browser holds nothing but a number'],
      [http, 'ASVS V7 a cookie that was never given opens nothing'],
    ],
  },
  {
    id: '7.2.2',
    level: 1,
    asks: 'tokens are made for each session',
    tests: [
      [
        account,
        'ASVS V7.2.4 a new session for every entry; the one before opens nothing (fixation)',
      ],
    ],
  },
  {
    id: '7.2.3',
    level: 1,
    asks: 'they are random, 128 bits or more',
    tests: [[session, 'ASVS V7.2.1 of a session the browser holds nothing but a number']],
  },
  {
    id: '7.2.4',
    level: 1,
    asks: 'signing in makes a new one and ends the old',
    tests: [
      [
        account,
        'ASVS V7.2.4 a new session for every entry; the one before opens nothing (fixation)',
      ],
      [
        session,
        'ASVS V7.2.4 other rights are another session: the old cookie opens nothing, the new one is new',
      ],
    ],
  },
  {
    id: '7.3.1',
    level: 2,
    asks: 'a session left alone ends',
    tests: [[account, 'ASVS V7.3 a session ends when left alone, and at its end']],
  },
  {
    id: '7.3.2',
    level: 2,
    asks: 'a session ends after a time, whatever is done',
    tests: [[account, 'ASVS V7.3 a session ends when left alone, and at its end']],
  },
  {
    id: '7.4.1',
    level: 1,
    asks: 'what has ended opens nothing any more',
    tests: [
      [http, 'ASVS V7 a session ends when left alone, at its end, when left, and at a new entry'],
      [session, 'ASVS V7.4.1 the stream of events ends with its session, and only then'],
      [browser, 'ASVS V7.4.1 after signing out the back button shows nothing of what was there'],
    ],
  },
  {
    id: '7.4.2',
    level: 1,
    asks: 'a closed account has no sessions',
    tests: [
      [
        account,
        'ASVS V7.4 roles, closing, leaving and reset end sessions; the last administrator stays',
      ],
      [account, 'ACC3 an erased person has no account, no name and no credential; his acts stay'],
    ],
  },
  {
    id: '7.4.3',
    level: 2,
    asks: 'with a changed factor other sessions can be ended',
    tests: [
      [
        account,
        'ASVS V7.5.1 credentials are changed soon after signing in, one is left, and other sessions end',
      ],
    ],
  },
  {
    id: '7.4.4',
    level: 2,
    asks: 'the way out is on every page',
    tests: [[signIn, 'ACC4 set-up with a passkey, then in with it, then out']],
  },
  {
    id: '7.4.5',
    level: 2,
    asks: 'administrators end sessions of others',
    tests: [
      [
        session,
        'ASVS V7.5.2 sessions are ended soon after signing in; others’ by an administrator',
      ],
      [
        session,
        'ASVS V7.4.5 of two administrators who close or demote each other at once, one is left',
      ],
    ],
  },
  {
    id: '7.5.1',
    level: 2,
    asks: 'factors are changed only after signing in again',
    tests: [
      [
        account,
        'ASVS V7.5.1 credentials are changed soon after signing in, one is left, and other sessions end',
      ],
    ],
  },
  {
    id: '7.5.2',
    level: 2,
    asks: 'people see their sessions, and end them after signing in again',
    tests: [
      [account, 'ASVS V7.5 everybody sees and ends his own sessions, and no others'],
      [
        session,
        'ASVS V7.5.2 sessions are ended soon after signing in; others’ by an administrator',
      ],
    ],
  },
  {
    id: '7.6.1',
    level: 2,
    asks: 'sessions here and at the provider end as written',
    absent: noFederation,
    tests: [limitsWritten],
  },
  {
    id: '7.6.2',
    level: 2,
    asks: 'no session begins without an act of the person',
    tests: [
      [
        'src/core/account/flow.test.ts',
        'ACC5 requests dropped, repeated and reordered never make a session',
      ],
      [
        'src/core/account/flow.test.ts',
        'ACC5 a link opens nothing by itself, and steps of one purpose are none of another',
      ],
    ],
  },
  {
    id: '8.1.1',
    level: 1,
    asks: 'who may do what with what is written down',
    tests: [
      [access, 'ASVS V8.2.1 the table has every route, and no other'],
      [written, 'ASVS V8.1 operate.md says which rules hold for acts, things and fields'],
    ],
  },
  {
    id: '8.1.2',
    level: 2,
    asks: 'and with which fields',
    tests: [[written, 'ASVS V8.1 operate.md says which rules hold for acts, things and fields']],
  },
  {
    id: '8.2.1',
    level: 1,
    asks: 'each act only by who has the permission',
    tests: [
      [access, 'ASVS V8.2.1 every route × role: who may not is told so before anything is read'],
    ],
  },
  {
    id: '8.2.2',
    level: 1,
    asks: 'each thing only by whom it concerns',
    tests: [
      [access, 'ASVS V8.2.2 of what is another’s a member learns not even that it is there'],
      [modules, 'ASVS V8.2.2 '],
      [account, 'ASVS V7.5 everybody sees and ends his own sessions, and no others'],
    ],
  },
  {
    id: '8.2.3',
    level: 2,
    asks: 'each field only by who may see or change it',
    tests: [
      [modules, 'ASVS V8.2.3 '],
      [
        http,
        'API3 unknown input is refused, and an output field that nobody declared never leaves',
      ],
    ],
  },
  {
    id: '8.3.1',
    level: 1,
    asks: 'the server decides, whatever a page says of itself',
    tests: [
      [access, 'ASVS V8.2.1 every route × role: who may not is told so before anything is read'],
      [
        access,
        'ASVS V8.2.1 the auditor has nothing that changes anything, the administrator no evidence',
      ],
      [http, 'M15 every route × who asks: without a session 401, without the permission 403'],
    ],
  },
  {
    id: '8.4.1',
    level: 2,
    asks: 'tenants never reach one another',
    absent:
      'an installation is of one organisation, with a data folder, database and keys of its own',
    tests: [],
  },
]
