// A byte 16 times, for comparisons of 16 bytes. They stand in memory: written as constants, the machine makes
// each of them anew wherever it is used, in three or four instructions.

const PLACE: usize = memory.data(144, 16)
memory.fill(PLACE, 0x22, 16)
memory.fill(PLACE + 16, 0x5c, 16)
memory.fill(PLACE + 32, 0x20, 16)
memory.fill(PLACE + 48, 0x0a, 16)
memory.fill(PLACE + 64, 0x0f, 16)
memory.fill(PLACE + 80, 0x2f, 16)
memory.fill(PLACE + 96, 0x3a, 16)
memory.fill(PLACE + 112, 0x40, 16)
memory.fill(PLACE + 128, 0x5b, 16)

export function quotes(): v128 {
  return v128.load(PLACE)
}
export function backslashes(): v128 {
  return v128.load(PLACE, 16)
}
/** A blank is also what a small letter has more than its capital. */
export function blanks(): v128 {
  return v128.load(PLACE, 32)
}
export function feeds(): v128 {
  return v128.load(PLACE, 48)
}
export function lowHalves(): v128 {
  return v128.load(PLACE, 64)
}
export function beforeZero(): v128 {
  return v128.load(PLACE, 80)
}
export function behindNine(): v128 {
  return v128.load(PLACE, 96)
}
export function beforeA(): v128 {
  return v128.load(PLACE, 112)
}
export function behindZ(): v128 {
  return v128.load(PLACE, 128)
}
