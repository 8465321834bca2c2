import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sourcesOfElements } from '../manifest.ts'
import type { Source } from './analyzer.ts'
import { manifestOf } from './manifest.ts'
import { elementsOf, literalsOf } from './model.ts'
import { type Exemption, metadataProblems } from './problems.ts'

const COMPONENTS = resolve(import.meta.dirname, '../../../components')

const EXEMPT: Exemption[] = [
  {
    element: 'avatar-stack',
    kind: 'part',
    name: 'notice-button',
    reason: 'It takes the words of the notice alone, as its label.',
  },
  {
    element: '*',
    kind: 'state',
    name: 'system-font',
    reason: 'The font for a page that never chose one is nothing to be styled by.',
  },
  {
    element: '*',
    kind: 'token',
    name: '--collab-cursor-color',
    reason: 'It is given to templates of cursors, and told at their slot.',
  },
  {
    element: 'activity-room',
    kind: 'token',
    name: '--collab-chat-block-size',
    reason: 'It is set for the chat inside, which fills the sidebar.',
  },
  {
    element: 'collab-messages',
    kind: 'event',
    name: 'CollabSendEvent',
    reason: 'Sending is one module for all elements of a chat; this one only sends again.',
  },
]

/** A base, an event and an element, in which `change` may plant something. */
function planted(change: (source: Source) => string = ({ text }) => text): Source[] {
  const sources: Source[] = [
    {
      path: 'src/index.ts',
      text: `export { Base } from './base.ts'
        export { PlainElement } from './plain/plain.ts'`,
    },
    {
      path: 'src/base.ts',
      text: `import { CollabTickEvent } from './tick.ts'
        export type Look = 'light' | 'dark'
        /** @fires {CollabTickEvent} collab-tick - Time goes on. */
        export abstract class Base extends LitElement {
          static readonly properties = { look: { reflect: true }, serviceUrl: { attribute: 'service-url' } }
          /** How it looks. Default \`light\`. */
          declare look: Look | undefined
          /** Where. Default: the page's own. */
          declare serviceUrl: string | undefined
          protected secret = 1
          #own = 2
          protected render() { this.dispatchEvent(new CollabTickEvent({ at: 1 })) }
        }`,
    },
    {
      path: 'src/tick.ts',
      text: `/** Time goes on. */
        export class CollabTickEvent extends CustomEvent<{ at: number }> {}`,
    },
    {
      path: 'src/plain/plain.ts',
      text: `import { Base } from '../base.ts'
        import { row } from './row.ts'
        /**
         * Says something.
         * @tag collab-plain
         * @summary Something.
         * @slot - What it is about.
         * @csspart row - A line.
         * @cssprop --collab-gap - Room between lines.
         * @cssState busy - It works.
         */
        export class PlainElement extends Base {
          static override readonly properties = { open: { type: Boolean }, inner: { state: true } }
          /** Whether it can be seen. */
          declare open: boolean
          declare private inner: string
          /** Shows it. */
          show(): void { this.setState('busy', true) }
          override focus(): void {}
          protected override render() { return html\`<slot></slot>\${row}\` }
        }`,
    },
    {
      path: 'src/plain/row.ts',
      text: "export const row = html`<p part=${on ? 'row' : nothing}></p>`\nexport const styles = css`p { gap: var(--collab-gap) }`",
    },
  ]
  return sources.map((source) => ({ ...source, text: change(source) }))
}

const plant = (path: string, before: string, after: string) =>
  metadataProblems(
    planted((source) => (source.path === path ? source.text.replace(before, after) : source.text)),
  )

describe('the documentation of the elements', () => {
  it('describes everything that is public, and says the same as the code', () => {
    expect(metadataProblems(sourcesOfElements(), EXEMPT)).toEqual([])
  })

  it('names modules that are published, where each element is registered', () => {
    const { exports } = JSON.parse(readFileSync(resolve(COMPONENTS, 'package.json'), 'utf8')) as {
      exports: Record<string, Record<string, string>>
    }
    const elements = elementsOf(manifestOf(sourcesOfElements()))
    expect(elements.length).toBeGreaterThan(0)
    for (const { tagName, module } of elements) {
      const entry = exports[`./${tagName}`]
      expect(entry?.['default']).toBe(`./${module}`)
      expect(existsSync(resolve(COMPONENTS, entry?.['collab-kit-source'] ?? ''))).toBe(true)
    }
  })
})

