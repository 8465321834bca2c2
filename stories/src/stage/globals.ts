import type { WireName } from '../scripted/index.ts'

/** What the toolbar sets. */
export interface CatalogueGlobals {
  theme: 'system' | 'light' | 'dark'
  brand: string
  density: 'default' | 'compact' | 'cozy' | 'roomy'
  direction: 'auto' | 'ltr' | 'rtl'
  locale: string
  width: string
  motion: 'full' | 'none'
  contrast: 'normal' | 'more'
  backend: 'scripted' | 'local' | 'two'
  wire: WireName
}

export const brands = {
  default: '',
  teal: '#0f766e',
  orange: '#ea580c',
  crimson: '#be123c',
  yellow: '#facc15',
  sky: '#38bdf8',
  black: '#111827',
} as const

const DENSITIES = { default: '', compact: '-1', cozy: '0', roomy: '1' } as const
const RTL = /^(ar|fa|he|ur)\b/

/**
 * Makes a part of a page look as the toolbar says, by nothing a page could not do as well: `lang`, `dir`,
 * `color-scheme` and public tokens.
 */
export function dress(root: HTMLElement, globals: CatalogueGlobals): void {
  const { theme, brand, density, direction, locale, width, motion, contrast } = globals
  root.lang = locale
  root.dir = direction === 'auto' ? (RTL.test(locale) ? 'rtl' : 'ltr') : direction
  const more = contrast === 'more'
  const styles: Record<string, string> = {
    'color-scheme': theme === 'system' ? 'light dark' : theme,
    'max-inline-size': width === 'full' ? '' : `${width}px`,
    '--collab-brand': brands[brand as keyof typeof brands] ?? brand,
    '--collab-density': DENSITIES[density],
    '--collab-motion': motion === 'none' ? '0' : '',
    '--collab-border': more ? 'light-dark(#5d616b, #a5a9b4)' : '',
    '--collab-text-quiet': more ? 'light-dark(#1b1c21, #ecedf0)' : '',
  }
  for (const [name, value] of Object.entries(styles)) {
    if (value) root.style.setProperty(name, value)
    else root.style.removeProperty(name)
  }
}

type Choice = { value: string; title: string }
const choices = (values: Record<string, string>): Choice[] =>
  Object.entries(values).map(([value, title]) => ({ value, title }))

const tool = <I extends string>(title: string, icon: I, values: Record<string, string>) => ({
  description: title,
  toolbar: { title, icon, items: choices(values), dynamicTitle: true },
})

export const initialGlobals: CatalogueGlobals = {
  theme: 'system',
  brand: 'default',
  density: 'default',
  direction: 'auto',
  locale: 'en',
  width: 'full',
  motion: 'full',
  contrast: 'normal',
  backend: 'scripted',
  wire: 'good',
}

export const globalTypes = {
  theme: tool('Theme', 'contrast', {
    system: 'Theme of the system',
    light: 'Light',
    dark: 'Dark',
  }),
  brand: tool('Brand', 'paintbrush', {
    default: 'Default brand',
    teal: 'Teal',
    orange: 'Orange',
    crimson: 'Crimson',
    yellow: 'Yellow',
    sky: 'Sky',
    black: 'Black',
  }),
  density: tool('Density', 'component', {
    default: 'Density of the element',
    compact: 'Compact',
    cozy: 'Cozy',
    roomy: 'Roomy',
  }),
  direction: tool('Direction', 'transfer', {
    auto: 'Direction of the language',
    ltr: 'Left to right',
    rtl: 'Right to left',
  }),
  locale: tool('Language', 'globe', {
    en: 'English',
    de: 'Deutsch',
    ar: 'العربية',
    ja: '日本語',
    'en-XA': 'Long and accented (en-XA)',
    'ar-XB': 'Mirrored (ar-XB)',
  }),
  width: tool('Width', 'grow', {
    full: 'Full width',
    240: '240 px',
    320: '320 px',
    480: '480 px',
    768: '768 px',
    1280: '1280 px',
  }),
  motion: tool('Motion', 'lightning', { full: 'Motion', none: 'No motion' }),
  contrast: tool('Contrast', 'eye', { normal: 'Usual contrast', more: 'More contrast' }),
  backend: tool('Service', 'database', {
    scripted: 'Scripted service',
    local: 'Service at localhost:4000',
    two: 'Two people side by side',
  }),
  wire: tool('Wire', 'transfer', {
    good: 'Good wire',
    far: '250 ms',
    slow: '1.5 s',
    lossy: '250 ms, 10 % lost',
  }),
}
