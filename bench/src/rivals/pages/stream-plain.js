import { MessageList } from 'stream-chat-react'
import { streamPage } from './stream-page.js'

const newest = () => document.querySelector('.str-chat__ul')?.lastElementChild

globalThis.rival = streamPage(MessageList, newest)
