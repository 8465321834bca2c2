import '@collab-kit/components/collab-chat'
import type { Meta, StoryObj } from '@storybook/web-components-vite'
import { expect } from 'storybook/test'
import { scenes } from '../scripted/index.ts'
import theme from '../snippets/theme.css?raw'
import { find } from '../stage/deep.ts'
import { onStage } from '../stage/stage.ts'

const meta: Meta = {
  title: 'Guides/Theming',
  tags: ['!autodocs'],
  parameters: { scene: scenes.filled },
}
export default meta

/** The style sheet of the page above, as it stands there. */
export const TenLines: StoryObj = {
  name: 'Ten lines',
  render: onStage(({ element }) => {
    const box = document.createElement('div')
    const style = document.createElement('style')
    style.textContent = `@scope { ${theme} }`
    box.append(style, element('collab-chat', { chatId: 'lobby' }))
    return box
  }),
  play: async ({ canvasElement }) => {
    const { fontFamily } = getComputedStyle(find(canvasElement, '[part~=title]'))
    await expect(fontFamily).toContain('Georgia')
  },
}
