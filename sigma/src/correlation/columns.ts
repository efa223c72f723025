/** Numbers by place, as tables keep them: nothing for the garbage collector to look at. */
type Column = Float64Array | Int32Array

/** A column with room for at least so many numbers. It grows by doubling; what is new is 0. */
export function widened<T extends Column>(column: T, length: number): T {
  if (length <= column.length) return column
  const Kind = column.constructor as new (length: number) => T
  const wide = new Kind(Math.max(length, 2 * column.length))
  wide.set(column)
  return wide
}
