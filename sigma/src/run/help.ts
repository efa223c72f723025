/** What `--help` prints. */
export const help = `Matches events against Sigma rules.

  sigma-run --rules DIR EVENTS…

EVENTS are files and folders: JSON lines, JSON, EVTX, CSV, syslog or text lines, each also as .gz
or .zst; - is the standard input. What a file is, its first bytes and its name tell.

  -r, --rules PATH      rule files or folders of them (.yml, .yaml); may be given again
  -f, --format FORMAT   takes all events as jsonl, json, evtx, csv, syslog or text
      --product NAME    where events come from that do not say so themselves,
      --category NAME     as log sources of rules are named; each may be given again
      --service NAME
  -l, --level LEVEL     tells only rules from this level on:
                          informational, low, medium, high, critical
  -j, --json            a line of JSON for each match instead of the table
      --why             shows what decided: the conditions and what the event has there
      --stats           tells of events, speed, rules and all that could not be read
  -w, --workers N       threads; as many as there are cores if not said
  -h, --help            this text

Exit code, as with grep: 0 something matched, 1 nothing matched, 2 a mistake in the call or
something that could not be read. Colours: on a terminal only, never if NO_COLOR is set.
`
