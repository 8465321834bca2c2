import '@collab-kit/components/collab-chat'
import '@collab-kit/components/collab-provider'
import type { CollabProviderElement } from '@collab-kit/components'
import { CollabError } from '@collab-kit/protocol/runtime'
import type { Meta, StoryObj } from '@storybook/web-components-vite'
import { expect } from 'storybook/test'
import { LOBBY, Scene, scenes } from '../scripted/index.ts'
import { find, findAll, focused, textOf } from '../stage/deep.ts'
import { click, eventually, press } from '../stage/hand.ts'
import { withoutScript } from '../stage/plain.ts'
import { type Build, onStage, stageOf } from '../stage/stage.ts'
import { transcriptOf } from '../stage/transcript.ts'
import * as states from './chat-states.ts'

type Args = Partial<CollabProviderElement>
type Story = StoryObj<Args>

const chatsOf = (...chatIds: string[]): HTMLElement[] =>
  chatIds.map((chatId) => {
    const chat = document.createElement('collab-chat')
    chat.chatId = chatId
    return chat
  })

const around =
  (...inside: string[]): Build<Args> =>
  ({ element }) => {
    const provider = element('collab-provider')
    provider.append(...chatsOf(...inside))
    return provider
  }

const MARKUP = `<collab-provider service-url="https://chat.example.com" token-endpoint="/chat/token">
  <collab-chat chat-id="lobby"></collab-chat>
</collab-provider>`

const meta: Meta<Args> = {
  title: 'Components/collab-provider',
  component: 'collab-provider',
  render: onStage(around(LOBBY)),
  parameters: { scene: scenes.filled, markup: MARKUP },
}
export default meta

const provider = (root: HTMLElement) => find<CollabProviderElement>(root, 'collab-provider')

/** Connected: what it wraps needs no address of its own. */
export const Default: Story = { play: states.holds('live') }

/** The connection is being made. */
export const Loading: Story = states.told(scenes.loading)

/** Wraps nothing yet: it connects all the same, and whoever comes later is connected at once. */
export const Empty: Story = {
  render: onStage(around()),
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await eventually(() => expect(provider(root).status).toBe('live'))
    provider(root).append(...chatsOf(LOBBY))
    await eventually(() => expect(findAll(root, '[part~=message]').length).toBeGreaterThan(5))
  },
}

const TWO = new Scene({
  script: {
    chats: [
      { chatId: LOBBY, name: 'Lobby', messages: ['Hello from the lobby'] },
      { chatId: 'design', name: 'Design', messages: ['Hello from design'] },
    ],
  },
})

/** Two chats, one connection. */
export const Filled: Story = {
  name: 'Two chats share one connection',
  parameters: { scene: TWO },
  render: onStage(({ element }) => {
    const box = element('collab-provider')
    const grid = document.createElement('div')
    grid.className = 'beside'
    grid.append(...chatsOf(LOBBY, 'design'))
    box.append(grid)
    return box
  }),
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    await expect(findAll(root, '[part~=message]')).toHaveLength(2)
    await expect(world.service.connections).toHaveLength(1)
  },
}

/** The connection comes and goes, and the page hears of it. */
export const Reconnecting: Story = {
  parameters: { scene: scenes.reconnectingLater },
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const heard: string[] = []
    root.addEventListener('collab-status-change', ({ detail }) => heard.push(detail.status))
    world.service.refuse()
    world.service.drop()
    await eventually(() => expect(heard).toEqual(['reconnecting']))
    await expect(provider(root).matches(':state(live)')).toBe(false)
  },
}

export const Offline: Story = states.told(scenes.offline)

/** Nobody is signed in: what it wraps asks who it is. */
export const AuthRequired: Story = {
  ...states.authRequired,
  name: 'Auth required',
}

/** The token is of no more use, and the page is told. */
export const Forbidden: Story = {
  name: 'Forbidden (token revoked)',
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const heard: (string | undefined)[] = []
    root.addEventListener('collab-auth-error', ({ detail }) => heard.push(detail.error?.code))
    world.service.refuse(new CollabError('unauthenticated').toJSON())
    world.service.drop()
    await eventually(() => expect(heard).toEqual(['unauthenticated']))
    await expect(provider(root).matches(':state(signed-out)')).toBe(true)
  },
}

/** The service does not let this page in, and the page is told. */
export const Error: Story = {
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const heard: string[] = []
    provider(root).addEventListener('collab-error', ({ detail }) => heard.push(detail.code))
    world.service.refuse(new CollabError('origin_denied').toJSON())
    world.service.drop()
    await eventually(() => expect(heard).toContain('origin_denied'))
  },
}

