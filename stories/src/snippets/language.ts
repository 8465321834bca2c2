import { registerLocale } from '@collab-kit/components'

registerLocale('nl', {
  send: 'Versturen',
  composerPlain: 'Bericht',
  members: (formats, count) => formats.plural(count, { one: '# lid', other: '# leden' }),
})
