import type { CDPSession } from '@playwright/test'

/** A thing as assistive technology is told of it. */
export interface Told {
  role: string
  name: string
  description: string
  /** Such as `busy`, `focusable`, `posinset`, `live`. */
  states: Record<string, unknown>
}

/** Everything on the page that is not left out, in the order of the tree. */
export async function treeOf(devtools: CDPSession): Promise<Told[]> {
  const { nodes } = await devtools.send('Accessibility.getFullAXTree')
  return nodes
    .filter(({ ignored }) => !ignored)
    .map(({ role, name, description, properties = [] }) => ({
      role: String(role?.value ?? ''),
      name: String(name?.value ?? ''),
      description: String(description?.value ?? ''),
      states: Object.fromEntries(properties.map((each) => [each.name, each.value.value])),
    }))
}
