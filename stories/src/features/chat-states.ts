import type { StoryContext, StoryObj } from '@storybook/web-components-vite'
import { expect } from 'storybook/test'
import { type Scene, scenes } from '../scripted/index.ts'
import { find } from '../stage/deep.ts'
import { eventually } from '../stage/hand.ts'

// What all elements of a chat go through, told once: each element has a story of each.

type Told = Pick<StoryObj, 'name' | 'parameters' | 'play' | 'globals'>

/** The story's element has come to these states. */
export const holds =
  (...names: string[]): NonNullable<StoryObj['play']> =>
  async ({ canvasElement, component }: StoryContext) => {
    const element = find(canvasElement, String(component))
    for (const name of names) {
      await eventually(() => expect(element.matches(`:state(${name})`), name).toBe(true))
    }
  }

/** A scene, and the states its element comes to. */
export const told = (scene: Scene, ...states: string[]): Told => ({
  parameters: { scene },
  ...(states.length > 0 && { play: holds(...states) }),
})

/** Connected, and the chat does not come. */
export const loading = told(scenes.loading, 'loading')
/** Nobody has written yet. */
export const empty = told(scenes.empty)
/** Texts and names nobody plans for. */
export const longContent = told(scenes.longContent)
/** As many messages as a chat holds. */
export const many = told(scenes.many)
/** A hundred thousand messages, loaded page by page as one goes back. */
export const manyByPaging = told(scenes.manyByPaging)
/** One may read and not write. */
export const readonly = told(scenes.readonly)
/** No network. */
export const offline = told(scenes.offline, 'offline')
/** The connection broke and is being mended. */
export const reconnecting = told(scenes.reconnecting, 'reconnecting')
/** Nobody is signed in. */
export const authRequired = told(scenes.authRequired, 'signed-out')
/** The chat is private. */
export const forbidden = told(scenes.forbidden, 'error')
/** There is no such chat. */
export const notFound = told(scenes.notFound, 'error')
/** The service does not let this page in. */
export const refused = told(scenes.refused, 'error')
/** Both directions in names and texts. */
export const mixed = told(scenes.mixed)
