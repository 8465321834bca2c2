import type { Page } from 'playwright'

/** Roles that say nothing without a name. */
const NAMED = new Set([
  'button',
  'link',
  'textbox',
  'searchbox',
  'checkbox',
  'radio',
  'switch',
  'slider',
  'combobox',
  'listbox',
  'option',
  'menuitem',
  'tab',
  'dialog',
  'alertdialog',
  'region',
  'feed',
  'article',
  'heading',
  'image',
])

interface Value {
  value?: unknown
}

/** What assistive technology would meet without a name, by the browser's own accessibility tree. */
export async function emptyNames(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  try {
    const { nodes } = await session.send('Accessibility.getFullAXTree')
    return nodes
      .filter(({ ignored, role }) => !ignored && NAMED.has(String((role as Value)?.value)))
      .filter(({ name }) => String((name as Value | undefined)?.value ?? '').trim() === '')
      .map(({ role, description }) => `name: a ${role?.value} has none ${description?.value ?? ''}`)
  } finally {
    await session.detach()
  }
}
