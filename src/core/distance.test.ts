import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { distanceMetres } from './distance.ts'

const place = (latitude: number, longitude: number) => ({
  latitude: Math.round(latitude * 1_000_000),
  longitude: Math.round(longitude * 1_000_000),
})

test('V42 the distance between places is the same as by the library of angles, to the metre', () => {
  const cities = [
    place(25.0478, 121.5319),
    place(22.6273, 120.3014),
    place(35.6812, 139.7671),
    place(34.7025, 135.4959),
    place(43.0687, 141.3508),
    place(-33.8688, 151.2093),
    place(40.7128, -74.006),
    place(0, 180),
    place(0, -180),
    place(90, 0),
    place(-90, 77),
  ]
  for (const a of cities)
    for (const b of cities) {
      const metres = distanceMetres(a, b)
      assert.ok(Math.abs(metres - byLibrary(a, b)) <= 1, `${metres} ${byLibrary(a, b)}`)
      assert.equal(metres, distanceMetres(b, a))
    }
})

test('V42 known distances: a place to itself, a degree of the equator, pole to pole', () => {
  assert.equal(distanceMetres(place(25, 121), place(25, 121)), 0)
  assert.equal(distanceMetres(place(0, 0), place(0, 1)), 111_195)
  assert.equal(distanceMetres(place(90, 0), place(-90, 0)), 20_015_115)
  assert.equal(distanceMetres(place(0, 179.5), place(0, -179.5)), 111_195)
})

/** The law of cosines in vector form, by the functions of the engine. */
function byLibrary(a: ReturnType<typeof place>, b: ReturnType<typeof place>): number {
  const vector = ({ latitude, longitude }: ReturnType<typeof place>) => {
    const [lat, lon] = [latitude, longitude].map(value => (value / 1_000_000) * (Math.PI / 180))
    return [Math.cos(lat!) * Math.cos(lon!), Math.cos(lat!) * Math.sin(lon!), Math.sin(lat!)]
  }
  const [ax, ay, az] = vector(a) as [number, number, number]
  const [bx, by, bz] = vector(b) as [number, number, number]
  const cross = Math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)
  return 6_371_009 * Math.atan2(cross, ax * bx + ay * by + az * bz)
}
