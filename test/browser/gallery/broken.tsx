/** A screen that fails. */
export default function Broken(): never {
  throw new Error('on purpose')
}
