import { z } from 'zod'

/** `limit` and `cursor` of every list. */
export const page = {
  limit: z.int().min(1).max(200).default(50),
  cursor: z.string().max(512).optional().meta({ errorCode: 'invalid_cursor' }),
}

/** `{ items, nextCursor?, total? }`. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().optional(),
    total: z.int().optional(),
  })

export const Nothing = z.object({}).meta({ id: 'Nothing' })
