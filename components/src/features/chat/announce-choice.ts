/** How much of what arrives is spoken by a screen reader. */
export type Announce = 'full' | 'summary' | 'off'

/** All there is to choose from, the most first. */
export const ANNOUNCE: readonly Announce[] = ['full', 'summary', 'off']

/** Where the choice is kept: for whoever sits here, in every chat of the page's origin. */
const KEY = 'collab-kit.announce'

/** The choice where nothing can be kept: it holds until the page is left. */
let unkept: string | undefined

/** What the person has chosen, else what the page wants, else everything. */
export function announceFor(page: Announce | undefined): Announce {
  let chosen: string | null | undefined = unkept
  try {
    chosen ??= localStorage.getItem(KEY)
  } catch {
    // A page may be without storage, or not allowed to use it.
  }
  return ANNOUNCE.find((each) => each === chosen) ?? page ?? 'full'
}

/** Remembers what the person has chosen. Read anew at each announcement, so every chat and tab follows at once. */
export function chooseAnnounce(choice: Announce): void {
  try {
    localStorage.setItem(KEY, choice)
    unkept = undefined
  } catch {
    // As above, or it is full.
    unkept = choice
  }
}
