import '@collab-kit/components/collab-chat'
import { calibrate } from './paint.ts'
import { open } from './open.ts'
import { Stage } from './stage.ts'

/** What the page does for a measurement. */
export interface InPage {
  calibrate: typeof calibrate
  open: typeof open
  stage: Stage
}

declare global {
  interface Window {
    bench: InPage
  }
}

window.bench = { calibrate, open, stage: new Stage() }
