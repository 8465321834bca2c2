import '../src/features/collab-chat/index.ts'
import '../src/features/collab-sign-in/index.ts'
import type { Density, Theme } from '../src/kit/element.ts'
import { fakeClient } from './fake-client.ts'
import { scenes } from './scenes.ts'

// ?scene=full&theme=dark&dir=rtl&density=compact&brand=%230f766e
const wanted = new URLSearchParams(location.search)
const scene = scenes[wanted.get('scene') ?? 'full'] ?? scenes['full']

document.documentElement.dir = wanted.get('dir') ?? 'ltr'
document.documentElement.style.colorScheme = wanted.get('theme') ?? ''
const brand = wanted.get('brand')
if (brand) document.documentElement.style.setProperty('--collab-brand', brand)

const chat = document.createElement('collab-chat')
chat.chatId = 'lobby'
chat.theme = (wanted.get('element-theme') as Theme | null) ?? undefined
chat.density = (wanted.get('density') as Density | null) ?? undefined
chat.client = fakeClient({ state: scene?.() ?? {} })
document.body.append(chat)
