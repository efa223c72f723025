import { defineSample, hashOf, inParts, nothingElse, type Story } from '../../core/sample/story.ts'
import {
  awayBegan,
  awayEnded,
  departmentListed,
  departmentsDeclared,
  deputyAppointed,
  jobAssigned,
  jobsCompared,
  jobsDeclared,
  personJoined,
  personLeft,
  personMoved,
  registerCompared,
  registerDeclared,
  roleAppointed,
  roleListed,
  rolesCompared,
  rolesDeclared,
  undertakingSigned,
} from './facts.ts'

const jobs = ['developer', 'operator', 'support'] as const

/** People come, move, go and sign; offices and departments; the staff office compares each week. */
export default defineSample(story => {
  const { year, company, tell } = story
  for (const person of company.people) {
    const { number, name, mail, kind, department, joinedMs, leftMs, moved } = person
    tell(
      personJoined,
      joinedMs,
      { person: number, kind, department },
      {
        private: {
          name: { value: name, person: mail },
          mail: { value: mail, person: mail },
          staff: { value: `1${number.slice(2)}`, person: mail },
        },
      },
    )
    const isEarly = joinedMs < year.at(year.days[1] as number, '00:00')
    const signedMs = isEarly ? joinedMs : joinedMs + 3_600_000
    tell(
      undertakingSigned,
      signedMs,
      {
        person: number,
        text: 'undertaking',
        version: versionOf(story),
        hash: hashOf('undertaking'),
      },
      { who: { by: number } },
    )
    if (moved !== null)
      tell(personMoved, moved.atMs, { person: number, kind, department: moved.department })
    if (leftMs !== null) tell(personLeft, leftMs, { person: number })
  }
  tellOffices(story)
  tellJobs(story)
  tellAway(story)
  for (const day of year.every(45)) {
    const atMs = year.at(day, '10:00')
    const people = company.staff(atMs).length
    tell(registerDeclared, atMs, { people, hash: hashOf(`people ${people}`) })
  }
  for (const day of year.every(3)) {
    const atMs = year.at(day, '10:30')
    const seen = company.staff(atMs).map(one => one.number)
    for (const part of inParts(seen))
      tell(registerCompared, atMs, { ...part, ...nothingElse('people') })
  }
})

/** The version of the reference policy that people sign; what is in force is on the list. */
const versionOf = ({ company }: Story): string => company.policyVersion

function tellOffices({ year, company, tell }: Story): void {
  const day = year.days[0] as number
  const from = year.date(year.beginMs)
  for (const role of company.offices) {
    tell(roleListed, year.at(day, '01:30'), { role })
    const term = { role, from, until: null }
    tell(roleAppointed, year.at(day, '02:00'), { ...term, person: company.holder(role).number })
    tell(deputyAppointed, year.at(day, '02:00'), { ...term, person: company.deputy(role).number })
  }
  for (const department of company.departments)
    tell(departmentListed, year.at(day, '01:30'), { department })
  for (const again of year.every(60)) {
    const atMs = year.at(again, '11:00')
    tell(rolesDeclared, atMs, { roles: company.offices.length, hash: hashOf('roles') })
    const departments = company.departments.length
    tell(departmentsDeclared, atMs, { departments, hash: hashOf('departments') })
  }
  for (const again of year.every(6))
    tell(rolesCompared, year.at(again, '11:30'), {
      ...{ part: 1, parts: 1, seen: [...company.offices] },
      ...nothingElse('roles'),
    })
}

/** Forty people have a job that asks for a course of its own. */
function tellJobs({ year, company, tell }: Story): void {
  const held = company.people
    .filter(one => one.leftMs === null && one.joinedMs < year.at(year.days[0] as number, '02:00'))
    .slice(20, 60)
    .map(({ number }, nth) => ({ person: number, job: jobs[nth % jobs.length] as string }))
  for (const one of held) tell(jobAssigned, year.at(year.days[0] as number, '03:00'), one)
  for (const day of year.every(60))
    tell(jobsDeclared, year.at(day, '11:00'), { jobs: held.length, hash: hashOf('jobs') })
  for (const day of year.every(6)) {
    for (const part of inParts(held))
      tell(jobsCompared, year.at(day, '11:30'), { ...part, ...nothingElse('jobs') })
  }
}

/** Some are away for some weeks. */
function tellAway({ year, company, random, tell }: Story): void {
  for (const { number, joinedMs, leftMs } of company.people) {
    if (leftMs !== null || joinedMs > year.before(300) || !random.chance(6)) continue
    const from = 30 + random.below(250)
    tell(awayBegan, year.at(year.days[from] as number, '09:00'), { person: number })
    const back = year.days[from + 10 + random.below(40)] ?? year.days.at(-1)
    tell(awayEnded, year.at(back as number, '09:00'), { person: number })
  }
}
