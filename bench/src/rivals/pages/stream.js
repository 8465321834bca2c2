import { VirtualizedMessageList } from 'stream-chat-react'
import { streamPage } from './stream-page.js'

const newest = () => document.querySelector('[data-test-id=virtuoso-item-list]')?.lastElementChild

globalThis.rival = streamPage(VirtualizedMessageList, newest)
