import type { activity } from './en/activity.ts'
import type { avatarStack } from './en/avatar-stack.ts'
import type { chat } from './en/chat.ts'
import type { composer } from './en/composer.ts'
import type { errors } from './en/errors.ts'
import type { failures } from './en/failures.ts'
import type { keyboardHelp } from './en/keyboard-help.ts'
import type { notices } from './en/notices.ts'
import type { options } from './en/options.ts'
import type { ownPresence } from './en/own-presence.ts'
import type { presence } from './en/presence.ts'
import type { presenceMore } from './en/presence-more.ts'
import type { said } from './en/said.ts'
import type { shared } from './en/shared.ts'
import type { signIn } from './en/sign-in.ts'

/** A whole catalogue; languages give a part of it, and English fills in. */
export type Messages = typeof shared &
  typeof avatarStack &
  typeof chat &
  typeof activity &
  typeof composer &
  typeof errors &
  typeof failures &
  typeof notices &
  typeof options &
  typeof said &
  typeof signIn &
  typeof presence &
  typeof presenceMore &
  typeof ownPresence &
  typeof keyboardHelp
