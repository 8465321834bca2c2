import '@collab-kit/components/collab-sign-in'
import type { CollabSignInElement } from '@collab-kit/components'
import { CollabError } from '@collab-kit/protocol/runtime'
import type { Meta, StoryObj } from '@storybook/web-components-vite'
import { expect } from 'storybook/test'
import { Scene, scenes } from '../scripted/index.ts'
import { find, findAll, focused, textOf } from '../stage/deep.ts'
import { click, eventually, press, type } from '../stage/hand.ts'
import { withoutScript } from '../stage/plain.ts'
import { one, onStage, stageOf } from '../stage/stage.ts'
import { transcriptOf } from '../stage/transcript.ts'

type Args = Partial<CollabSignInElement>
type Story = StoryObj<Args>

const meta: Meta<Args> = {
  title: 'Components/collab-sign-in',
  component: 'collab-sign-in',
  render: onStage(one('collab-sign-in')),
  parameters: { scene: scenes.authRequired },
}
export default meta

const field = (root: HTMLElement, name: string) => find<HTMLInputElement>(root, `input#${name}`)
const submit = (root: HTMLElement) => find(root, '[part~=submit-button]')
const way = (root: HTMLElement, index: number) => {
  const button = findAll(root, '[part~=way-button]')[index]
  if (!button) throw new TypeError(`There is no way ${index + 1} in.`)
  return button
}

async function write(root: HTMLElement, values: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    await click(field(root, name))
    await type(value)
  }
}

/** From the guest's form to that of an account. */
async function toAccount(root: HTMLElement): Promise<void> {
  await click(way(root, 0))
  await eventually(() => expect(field(root, 'username')).toBeVisible())
}

const refusing = (code: ConstructorParameters<typeof CollabError>[0]): Scene =>
  scenes.authRequired.with({
    before({ service }) {
      for (const operation of ['auth.signIn', 'auth.register', 'auth.continueAsGuest'] as const) {
        service.answer(operation, () => {
          throw new CollabError(code)
        })
      }
    },
  })

/** The first thing people see: nothing but a name is asked. */
export const Default: Story = {}

/** It is not known yet which ways in the service offers. */
export const Loading: Story = {
  parameters: {
    scene: scenes.authRequired.with({
      unready: true,
      before: ({ service }) => void service.answer('system.getInfo', () => new Promise(() => {})),
    }),
  },
  play: ({ canvasElement }) =>
    eventually(() =>
      expect(find(canvasElement, 'collab-sign-in').matches(':state(loading)')).toBe(true),
    ),
}

/** Somebody gave a name and went in. */
export const Guest: Story = {
  async play({ canvasElement }) {
    const { root, client } = stageOf(canvasElement)
    const entered: string[] = []
    root.addEventListener('collab-signed-in', ({ detail }) => entered.push(detail.user.displayName))
    await write(root, { displayName: 'Ann K' })
    await press('Enter')
    await eventually(() => expect(entered).toEqual(['Ann K']))
    await expect(client.store.getState().me?.guest).toBe(true)
  },
}

/** A name stands in the field. */
export const Filled: Story = {
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await write(root, { displayName: 'Ann Kowalska' })
    await expect(field(root, 'displayName')).toHaveValue('Ann Kowalska')
  },
}

/** An account is one step behind the guest's name. */
export const SignIn: Story = {
  name: 'Sign in',
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await toAccount(root)
    await write(root, { username: 'ann', password: 'correct horse' })
    await expect(focused()).toBe(field(root, 'password'))
  },
}

/** A new account is behind that. */
export const Register: Story = {
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await toAccount(root)
    await click(way(root, 1))
    await eventually(() => expect(findAll(root, 'input')).toHaveLength(3))
    await write(root, { displayName: 'Ann Kowalska', username: 'ann' })
  },
}

/** Where guests are not welcome, the account comes first. */
export const AccountsOnly: Story = {
  name: 'Accounts only',
  parameters: {
    scene: new Scene({ script: { info: { guests: 'off', registration: 'closed' } }, as: 'nobody' }),
  },
  play: async ({ canvasElement }) => {
    await expect(findAll(canvasElement, 'input').map(({ id }) => id)).toEqual([
      'username',
      'password',
    ])
  },
}

/** What is missing is told at its field, which gets the focus. */
export const Empty: Story = {
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await click(submit(root))
    await eventually(() => expect(find(root, '[part~=field-error]')).toBeVisible())
    await expect(focused()).toBe(field(root, 'displayName'))
  },
}

/** The service did not take name and password. */
export const WrongPassword: Story = {
  name: 'Wrong password',
  parameters: { scene: refusing('unauthenticated') },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await toAccount(root)
    await write(root, { username: 'ann', password: 'wrong' })
    await press('Enter')
    await eventually(() => expect(focused()?.id).toBe('form-error'))
  },
}

/** The service does not let this person in. */
export const Forbidden: Story = {
  parameters: { scene: refusing('forbidden') },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await write(root, { displayName: 'Ann' })
    await press('Enter')
    await eventually(() => expect(focused()?.id).toBe('form-error'))
  },
}

/** Something went wrong that nobody foresaw. */
export const Error: Story = {
  parameters: { scene: refusing('internal') },
  play: Forbidden.play,
}

/** The service is being asked. */
export const Busy: Story = {
  parameters: {
    scene: scenes.authRequired.with({
      before: ({ service }) =>
        void service.answer('auth.continueAsGuest', () => new Promise(() => {})),
    }),
  },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await write(root, { displayName: 'Ann' })
    await press('Enter')
    await eventually(() => expect(find(root, 'collab-sign-in').matches(':state(busy)')).toBe(true))
  },
}

