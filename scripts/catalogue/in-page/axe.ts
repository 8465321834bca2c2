import { deep } from '../../../stories/src/stage/deep.ts'
import { isShown, stage } from './page.ts'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Rules about the page around, which is the page's own. */
const NOT_OURS = ['region', 'page-has-heading-one', 'landmark-one-main']

/** Rules that look at what is drawn, not at what is there. */
const VISUAL = [
  'color-contrast',
  'target-size',
  'link-in-text-block',
  'scrollable-region-focusable',
]

/** From here on a story is so long that it is looked at once for each width, language and set of colours. */
const MANY = 4000

type Kind = 'structure' | 'look'

const seen = new Map<string, Promise<string[]>>()

/** What axe finds. The same story standing the same way has the same findings: it is asked once. */
export async function findings(): Promise<string[]> {
  const { structure, look } = stand()
  const structural = await once(`structure\n${structure}`, 'structure')
  const visual = await once(`look\n${structure}\n${look}`, 'look')
  return [...structural, ...visual]
}

function once(key: string, kind: Kind): Promise<string[]> {
  const known = seen.get(key) ?? run(kind)
  seen.set(key, known)
  return known
}

/** How the story stands: as markup with what is visible, and as colours and places. */
function stand(): Record<Kind, string> {
  const structure: string[] = []
  const look: string[] = [String(isForced()), String(innerWidth)]
  const elements = [...deep(stage())]
  for (const element of elements) {
    const shown = isShown(element)
    structure.push(`${element.localName} ${shown} ${attributesOf(element)} ${textOf(element)}`)
    if (!shown) continue
    const { color, backgroundColor, fontSize, fontWeight } = getComputedStyle(element)
    const { left, top, width, height } = element.getBoundingClientRect()
    const place = elements.length > MANY ? [] : [left, top, width, height]
    look.push([color, backgroundColor, fontSize, fontWeight, ...place].join(' '))
  }
  const many = elements.length > MANY
  return {
    structure: many ? `${stage().lang} ${innerWidth}` : structure.join('\n'),
    look: (many ? [...new Set(look)] : look).join('\n'),
  }
}

const attributesOf = (element: Element): string =>
  [...element.attributes]
    .filter(({ name }) => name !== 'style')
    .map(({ name, value }) => `${name}=${value}`)
    .join(' ')

const textOf = (element: Element): string =>
  [...element.childNodes].map((node) => (node instanceof Text ? node.data : '')).join('')

const isForced = (): boolean => matchMedia('(forced-colors: active)').matches

async function run(kind: Kind): Promise<string[]> {
  const away = kind === 'look' ? outOfSight() : []
  const context = { include: [stage()], ...(away.length > 0 && { exclude: away }) }
  const { violations } = await window.axe.run(context, {
    ...rulesOf(kind),
    resultTypes: ['violations'],
  })
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, html, failureSummary = '' }) => {
      const why = failureSummary.split('\n').slice(1).join(' ')
      return `${id}: ${target.flat().join(' › ')} ${html.slice(0, 100)} ${why}`
    }),
  )
}

function rulesOf(kind: Kind): object {
  if (kind === 'look') {
    // In forced colours the person's own are drawn, while computed styles still tell the page's.
    const values = VISUAL.filter((id) => id !== 'color-contrast' || !isForced())
    return { runOnly: { type: 'rule', values } }
  }
  // A text that was made longer at its end is no longer the beginning of a longer one.
  const pseudo = stage().lang === 'en-XA' ? ['label-content-name-mismatch'] : []
  const off = [...NOT_OURS, ...VISUAL, ...pseudo].map((id) => [id, { enabled: false }])
  return { runOnly: { type: 'tag', values: TAGS }, rules: Object.fromEntries(off) as object }
}

/** Rows that are scrolled away: the browser has not drawn them, and their places say nothing. */
function outOfSight(): Element[] {
  return [...deep(stage())].filter(scrolls).flatMap((scroller) => {
    const { top, bottom } = scroller.getBoundingClientRect()
    return [...scroller.querySelectorAll('article')].filter((row) => {
      const place = row.getBoundingClientRect()
      return place.bottom < top || place.top > bottom
    })
  })
}

const scrolls = (element: Element): boolean =>
  ['auto', 'scroll'].includes(getComputedStyle(element).overflowY)
