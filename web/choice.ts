/** What somebody chose at this browser. It may forbid storage; then a choice lasts as long as the page. */

export function choiceOf(name: string): string | null {
  try {
    return localStorage.getItem(`okite.${name}`)
  } catch {
    return null
  }
}

export function keepChoice(name: string, value: string): void {
  try {
    localStorage.setItem(`okite.${name}`, value)
  } catch {
    // See above.
  }
}