/** The service cannot be reached. */
export const Offline: Story = {
  name: 'Offline (service away)',
  parameters: {
    scene: scenes.authRequired.with({
      unready: true,
      wish: { backoffMinMs: 20, backoffMaxMs: 1e8 },
      before: ({ service }) => service.refuse(),
    }),
  },
  async play({ canvasElement }) {
    const { client, root } = stageOf(canvasElement)
    await eventually(() => expect(client.status).toBe('offline'))
    await eventually(() => expect(find(root, '.form-error')).toBeVisible())
  },
}

/** A text of the page's own, longer than anyone planned for. */
export const LongContent: Story = {
  args: {
    headingLevel: 3,
    i18n: {
      signInTitle: 'Join the conversation about the new first minutes of everything we make',
      guestIntro:
        'Pick a name that others will see, and be assured that it can be changed whenever you like, as often as you like.',
      continueAsGuest: 'Continue as a guest with the name that you have just chosen',
      haveAccount: 'I have an account already and would rather use that one',
    },
  },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await write(root, { displayName: 'Maximiliane Friederike von Hohenstein-Wittelsbach' })
  },
}

/** A name that runs the other way than the page. */
export const RtlMixedBidi: Story = {
  name: 'RTL mixed bidi',
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await write(root, { displayName: 'مينا Hassan 7' })
    await expect(getComputedStyle(field(root, 'displayName')).direction).toBe('rtl')
  },
}

const CUSTOM = document.createElement('style')
CUSTOM.textContent = `@scope {
  collab-sign-in { --collab-brand: #be123c; --collab-radius: 4px; }
  collab-sign-in::part(base) { border: 2px dashed #be123c; padding: 24px; }
  collab-sign-in::part(title) { font-family: Georgia, serif; }
  collab-sign-in::part(form) { gap: 24px; }
  collab-sign-in::part(label) { text-transform: uppercase; font-size: 12px; }
  collab-sign-in::part(input) { border-radius: 0; }
  collab-sign-in::part(submit-button) { border-radius: 0; }
  collab-sign-in::part(way-button) { text-decoration: underline; }
}`

/** Everything that can be styled from outside, styled from outside. */
export const CustomParts: Story = {
  name: 'Custom parts',
  render: onStage(({ element }) => {
    const box = document.createElement('div')
    box.append(CUSTOM.cloneNode(true), element('collab-sign-in'))
    return box
  }),
  play: async ({ canvasElement }) => {
    const { borderRadius } = getComputedStyle(submit(canvasElement))
    await expect(borderRadius).toBe('0px')
  },
}

/** The page's own words above the form. */
export const Slots: Story = {
  render: onStage(({ element }) => {
    const intro = document.createElement('div')
    intro.slot = 'intro'
    intro.innerHTML = '<h2>Questions? Come in.</h2><p>Our team answers from nine to five.</p>'
    const form = element('collab-sign-in')
    form.append(intro)
    return form
  }),
  parameters: {
    markup: `<collab-sign-in>
  <div slot="intro">
    <h2>Questions? Come in.</h2>
    <p>Our team answers from nine to five.</p>
  </div>
</collab-sign-in>`,
  },
  play: async ({ canvasElement }) => {
    await expect(find(canvasElement, '[slot=intro]')).toBeVisible()
  },
}

const WITHOUT_SCRIPT = `<collab-sign-in>
  <p>Signing in needs JavaScript. <a href="/sign-in">Sign in on its own page</a></p>
</collab-sign-in>`

/** What stands between the tags is what people see where scripts do not run. */
export const NoJsFallback: Story = {
  name: 'No JS fallback',
  render: onStage(() => withoutScript(WITHOUT_SCRIPT)),
  parameters: { markup: WITHOUT_SCRIPT },
  play: async ({ canvasElement }) => {
    await expect(textOf(canvasElement)).toContain('Signing in needs JavaScript.')
  },
}

/** From the first stop to the last and in, with the keyboard alone. */
export const KeyboardTour: Story = {
  name: 'Keyboard tour',
  async play({ canvasElement }) {
    const { root, client } = stageOf(canvasElement)
    await press('Tab')
    await expect(focused()).toBe(field(root, 'displayName'))
    await press('Tab')
    await expect(focused()).toBe(submit(root))
    await press('Tab', 'Enter')
    await eventually(() => expect(focused()).toBe(field(root, 'username')))
    await type('ann')
    await press('Tab')
    await type('correct horse')
    await press('Tab', 'Enter')
    await eventually(() => expect(find<HTMLInputElement>(root, 'input#password').type).toBe('text'))
    await press('Tab', 'Enter')
    await eventually(() => expect(client.store.getState().me?.username).toBe('ann'))
  },
}

/** Nothing is announced here: the focus goes to what is to be read. */
export const ScreenReaderTranscript: Story = {
  name: 'Screen reader transcript',
  parameters: { scene: refusing('unauthenticated') },
  render: onStage(({ element }) => {
    const box = document.createElement('div')
    box.className = 'beside'
    const form = element('collab-sign-in')
    box.append(form, transcriptOf(form).panel)
    return box
  }),
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await toAccount(root)
    await press('Enter')
    await write(root, { username: 'ann', password: 'wrong' })
    await press('Enter')
    await eventually(() => expect(focused()?.id).toBe('form-error'))
    await expect(find(root, '.transcript').textContent).toContain('don’t match')
  },
}
