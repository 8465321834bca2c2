import type { chat } from './en/chat.ts'
import type { failures } from './en/failures.ts'
import type { keyboardHelp } from './en/keyboard-help.ts'
import type { notices } from './en/notices.ts'
import type { shared } from './en/shared.ts'
import type { signIn } from './en/sign-in.ts'

/** A whole catalogue; languages give a part of it, and English fills in. */
export type Messages = typeof shared &
  typeof chat &
  typeof failures &
  typeof notices &
  typeof signIn &
  typeof keyboardHelp
