import { z } from 'zod'

/** Most items of a page that is asked for. */
export const PageLimit = z.int().min(1).meta({
  id: 'PageLimit',
  limit: 'pageItems',
  description: 'Most items of the page, up to `pageItems`, 200 by default.',
})

/** `limit` and `cursor` of every list. */
export const page = {
  limit: PageLimit.default(50),
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
