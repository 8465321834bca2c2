import type { StoryContext, StoryObj } from '@storybook/web-components-vite'
import { expect } from 'storybook/test'
import { type Scene, scenes } from '../scripted/index.ts'
import { find } from '../stage/deep.ts'
import { click, eventually, press } from '../stage/hand.ts'
import { type Building, stageOf } from '../stage/stage.ts'
import { transcriptOf } from '../stage/transcript.ts'

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

/** An element with what a screen reader says beside it. */
export const beside =
  (tag: 'collab-chat' | 'collab-messages') =>
  ({ element }: Building<object>): HTMLElement => {
    const box = document.createElement('div')
    box.className = 'beside'
    const made = element(tag)
    box.append(made, transcriptOf(made).panel)
    return box
  }

/** Has messages counted, hears one counted, and looks at the choice again. */
export const chosenAnnouncements: NonNullable<StoryObj['play']> = async ({ canvasElement }) => {
  const { root, world } = stageOf(canvasElement)
  const open = async () => {
    const button = await eventuallyFound(root, '[part~=options-button]')
    button.focus()
    await press('Enter')
    await eventuallyFound(root, '[part~=announce-options]')
  }
  await open()
  await click(find(root, 'input[value=summary]'))
  await press('Escape')
  world.peer('ben').writes('Lunch at one?')
  await eventually(() => expect(find(root, '.transcript').textContent).toContain('1 new message'))
  await open()
  await expect(find(root, 'input[value=summary]')).toBeChecked()
  // For the next one who looks at this page.
  localStorage.clear()
}

async function eventuallyFound(root: HTMLElement, selector: string): Promise<HTMLElement> {
  await eventually(() => find(root, selector))
  return find(root, selector)
}
