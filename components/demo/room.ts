import '../src/features/activity-room/index.ts'
import { roomScenes } from './room-scenes.ts'

// ?scene=full&theme=dark&dir=rtl&lang=de
const wanted = new URLSearchParams(location.search)
document.documentElement.dir = wanted.get('dir') ?? 'ltr'
document.documentElement.lang = wanted.get('lang') ?? 'en'
document.documentElement.style.colorScheme = wanted.get('theme') ?? ''

const scene = roomScenes[wanted.get('scene') ?? 'full'] ?? roomScenes['full']
if (!scene) throw new Error('There are no scenes.')
const room = document.createElement('activity-room')
scene(room)
document.body.append(room)
