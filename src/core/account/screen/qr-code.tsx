import { useMemo } from 'react'
import { encode } from 'uqr'

/** A text as a picture for a camera. Dark on light in every theme: readers want it so. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => drawn(text), [text])
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      className="size-48 max-w-full rounded-md border border-line"
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <path d={`M0 0h${size}v${size}H0z`} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}

/** A quiet zone of four modules (ISO/IEC 18004, 6.3.8), and every run of dark ones as one piece. */
function drawn(text: string): Readonly<{ size: number; path: string }> {
  const { data, size } = encode(text, { border: 4, ecc: 'M' })
  const pieces = data.flatMap((row, y) => {
    const runs: string[] = []
    for (let x = 0; x < size; x += 1) {
      const from = x
      while (row[x]) x += 1
      if (x > from) runs.push(`M${from} ${y}h${x - from}v1H${from}z`)
    }
    return runs
  })
  return { size, path: pieces.join('') }
}
