import { LiveCursorsElement } from './live-cursors.ts'

export { LiveCursorsElement } from './live-cursors.ts'

LiveCursorsElement.define()
