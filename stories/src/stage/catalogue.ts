import { addons } from 'storybook/preview-api'
import { type PublicFace, shownOf } from './coverage.ts'

/** What a check of the whole catalogue reads in the page of a story. */
export interface Catalogue {
  /** The story that was played to its end, and what went wrong in it. */
  finished: { id: string; problems: string[] } | undefined
  /** What of each element's public face the story shows. */
  shown(): PublicFace
}

declare global {
  interface Window {
    catalogue?: Catalogue
  }
}

const FAILURES = [
  'storyThrewException',
  'storyErrored',
  'playFunctionThrewException',
  'unhandledErrorsWhilePlaying',
  'storyMissing',
]

/** Tells whoever drives this page how far its story is. */
export function announce(face: PublicFace): void {
  const channel = addons.getChannel()
  let problems: string[] = []
  const catalogue: Catalogue = {
    finished: undefined,
    shown: () => shownOf(document.querySelector<HTMLElement>('.stage') ?? document.body, face),
  }
  window.catalogue = catalogue
  channel.on('setCurrentStory', () => {
    catalogue.finished = undefined
    problems = []
  })
  for (const failure of FAILURES) {
    channel.on(failure, (what: unknown) => void problems.push(`${failure}: ${sentence(what)}`))
  }
  channel.on('storyFinished', ({ storyId }: { storyId: string }) => {
    catalogue.finished = { id: storyId, problems }
    problems = []
  })
}

function sentence(what: unknown): string {
  if (typeof what !== 'object' || what === null) return String(what)
  const { message, description, title } = what as Record<string, unknown>
  return [title, message, description].filter((each) => typeof each === 'string').join(' ')
}
