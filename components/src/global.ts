// What `/collab.global.js` is: everything in one classic script, registered at once; `window.Collab` holds the exports.
import { setDefaultServiceUrl } from './kit/default-service.ts'
import './features/collab-provider/index.ts'
import './features/collab-chat/index.ts'
import './features/collab-composer/index.ts'
import './features/collab-messages/index.ts'
import './features/collab-sign-in/index.ts'
import './features/activity-room/index.ts'
import './features/live-cursors/index.ts'
import './features/presence-list/index.ts'
import './features/presence-status/index.ts'
import './features/avatar-stack/index.ts'

export { createCollab } from '@collab-kit/client'
export * from './index.ts'

// Only a classic script has it; one that a loader puts in as text connects to where `service-url` says.
const script = globalThis.document?.currentScript
if (script instanceof HTMLScriptElement && script.src) setDefaultServiceUrl(script.src)
