import '@collab-kit/components/collab-chat'
import type { Meta, StoryObj } from '@storybook/web-components-vite'
import { expect } from 'storybook/test'
import { scenes } from '../scripted/index.ts'
import '../snippets/language.ts'
import { find, findAll } from '../stage/deep.ts'
import { eventually } from '../stage/hand.ts'
import { onStage } from '../stage/stage.ts'

const meta: Meta = {
  title: 'Guides/Languages',
  tags: ['!autodocs'],
  parameters: { scene: scenes.unread },
}
export default meta

type Story = StoryObj

const LANGUAGES = { en: 'ltr', de: 'ltr', ar: 'rtl', ja: 'ltr' } as const

/** Four languages on one page, each by the `lang` of its place. */
export const Four: Story = {
  name: 'Four languages',
  render: onStage(({ element }) => {
    const box = document.createElement('div')
    box.className = 'beside'
    for (const [lang, dir] of Object.entries(LANGUAGES)) {
      const place = document.createElement('section')
      Object.assign(place, { lang, dir })
      place.append(element('collab-chat', { chatId: 'lobby', label: lang }))
      box.append(place)
    }
    return box
  }),
  play: ({ canvasElement }) =>
    eventually(async () => {
      const labels = findAll(canvasElement, '[part~=input]').map((each) =>
        each.getAttribute('placeholder'),
      )
      await expect(new Set(labels).size).toBe(4)
    }),
}

/** A language that the page brings itself, as in the snippet above. */
export const Registered: Story = {
  render: onStage(({ element }) => {
    const place = document.createElement('section')
    place.lang = 'nl'
    place.append(element('collab-chat', { chatId: 'lobby' }))
    return place
  }),
  play: ({ canvasElement }) =>
    eventually(() =>
      expect(find(canvasElement, '[part~=send-button]')).toHaveAttribute('aria-label', 'Versturen'),
    ),
}

/** A language without texts of its own: what is English says that it is, what people wrote does not. */
export const English: Story = {
  name: 'English in its place',
  render: onStage(({ element }) => {
    const place = document.createElement('section')
    Object.assign(place, { lang: 'he', dir: 'rtl' })
    place.append(element('collab-chat', { chatId: 'lobby' }))
    return place
  }),
  play: ({ canvasElement }) =>
    eventually(async () => {
      await expect(find(canvasElement, '[part~=send-button]')).toHaveAttribute('lang', 'en')
      const body = find(canvasElement, '[part~=message-body]')
      await expect(body.closest('[lang]')).not.toHaveAttribute('lang', 'en')
    }),
}
