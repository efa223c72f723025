const pageBytes = 65_536

/** Hands out the memory of the kernel from the beginning on. Nothing is given back. */
export class KernelMemory {
  readonly #memory: WebAssembly.Memory
  #at: number
  #bytes: Uint8Array
  #words: Uint32Array
  readonly #literals = new Map<string, number>()

  constructor(memory: WebAssembly.Memory, from: number) {
    this.#memory = memory
    this.#at = from
    this.#bytes = new Uint8Array(memory.buffer)
    this.#words = new Uint32Array(memory.buffer)
  }

  get bytes(): Uint8Array {
    if (this.#bytes.buffer !== this.#memory.buffer) this.#renew()
    return this.#bytes
  }

  /** By index of four bytes. */
  get words(): Uint32Array {
    if (this.#words.buffer !== this.#memory.buffer) this.#renew()
    return this.#words
  }

  get size(): number {
    return this.#at
  }

  /** The place of that many zero bytes, at a multiple of 16. */
  allocate(length: number): number {
    const place = (this.#at + 15) & ~15
    this.#at = place + length
    const missing = this.#at - this.#memory.buffer.byteLength
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes))
    return place
  }

  put(bytes: Uint8Array): number {
    const place = this.allocate(bytes.length)
    this.bytes.set(bytes, place)
    return place
  }

  putWords(words: ArrayLike<number>): number {
    const place = this.allocate(words.length * 4)
    this.words.set(words, place / 4)
    return place
  }

  /** Each text is there once. At least eight bytes behind it may be read. */
  literal(text: string, bytes: Uint8Array): number {
    const known = this.#literals.get(text)
    if (known !== undefined) return known
    const place = this.put(bytes)
    this.allocate(8)
    this.#literals.set(text, place)
    return place
  }

  #renew(): void {
    this.#bytes = new Uint8Array(this.#memory.buffer)
    this.#words = new Uint32Array(this.#memory.buffer)
  }
}
