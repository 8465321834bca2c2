import type { Promises, PublicFace } from '../../stories/src/stage/coverage.ts'
import { exemptions, mandatory } from './expected.ts'
import type { Story } from './story.ts'

const KINDS = ['parts', 'slots', 'states', 'events', 'tokens', 'shared', 'undeclared'] as const
/** What every element has to show by itself. */
const OWN = ['parts', 'slots', 'states', 'events', 'tokens'] as const

/** What the stories show together, by tag. */
export function together(all: readonly PublicFace[]): PublicFace {
  const sum: PublicFace = {}
  for (const face of all) {
    for (const [tag, shown] of Object.entries(face)) {
      const before = sum[tag]
      sum[tag] = Object.fromEntries(
        KINDS.map((kind) => [kind, [...new Set([...(before?.[kind] ?? []), ...shown[kind]])]]),
      ) as unknown as Promises
    }
  }
  return sum
}

/** What an element promises and no story shows, and what can be seen and is promised nowhere. */
export function unshown(promised: PublicFace, shown: PublicFace): string[] {
  const everywhere = new Set(Object.values(shown).flatMap(({ shared }) => shared))
  const shared = new Set(Object.values(promised).flatMap((face) => face.shared))
  const own = Object.entries(promised).flatMap(([tag, face]) =>
    OWN.flatMap((kind) =>
      face[kind]
        .filter((name) => !shown[tag]?.[kind].includes(name))
        .map((name) => `<${tag}>: no story shows ${kind.slice(0, -1)} “${name}”`),
    ),
  )
  return [
    ...own,
    ...[...shared]
      .filter((name) => !everywhere.has(name))
      .map((name) => `no story shows what ${name} does`),
    ...Object.entries(shown).flatMap(([tag, { undeclared }]) =>
      undeclared.map((name) => `<${tag}> has a part “${name}” that its manifest does not name`),
    ),
  ]
}

/** Elements and states without a story, and exemptions that are none any more. */
export function missingStories(tags: readonly string[], stories: readonly Story[]): string[] {
  const ids = new Set(stories.map(({ id }) => id))
  const has = (tag: string, state: string) => ids.has(storyId(tag, state))
  return [
    ...tags.flatMap((tag) =>
      mandatory
        .filter((state) => !has(tag, state) && !exemptions[tag]?.[state])
        .map((state) => `<${tag}> has no story ${state}, and no reason is given`),
    ),
    ...Object.entries(exemptions).flatMap(([tag, reasons]) =>
      Object.keys(reasons)
        .filter((state) => has(tag, state) || !tags.includes(tag))
        .map((state) => `<${tag}> is exempted from ${state} without need`),
    ),
  ]
}

/** As the catalogue names the story `state` of `Components/tag`. */
export function storyId(tag: string, state: string): string {
  const name = state
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase()
  return `components-${tag}--${name}`
}
