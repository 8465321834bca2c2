import { findings } from './axe.ts'
import { blur, focus, toStart } from './focus.ts'
import { overflow } from './overflow.ts'
import { rest, stage } from './page.ts'
import { ring } from './ring.ts'

// Runs in the page of a story; the other side is story.ts.
window.collabChecks = {
  async dress({ theme, dir, locale, fontSize }) {
    const root = stage()
    root.style.colorScheme = theme
    root.dir = dir
    root.lang = locale
    if (fontSize) root.style.setProperty('--collab-font-size', fontSize)
    else root.style.removeProperty('--collab-font-size')
    await rest()
  },
  look: async () => [...(await findings()), ...overflow()],
  toStart,
  focus,
  blur,
  ring,
}
