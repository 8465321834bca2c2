import '@collab-kit/components/collab-chat'
import type { Meta, StoryObj } from '@storybook/web-components-vite'
import { expect } from 'storybook/test'
import { scenes } from '../scripted/index.ts'
import { brands } from '../stage/globals.ts'
import { click, eventually } from '../stage/hand.ts'
import { find, findAll, textOf } from '../stage/deep.ts'
import { type Build, onStage, stageOf } from '../stage/stage.ts'
import { tokenTable } from './token-table.ts'

const meta: Meta = {
  title: 'Foundations/Tokens',
  tags: ['!autodocs'],
  render: onStage(() => tokenTable()),
}
export default meta

type Story = StoryObj

/** Every pair of colours that has to be told apart. Choose a theme and a brand above: it is measured anew. */
export const Contrast: Story = {
  play: async ({ canvasElement }) => {
    await eventually(() => expect(textOf(canvasElement)).toMatch(/\d : 1/))
    await expect(textOf(canvasElement)).not.toContain('too low')
  },
}

/** White or black, dark or pale: whatever the brand is, texts made from it can be read. */
export const Brands: Story = {
  render: onStage(() => {
    const box = document.createElement('div')
    for (const [name, colour] of Object.entries(brands)) {
      const place = document.createElement('section')
      const title = document.createElement('h2')
      title.textContent = name
      if (colour) place.style.setProperty('--collab-brand', colour)
      place.append(title, tokenTable())
      box.append(place)
    }
    return box
  }),
  play: Contrast.play,
}

const talk = scenes.everyone

/** A value for each token that no element would choose by itself. */
const ALL = `@scope { :scope {
  --collab-brand: #0f766e; --collab-font-family: Georgia, serif; --collab-font-size: 16px;
  --collab-radius: 3px; --collab-density: 1; --collab-motion: 0;
  --collab-surface: light-dark(#fffdf9, #101512); --collab-surface-sunken: light-dark(#f3f0e8, #1b221d);
  --collab-surface-raised: light-dark(#fffaf0, #242c27); --collab-border: light-dark(#d9d2c2, #38423b);
  --collab-border-strong: light-dark(#6f7a72, #8b978e); --collab-shadow: 0 2px 6px rgb(0 0 0 / 30%);
  --collab-text: light-dark(#10201a, #f0f5f2); --collab-text-quiet: light-dark(#46534c, #b3beb7);
  --collab-text-link: light-dark(#1d4ed8, #93c5fd); --collab-accent: light-dark(#0d5f59, #5eead4);
  --collab-on-accent: light-dark(#fff, #06251b); --collab-accent-text: light-dark(#0b5f58, #7fe0d4);
  --collab-accent-quiet: light-dark(#d5efeb, #12302c); --collab-on-accent-quiet: light-dark(#1e3a8a, #bfdbfe);
  --collab-focus: light-dark(#b45309, #fbbf24); --collab-danger-text: light-dark(#9f1239, #fda4af);
  --collab-danger-quiet: light-dark(#ffe4e6, #3f1220); --collab-warning-text: light-dark(#713f12, #fde68a);
  --collab-warning-quiet: light-dark(#fef9c3, #33280a); --collab-online: light-dark(#166534, #4ade80);
  --collab-away: light-dark(#92400e, #fbbf24); --collab-offline: light-dark(#475569, #94a3b8);
  ${Array.from({ length: 12 }, (_, index) => `--collab-person-${index + 1}: light-dark(hsl(${index * 30} 60% 27%), hsl(${index * 30} 60% 78%));`).join('')}
  --collab-on-person: light-dark(#fffdf9, #101512);
} }`

const everyToken: Build<object> = ({ element, beside }) => {
  const box = document.createElement('div')
  box.className = 'beside'
  const style = document.createElement('style')
  style.textContent = ALL
  const chat = (label: string, client = beside(scenes.filled)) =>
    element('collab-chat', { chatId: 'lobby', label, client })
  box.append(
    style,
    element('collab-chat', { chatId: 'lobby', label: 'Everyone' }),
    chat('Refused', beside(scenes.failed)),
    chat('Reconnecting', beside(scenes.reconnecting)),
    chat('Offline', beside(scenes.offline)),
  )
  return box
}

/** All of them set by the page, and each seen to do something. */
export const EveryToken: Story = {
  name: 'Every token',
  parameters: { scene: talk },
  render: onStage(everyToken),
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    const first = findAll(root, 'collab-chat')[0] as HTMLElement
    const scroller = find(first, '.scroller')
    scroller.scrollTop = 0
    await eventually(() => expect(find(first, '[part~=jump-button]')).toBeVisible())
    await click(find(first, '[part~=input]'))
  },
}

/** The twelve colours that people are told apart by, always with their initials. */
export const PeopleColours: Story = {
  name: 'People colours',
  parameters: { scene: talk },
  render: onStage(({ element }) => element('collab-chat', { chatId: 'lobby' })),
}