/** Signing out of this device. */
export const SignOut: Story = {
  name: 'Sign out',
  parameters: { scene: scenes.authRequired },
  render: onStage(({ element }) => {
    const wrapped = element('collab-provider')
    const button = document.createElement('button')
    button.className = 'page-button'
    button.textContent = 'Sign out'
    button.addEventListener('click', () => void wrapped.signOut())
    wrapped.append(button, ...chatsOf(LOBBY))
    return wrapped
  }),
  async play({ canvasElement }) {
    const { root, client } = stageOf(canvasElement)
    await client.auth.continueAsGuest({ displayName: 'Ann' })
    await eventually(() => expect(findAll(root, '[part~=message]').length).toBeGreaterThan(5))
    await click(find(root, '.page-button'))
    await eventually(() => expect(provider(root).matches(':state(signed-out)')).toBe(true))
  },
}

/** The page issues the tokens, and a listener anywhere around answers: no function has to be handed over. */
export const TokenRequest: Story = {
  name: 'Token request',
  parameters: {
    markup: `<collab-provider service-url="https://chat.example.com">
  <collab-chat chat-id="lobby"></collab-chat>
</collab-provider>
<script type="module">
  document.addEventListener('collab-token-request', (event) => {
    const answer = fetch('/chat/token', { method: 'POST' })
    event.respondWith(answer.then((response) => response.json()))
  })
</script>`,
  },
  render: onStage(() => {
    const box = document.createElement('div')
    const told = document.createElement('p')
    told.className = 'page-line'
    box.addEventListener('collab-token-request', (event) => {
      told.textContent = `A token is wanted: ${event.detail.reason}`
      // It never comes here: there is no service behind that address.
      event.respondWith(new Promise(() => {}))
    })
    const wrapped = document.createElement('collab-provider')
    wrapped.serviceUrl = 'https://chat.example.com'
    box.append(told, wrapped)
    return box
  }),
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await eventually(() => expect(textOf(root)).toContain('A token is wanted: initial'))
    await expect(provider(root).status).toBe('connecting')
  },
}

/** What a person may do was changed elsewhere: the page has the token that says so fetched at once. */
export const RefreshToken: Story = {
  name: 'Refresh token',
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const renewed = () =>
      world.service.calls.filter(({ operation }) => operation === 'auth.renew').length
    const before = renewed()
    await provider(root).refreshToken()
    await expect(renewed()).toBe(before + 1)
    await expect(provider(root).status).toBe('live')
  },
}

/** Long names stay inside: it draws nothing itself. */
export const LongContent: Story = { ...states.longContent, name: 'Long content' }

export const RtlMixedBidi: Story = { ...states.mixed, name: 'RTL mixed bidi' }

/** It has no look of its own: what it wraps takes tokens that are set on it. */
export const CustomParts: Story = {
  name: 'Custom parts',
  render: onStage((building) => {
    const wrapped = around(LOBBY)(building)
    wrapped.style.setProperty('--collab-brand', '#0f766e')
    wrapped.style.setProperty('--collab-radius', '2px')
    return wrapped
  }),
}

/** Anything may stand inside, not only elements of the kit. */
export const Slots: Story = {
  render: onStage(({ element }) => {
    const wrapped = element('collab-provider')
    const heading = document.createElement('h2')
    heading.textContent = 'Talk to the team'
    wrapped.append(heading, ...chatsOf(LOBBY))
    return wrapped
  }),
  play: async ({ canvasElement }) => {
    await expect(find(canvasElement, 'h2')).toBeVisible()
  },
}

const WITHOUT_SCRIPT = `<collab-provider service-url="https://chat.example.com">
  <collab-chat chat-id="lobby">
    <p>The chat needs JavaScript. <a href="/contact">Write to us</a></p>
  </collab-chat>
</collab-provider>`

/** What stands between the tags is what people see where scripts do not run. */
export const NoJsFallback: Story = {
  name: 'No JS fallback',
  render: onStage(() => withoutScript(WITHOUT_SCRIPT)),
  parameters: { markup: WITHOUT_SCRIPT },
  play: async ({ canvasElement }) => {
    await expect(textOf(canvasElement)).toContain('needs JavaScript')
  },
}

/** It is no stop itself: Tab goes to what it wraps. */
export const KeyboardTour: Story = {
  name: 'Keyboard tour',
  async play() {
    await eventually(async () => {
      await press('Tab')
      await expect(focused()?.localName).toBe('article')
    })
  },
}

/** It says nothing itself: what it wraps does. */
export const ScreenReaderTranscript: Story = {
  name: 'Screen reader transcript',
  render: onStage((building) => {
    const box = document.createElement('div')
    box.className = 'beside'
    const wrapped = around(LOBBY)(building)
    box.append(wrapped, transcriptOf(wrapped).panel)
    return box
  }),
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    world.peer('ben').writes('Lunch at one?')
    await eventually(() => expect(find(root, '.transcript').textContent).toContain('Lunch at one?'))
  },
}
