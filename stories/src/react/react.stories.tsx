import '@collab-kit/components/collab-chat'
import type { CollabClient } from '@collab-kit/client'
import { CollabChat, CollabProvider } from '@collab-kit/react'
import type { Meta, StoryObj } from '@storybook/web-components-vite'
import { useState } from 'react'
import { expect } from 'storybook/test'
import { LOBBY, scenes } from '../scripted/index.ts'
import { PlainChat } from '../snippets/react-hooks.tsx'
import hooksSource from '../snippets/react-hooks.tsx?raw'
import chatSource from '../snippets/react-chat.tsx?raw'
import { find, findAll, textOf } from '../stage/deep.ts'
import { click, eventually, press, type } from '../stage/hand.ts'
import { onStage, stageOf } from '../stage/stage.ts'
import { inReact } from './mount.tsx'

const meta: Meta = {
  title: 'React/Components and hooks',
  tags: ['!autodocs'],
  parameters: { scene: scenes.filled },
}
export default meta

type Story = StoryObj

interface Props {
  client: CollabClient
}

/** Counts what it hears, so that a callback given anew with every drawing is seen to work. */
function CountingChat({ client }: Props) {
  const [sent, setSent] = useState(0)
  return (
    <CollabProvider client={client}>
      <p>{sent === 0 ? 'Nothing sent yet' : `${sent} sent`}</p>
      <CollabChat chatId={LOBBY} onSent={() => setSent((count) => count + 1)} />
    </CollabProvider>
  )
}

/** The chat as a component: properties, typed events, one connection in StrictMode. */
export const Chat: Story = {
  render: onStage(inReact(CountingChat)),
  parameters: { markup: chatSource },
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    await click(find(root, '[part~=input]'))
    await type('From React')
    await press('Enter')
    await eventually(() => expect(textOf(root)).toContain('1 sent'))
    await expect(world.service.connections).toHaveLength(1)
  },
}

/** The element written as HTML, and the component: the same chat, the same connection. */
export const SideBySide: Story = {
  name: 'HTML and React side by side',
  render: onStage((building) => {
    const box = document.createElement('div')
    box.className = 'beside'
    const left = document.createElement('section')
    left.append('As HTML', building.element('collab-chat', { chatId: LOBBY, label: 'As HTML' }))
    const right = document.createElement('section')
    right.append('With React', inReact(LabelledChat)(building))
    box.append(left, right)
    return box
  }),
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const [html, react] = findAll(root, 'collab-chat') as [HTMLElement, HTMLElement]
    await click(find(html, '[part~=input]'))
    await type('Written on the left')
    await expect(find(react, '[part~=input]')).toHaveValue('Written on the left')
    await press('Enter')
    await eventually(() => expect(textOf(react)).toContain('Written on the left'))
    await expect(world.service.connections).toHaveLength(1)
  },
}

function LabelledChat({ client }: Props) {
  return (
    <CollabProvider client={client}>
      <CollabChat chatId={LOBBY} label="With React" />
    </CollabProvider>
  )
}

function HooksOnly({ client }: Props) {
  return (
    <CollabProvider client={client}>
      <PlainChat chatId={LOBBY} />
    </CollabProvider>
  )
}

/** Hooks alone: the same data, drawn by the page. */
export const Hooks: Story = {
  render: onStage(inReact(HooksOnly)),
  parameters: { markup: hooksSource },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await eventually(() => expect(findAll(root, 'li').length).toBeGreaterThan(5))
    await click(find(root, 'input'))
    await type('By hooks')
    await press('Enter')
    await eventually(() => expect(findAll(root, 'li').at(-1)?.textContent).toContain('By hooks'))
  },
}
