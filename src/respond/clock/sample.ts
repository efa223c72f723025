import { defineSample } from '../../core/sample/story.ts'

/** The clocks that read the register of incidents, as it is said there every day that it is whole. */
const clocks = [
  'team-engaged-in-two-hours',
  'first-response-in-fifteen-minutes',
  'impact-known-in-an-hour',
  'contained-in-two-hours',
  'recovered-in-four-hours',
  'authorities-in-seventy-two-hours',
  'authorities-and-customers-in-seventy-two-hours',
  'law-california-told',
  'law-european-union-told',
  'law-japan-told',
  'law-taiwan-cyber-told',
  'law-taiwan-data-told',
]

/** The company takes two days for the longest that its register may be silent. */
export default defineSample(({ decide }) => {
  for (const clock of clocks) decide(`respond.clock.${clock}`, 'aliveFresh', 'P2D')
})
