import { z } from 'zod'
import { GroupName, Username } from '../kit/ids.ts'
import { listOf, Nothing, page } from '../kit/list.ts'
import { command, query } from '../kit/operation.ts'
import {
  activityRemoved,
  participantRemoved,
  permissionsChanged as activityPermissionsChanged,
} from '../activities/events.ts'
import { permissionsChanged } from '../chat/events.ts'
import { User } from '../users/model.ts'
import { Description, Group } from './model.ts'

export const listGroups = query('groups.listGroups', {
  summary: 'The groups you are in, by name; for admins all of them.',
  rest: 'GET /groups',
  access: 'signed_in',
  input: z.strictObject(page),
  output: listOf(Group),
})

export const getGroup = query('groups.getGroup', {
  summary: 'One group and its members by name; for its members and admins.',
  rest: 'GET /groups/{name}',
  access: 'signed_in',
  input: z.strictObject({ name: GroupName, ...page }),
  output: Group.extend({ members: listOf(User) }),
})

export const listGroupsOfUser = query('groups.listGroupsOfUser', {
  summary: 'The groups that a person is in: all of yourself, of others those you are in too.',
  rest: 'GET /users/{username}/groups',
  access: 'signed_in',
  input: z.strictObject({ username: Username, ...page }),
  output: listOf(Group),
})

export const createGroup = command('groups.createGroup', {
  summary: 'Make a group.',
  rest: 'POST /groups',
  access: 'admin',
  input: z.strictObject({
    name: GroupName,
    description: Description.optional(),
    members: z.array(Username).max(200).optional(),
  }),
  output: Group,
  errors: ['already_exists'],
})

export const updateGroup = command('groups.updateGroup', {
  summary: 'Change what is said of a group.',
  rest: 'PATCH /groups/{name}',
  access: 'admin',
  input: z.strictObject({ name: GroupName, description: Description.nullable() }),
  output: Group,
})

export const deleteGroup = command('groups.deleteGroup', {
  summary: 'Drop a group and what it was permitted; repeating it changes nothing.',
  rest: 'DELETE /groups/{name}',
  access: 'admin',
  input: z.strictObject({ name: GroupName }),
  output: Nothing,
  emits: [permissionsChanged, activityPermissionsChanged, participantRemoved, activityRemoved],
})

const members = z.strictObject({
  name: GroupName,
  usernames: z.array(Username).min(1).max(200),
})

export const addGroupMembers = command('groups.addGroupMembers', {
  summary: 'Put people into a group; those who are in it stay.',
  rest: 'POST /groups/{name}/members',
  access: 'admin',
  input: members,
  output: Group,
  emits: [permissionsChanged, activityPermissionsChanged, participantRemoved, activityRemoved],
})

export const removeGroupMembers = command('groups.removeGroupMembers', {
  summary: 'Take people out of a group; they lose at once what only it permitted.',
  rest: 'POST /groups/{name}/members/remove',
  access: 'admin',
  input: members,
  output: Group,
  emits: [permissionsChanged, activityPermissionsChanged, participantRemoved, activityRemoved],
})
