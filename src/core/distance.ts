/** Millionths of a degree, north and east positive. */
export type Place = Readonly<{ latitude: number; longitude: number }>

/** Mean radius of the earth (IUGG), in metres. */
const radiusMetres = 6_371_009
const degree = Math.PI / 180

/**
 * The great-circle distance of two places in whole metres. Judges must conclude the same on every
 * machine, and the library functions of angles may differ in the last bit from engine to engine: here
 * is nothing but sums, products, quotients and square roots, which IEEE 754 fixes to the bit. A sphere
 * is wrong by at most 0.6 % of the distance on the ellipsoid.
 */
export function distanceMetres(a: Place, b: Place): number {
  const latitudeA = radians(a.latitude)
  const latitudeB = radians(b.latitude)
  const alongMeridian = sine((latitudeB - latitudeA) / 2)
  const alongParallel = sine(radians(b.longitude - a.longitude) / 2)
  const haversine =
    alongMeridian * alongMeridian +
    cosine(latitudeA) * cosine(latitudeB) * alongParallel * alongParallel
  return Math.round(2 * radiusMetres * arcsine(Math.sqrt(Math.min(haversine, 1))))
}

const radians = (microdegrees: number): number => (microdegrees / 1_000_000) * degree

/** Terms of the series: up to half a turn the next one is below the last bit. */
const terms = 16

/** For angles between −π and π. */
function sine(angle: number): number {
  let term = angle
  let sum = angle
  for (let n = 1; n <= terms; n++) {
    term *= -(angle * angle) / (2 * n * (2 * n + 1))
    sum += term
  }
  return sum
}

const cosine = (latitude: number): number => sine(Math.PI / 2 - latitude)

/** Halvings of a quarter of a turn: then it is as narrow as the last bit. */
const halvings = 60

/** The angle between 0 and π/2 with this sine, found by halving. */
function arcsine(value: number): number {
  let low = 0
  let high = Math.PI / 2
  for (let n = 0; n < halvings; n++) {
    const middle = (low + high) / 2
    if (sine(middle) < value) low = middle
    else high = middle
  }
  return high
}
