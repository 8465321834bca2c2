import { z } from 'zod'
import { GroupName, Username } from './ids.ts'

const named = { user: Username, group: GroupName }

/** Whom permissions are granted to: one of these words, `group:NAME` or `user:NAME`. */
export const subject = (words: readonly string[]) =>
  z
    .string()
    .min(1)
    .max(168)
    .refine(
      (value) => {
        const [kind = '', ...name] = value.split(':')
        if (kind === 'user' || kind === 'group')
          return named[kind].safeParse(name.join(':')).success
        return words.includes(value)
      },
      {
        message: `a subject is ${words.join(', ')}, group:NAME or user:NAME`,
        params: { reason: 'invalid_subject' },
      },
    )
