// Imported first by main.ts: an import has no effect anywhere else in Okite, and this one must have
// it before any module is read that a wrong Node cannot run. It imports nothing and keeps to syntax
// of old versions. Node 20 cannot read it at all (it cannot strip types): there the launcher speaks.

/** What is wrong with the Node that runs us, in one sentence, or null. */
export function complaintAboutNode(version: string, hasTemporal: boolean): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isNew = major > nodeMajor || (major === nodeMajor && minor >= nodeMinorMin)
  if (isNew && hasTemporal) return null
  const lack = isNew ? 'lacks Temporal (is it switched off?)' : 'is too old'
  return `Node.js ${version} ${lack}; Okite needs ${nodeMajor}.${nodeMinorMin} or newer. Start it with ./okite, which brings it along.`
}

/** 26.10: the version that npm's platform packages bring, and that the tests run on. */
const nodeMajor = 26
const nodeMinorMin = 10

const complaint = complaintAboutNode(process.versions.node, 'Temporal' in globalThis)
if (complaint !== null) {
  process.stderr.write(`okite: ${complaint}\n`)
  process.exit(1)
}