describe('the manifest', () => {
  const [plain] = elementsOf(manifestOf(planted()))

  it('has what an element inherits, and from where', () => {
    expect(plain?.superclass).toEqual({ name: 'Base', module: 'dist/index.js' })
    expect(plain?.attributes).toEqual([
      expect.objectContaining({ name: 'open', type: { text: 'boolean' }, default: 'false' }),
      {
        name: 'look',
        fieldName: 'look',
        type: { text: "'light' | 'dark'" },
        default: "'light'",
        description: 'How it looks. Default `light`.',
        inheritedFrom: { name: 'Base', module: 'dist/index.js' },
      },
      expect.not.objectContaining({ default: expect.anything() }),
    ])
    expect(literalsOf(plain?.attributes?.[1]?.type)).toEqual(['light', 'dark'])
  })

  it('keeps private what is private, and leaves out what the browser or Lit calls', () => {
    expect(plain?.members?.map(({ name }) => name)).toEqual(['open', 'show', 'look', 'serviceUrl'])
  })

  it('has events by their declared names alone, with the class and its detail', () => {
    expect(plain?.events).toEqual([
      expect.objectContaining({
        name: 'collab-tick',
        type: {
          text: 'CollabTickEvent',
          references: [{ name: 'CollabTickEvent', module: 'dist/index.js', start: 0, end: 15 }],
        },
      }),
    ])
    const classes = manifestOf(planted()).modules.at(-1)?.declarations ?? []
    expect(classes.find(({ name }) => name === 'CollabTickEvent')?.members).toEqual([
      expect.objectContaining({ name: 'detail', type: { text: '{ at: number }' } }),
    ])
  })

  it('is the same at every reading', () => {
    expect(JSON.stringify(manifestOf(planted()))).toBe(JSON.stringify(manifestOf(planted())))
  })

  it('needs a declared field for every property', () => {
    const sources = planted(({ text }) => text.replace('declare open: boolean', ''))
    expect(() => manifestOf(sources)).toThrow('the property open has no declared field')
  })
})

describe('the gate', () => {
  const element = 'src/plain/plain.ts'

  it('finds nothing where all is well', () => {
    expect(metadataProblems(planted())).toEqual([])
  })

  interface Planted {
    what: string
    path: string
    before: string
    after: string
    problem: string
  }
  const rows = (
    ...list: [what: string, path: string, before: string, after: string, problem: string][]
  ) =>
    list.map(([what, path, before, after, problem]): Planted => ({
      what,
      path,
      before,
      after,
      problem,
    }))
  const [base, row] = ['src/base.ts', 'src/plain/row.ts']

  it.each(
    rows(
      ['property', element, '/** Whether it can be seen. */', '', '"open" of its members has'],
      ['method', element, '/** Shows it. */', '', '"show" of its members has no description'],
      ['part', element, 'row - A line.', 'row', '"row" of its cssParts has no description'],
      ['inherited property', base, '/** Where.', '/* Where.', '"serviceUrl" of its members'],
      ['element', element, '@summary Something.', '', 'has no @summary'],
    ),
  )('misses a description: $what', ({ path, before, after, problem }) => {
    expect(plant(path, before, after).join('\n')).toContain(problem)
  })

  it.each(
    rows(
      ['part', row, "'row'", "'line'", 'the part "line" is used'],
      ['slot', element, '<slot>', '<slot name="end">', 'the slot "end" is used'],
      ['token', row, '--collab-gap', '--collab-room', 'the token "--collab-room" is used'],
      ['state', element, "'busy'", "'slow'", 'the state "slow" is used'],
      ['event', base, '@fires', 'no', 'the event "CollabTickEvent" is used'],
    ),
  )('finds what is used and not documented: $what', ({ path, before, after, problem }) => {
    expect(plant(path, before, after)).toContain(`<collab-plain>: ${problem} but not documented.`)
  })

  it.each(
    rows(
      ['part', element, 'part row', 'part line', 'the part "line" is documented'],
      ['slot', element, 'slot -', 'slot end -', 'the slot "end" is documented'],
      [
        'token',
        element,
        '--collab-gap',
        '--collab-room',
        'the token "--collab-room" is documented',
      ],
      ['state', element, 'State busy', 'State slow', 'the state "slow" is documented'],
      ['event', base, 'new CollabTickEvent', 'new Event', 'the event "collab-tick" is documented'],
    ),
  )('finds what is documented and not used: $what', ({ path, before, after, problem }) => {
    expect(plant(path, before, after)).toContain(`<collab-plain>: ${problem} but not used.`)
  })

  it('finds an exemption that is needed no more', () => {
    const stale: Exemption = { element: '*', kind: 'part', name: 'gone', reason: 'It was there.' }
    expect(metadataProblems(planted(), [stale])).toEqual([
      'The part "gone" needs no exemption any more.',
    ])
  })
})
