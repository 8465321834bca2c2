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
room.innerHTML = `<form>
  <label data-collab-anchor="title">Title<input data-collab-bind="form.title" value="Untitled" /></label>
  <label data-collab-anchor="summary">Summary<textarea rows="4" data-collab-bind="form.summary"></textarea></label>
  <label>Channel<select data-collab-bind="form.channel"><option>Stable</option><option>Beta</option></select></label>
  <label class="row"><input type="checkbox" data-collab-bind="form.ready" />Ready to ship</label>
</form>`
Object.assign(room, { activityType: 'form', activityId: 'release' })
scene(room)
document.body.append(room)
