// The tags themselves, typed by `@collab-kit/components/jsx`: what compiles, and what must not.
import type { CollabClient } from '@collab-kit/client'
import type { CollabChatElement } from '@collab-kit/components'
import type {} from '@collab-kit/components/jsx'
import { createRef } from 'react'

declare const client: CollabClient

export const tags = [
  <collab-provider key="provider" service-url="https://chat.example" token="token">
    <collab-chat chat-id="lobby" />
  </collab-provider>,
  <collab-chat
    key="all"
    ref={createRef<CollabChatElement>()}
    chat-id="lobby"
    heading-level={3}
    readonly
    client={client}
    className="wide"
    slot="side"
    oncollab-send={(event) => event.preventDefault()}
    oncollab-sent={({ detail }) => detail.message.seq.toFixed()}
    onClick={(event) => event.currentTarget.markRead()}
  />,
  // @ts-expect-error there is no such attribute
  <collab-chat key="attribute" chat="lobby" />,
  // @ts-expect-error the values of an attribute are the element's
  <collab-chat key="value" theme="pink" />,
  // @ts-expect-error an event has the detail of its class
  <collab-chat key="detail" oncollab-sent={({ detail }) => detail.shouted} />,
  // @ts-expect-error React hears events by their whole name
  <collab-chat key="event" onSent={() => {}} />,
  // @ts-expect-error there is no such element
  <collab-chart key="element" />,
]
