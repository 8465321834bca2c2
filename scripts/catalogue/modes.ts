import type { Page } from 'playwright'
import type { StoryWindow } from './window.ts'

/** One way a page can be shown. */
export interface Mode {
  name: string
  theme: 'light' | 'dark'
  dir: 'ltr' | 'rtl'
  /** Of the viewport, CSS pixels. */
  width: number
  locale: string
  media: { forcedColors?: 'active'; reducedMotion?: 'reduce'; contrast?: 'more' }
  /** Size of the elements' text; their own by default. */
  fontSize?: string
}

const HEIGHT = 800
const PLAIN: Omit<Mode, 'name'> = {
  theme: 'light',
  dir: 'ltr',
  width: 1280,
  locale: 'en',
  media: {},
}

/** Ordered so that the viewport is seldom changed; the first is the one a story is opened in. */
const matrix = [1280, 320].flatMap((width) =>
  (['light', 'dark'] as const).flatMap((theme) =>
    (['ltr', 'rtl'] as const).map((dir): Mode => ({
      ...PLAIN,
      name: `${theme} ${dir} ${width}`,
      theme,
      dir,
      width,
    })),
  ),
)

const special: Mode[] = [
  { ...PLAIN, name: 'forced colours', theme: 'dark', media: { forcedColors: 'active' } },
  { ...PLAIN, name: 'reduced motion', media: { reducedMotion: 'reduce' } },
  { ...PLAIN, name: 'contrast more', media: { contrast: 'more' } },
  // Half the usual width: what a text of twice its size has left on a common screen.
  { ...PLAIN, name: '200 % text', width: 640, fontSize: '30px' },
  { ...PLAIN, name: 'en-XA', width: 320, locale: 'en-XA' },
]

export const modes: readonly Mode[] = [...matrix, ...special]

/** Enough to notice that something is amiss. */
export const fewModes: readonly Mode[] = modes.filter(({ name }) =>
  ['light ltr 1280', 'dark rtl 320'].includes(name),
)

export const viewportOf = ({ width }: Pick<Mode, 'width'>) => ({ width, height: HEIGHT })

/** What media a page was last told. */
const told = new WeakMap<Page, string>()

/** Shows the story in another mode, without loading it again, and lets it come to rest. */
export async function show({ page, quiet }: StoryWindow, mode: Mode): Promise<void> {
  const viewport = viewportOf(mode)
  if (page.viewportSize()?.width !== viewport.width) await page.setViewportSize(viewport)
  const { forcedColors = null, reducedMotion = null, contrast = null } = mode.media
  const media = JSON.stringify(mode.media)
  if (told.get(page) !== media) await page.emulateMedia({ forcedColors, reducedMotion, contrast })
  told.set(page, media)
  const { theme, dir, locale, fontSize = '' } = mode
  const wanted = { theme, dir, locale, fontSize }
  await page.evaluate((dress) => window.collabChecks.dress(dress), wanted)
  if (locale === 'en') return
  // A language may have to be fetched first.
  await quiet()
  await page.evaluate((dress) => window.collabChecks.dress(dress), wanted)
}
