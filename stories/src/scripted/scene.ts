import type { CollabClient } from '@collab-kit/client'
import type { Script } from '@collab-kit/client/testing'
import type { PersonName } from './people.ts'
import type { ClientWish, World } from './world.ts'

type SceneParts = Partial<Omit<Scene, 'with'>>

/**
 * What a story tells: how the world is, and what happens in it. A class, because the catalogue would merge the plain
 * objects of a story with those of its element.
 */
export class Scene {
  readonly script?: Script
  /** Who is signed in; `nobody` has to sign in first. Default: Ann. */
  readonly as?: PersonName | 'nobody'
  readonly wish?: ClientWish
  /** Before anybody connects. */
  readonly before?: (world: World) => void
  /** Once everything stands and is ready. */
  readonly after?: (world: World, client: CollabClient) => void | Promise<void>
  /** Something is busy for good. Default: false. */
  readonly unready?: boolean

  constructor(told: SceneParts) {
    Object.assign(this, told)
  }

  /** The same, told otherwise in some parts. */
  with(more: SceneParts): Scene {
    return new Scene(Object.assign({}, this, more))
  }
}

/** Waits for something to be so. @throws Error with the sentence when it is not so in time */
export async function until(
  isSo: () => boolean,
  sentence: string,
  withinMs = 10_000,
): Promise<void> {
  const end = performance.now() + withinMs
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`Not so within ${withinMs} ms: ${sentence}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
