import { type Preview, setCustomElementsManifest } from '@storybook/web-components-vite'
import manifest from '@collab-kit/components/custom-elements.json'
import { installStoryTime } from '../src/scripted/index.ts'
import { announce } from '../src/stage/catalogue.ts'
import { publicFace, watchFor } from '../src/stage/coverage.ts'
import { globalTypes, initialGlobals } from '../src/stage/globals.ts'
import { markupOf } from '../src/stage/markup.ts'
import { clearedAfter, settledIn } from '../src/stage/stage.ts'
import '../src/stage/stage.css'

/** What a context can do and its type does not say. */
interface Rendering {
  renderToCanvas: () => Promise<void>
}

installStoryTime()
setCustomElementsManifest(manifest)
const face = publicFace(manifest)
watchFor(face)
announce(face)

const preview: Preview = {
  tags: ['autodocs'],
  globalTypes,
  initialGlobals: { ...initialGlobals },
  // What a play function, the accessibility panel or a check looks at has come to rest.
  mount: (context) => async () => {
    await (context as unknown as Rendering).renderToCanvas()
    await settledIn(context.canvasElement)
    return context.canvas
  },
  beforeEach: ({ canvasElement }) => clearedAfter(canvasElement),
  parameters: {
    layout: 'fullscreen',
    a11y: {
      test: 'error',
      options: {
        runOnly: {
          type: 'tag',
          values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        },
      },
      // The page around an element is the page's own.
      config: {
        rules: [
          { id: 'region', enabled: false },
          { id: 'page-has-heading-one', enabled: false },
          { id: 'landmark-one-main', enabled: false },
        ],
      },
    },
    controls: { expanded: true },
    docs: { source: { type: 'code', language: 'html', transform: markupOf }, toc: true },
    options: {
      storySort: {
        order: ['Start', 'Guides', 'Foundations', 'Components', 'React', 'Playground'],
      },
    },
  },
}

export default preview
