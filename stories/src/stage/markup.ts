import type { StoryContext } from '@storybook/web-components-vite'

/** What of a client or of functions is given by script, and what HTML can say. */
type Sayable = string | number | true

/** The HTML of a story: its own, by the parameter `markup`, or its element with its args. */
export function markupOf(code: string, { parameters, component, args }: StoryContext): string {
  const own = parameters['markup'] as string | undefined
  if (own !== undefined) return own
  if (typeof component !== 'string') return code
  const attributes = Object.entries(args)
    .filter((entry): entry is [string, Sayable] => isSayable(entry[1]))
    .map(([name, value]) => (value === true ? kebab(name) : `${kebab(name)}="${value}"`))
  return `<${[component, ...attributes].join(' ')}></${component}>`
}

const isSayable = (value: unknown): value is Sayable =>
  value === true || typeof value === 'string' || typeof value === 'number'

const kebab = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
