import type { CollabSendEvent } from '@collab-kit/components'

document.body.addEventListener('collab-send', (event: CollabSendEvent) => {
  if (/password/i.test(event.detail.body)) event.preventDefault()
})
