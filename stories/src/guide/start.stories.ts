import '@collab-kit/components/collab-chat'
import type { Meta, StoryObj } from '@storybook/web-components-vite'
import { expect } from 'storybook/test'
import { scenes } from '../scripted/index.ts'
import embed from '../snippets/embed.html?raw'
import { findAll } from '../stage/deep.ts'
import { eventually } from '../stage/hand.ts'
import { onStage } from '../stage/stage.ts'

const meta: Meta = {
  title: 'Start',
  tags: ['!autodocs'],
  parameters: { scene: scenes.filled, markup: embed },
}
export default meta

/** The two lines of the page above, without the one that fetches the script: here it is bundled. */
export const TwoLines: StoryObj = {
  name: 'Two lines',
  render: onStage(({ client }) => {
    const place = document.createElement('div')
    place.innerHTML = embed.replace(/<script.*<\/script>/, '')
    for (const chat of place.querySelectorAll('collab-chat')) chat.client = client
    return place
  }),
  play: ({ canvasElement }) =>
    eventually(() => expect(findAll(canvasElement, '[part~=message]').length).toBeGreaterThan(5)),
}
