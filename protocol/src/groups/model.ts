import { z } from 'zod'
import { GroupName, Timestamp } from '../kit/ids.ts'

export const Group = z
  .object({
    name: GroupName,
    description: z.string().optional(),
    memberCount: z.int(),
    createdAt: Timestamp,
  })
  .meta({ id: 'Group', description: 'People who are permitted something together.' })
export type Group = z.output<typeof Group>

export const Description = z.string().max(640).meta({ id: 'Description' })
