import type { Mutant } from './mutants.ts'

interface Survivor {
  /** File and function. */
  at: string
  /** What stands there. */
  original: string
  /** What stands there instead. Default: whatever. */
  replacement?: string
  reason: string
}

const INTERNAL = 'a command of the service itself, which no caller reaches'
const RACE = 'the same was asked before the transaction: it holds when something happens in between'
const TIME = 'about time, which stands still here: the conformance rules move the clock'
const TWICE = 'the line above or below refuses the same'
const SAME = 'the answer is the same either way'
const CLUSTER = 'what nodes tell each other: the cluster tests'

const ELSEWHERE = 'the conformance rules, and the tests beside it'

/** Checks that decide nothing that a cell could show, each with its reason. */
export const survivors: readonly Survivor[] = [
  {
    at: 'domains/activities/access.ts activityAccess',
    original: '!found',
    reason: 'who calls it refuses the same, without both parts of the name',
  },
  {
    at: 'domains/activities/joining.ts joinActivity.complete',
    original: '(turn?.outBy ?? 0) > head',
    reason: `one who is put out while they join: ${ELSEWHERE}`,
  },
  {
    at: 'domains/activities/store.ts participations.rows',
    original: ".where('left_at', 'is', null)",
    reason: 'who has left leaves again, and an export that lists it has no cell',
  },
  {
    at: 'domains/activities/store.ts peopleIn.rows',
    original: ".where('owner', '=', caller.username)",
    reason: `whom others have blocked is counted: ${ELSEWHERE}`,
  },
  {
    at: 'domains/activities/store.ts writeStates',
    original: " .where('left_at', 'is', null)",
    reason: INTERNAL,
  },
  {
    at: 'domains/activities/sweep.ts sweep',
    original: " .where('left_at', 'is not', null)",
    reason: `${INTERNAL}: the cluster tests`,
  },
  ...[
    { at: 'domains/presence/change.ts applyOwn', original: '!before' },
    {
      at: 'domains/presence/change.ts applyOne',
      original: " ?? new CollabError('unauthenticated')",
    },
  ].map((each) => ({ ...each, reason: 'who calls was found before' })),
  {
    at: 'domains/presence/places.ts mayWatch',
    original: 'place.owner === ctx.caller.username',
    replacement: 'true',
    reason: 'a list is named by who asks: its owner',
  },
  {
    at: 'domains/presence/questions.ts states.blocks',
    original: " .where('owner', 'in', readers as string[])",
    reason: 'spares rows: what others have blocked is not asked of',
  },
  {
    at: 'domains/presence/snapshot.ts seesAll',
    original: '!isPerson(caller)',
    replacement: 'false',
    reason: 'a key that acts for nobody may do what an admin may',
  },
  {
    at: 'domains/presence/snapshot.ts seesAll',
    original: "caller.role === 'system'",
    reason: INTERNAL,
  },
  ...[
    '!row || toState(row).gone || row.password_hash !== passwordHash',
    '!row',
    'toState(row).gone',
    'row.password_hash !== passwordHash',
  ].map((original) => ({ at: 'domains/auth/handlers.ts signIn.handle', original, reason: RACE })),
  {
    at: 'domains/auth/sign-ins.ts changePassword.handle',
    original: 'row?.password_hash !== passwordHash',
    reason: RACE,
  },
  {
    at: 'domains/auth/handlers.ts authModule.internal.openSignIn',
    original: '!locked',
    reason: INTERNAL,
  },
  {
    at: 'domains/auth/standing.ts standing',
    original: '!key',
    replacement: 'false',
    reason: 'keys end, and are never dropped',
  },
  {
    at: 'domains/auth/store.ts endSignIn',
    original: " .where('ended_at', 'is', null)",
    reason: SAME,
  },
  {
    at: 'domains/auth/store.ts revokeApiKey.result',
    original: " .where('revoked_at', 'is', null)",
    reason: SAME,
  },
  {
    at: 'domains/auth/store.ts endedSince.rows',
    original: ".where('ended_at', '>=', at)",
    reason: CLUSTER,
  },
  {
    at: 'domains/auth/store.ts revokedSince.rows',
    original: ".where('revoked_at', '>=', at)",
    reason: CLUSTER,
  },
  {
    at: 'domains/chat/grants.ts factsOf',
    original: '!chat.guarded',
    replacement: 'false',
    reason: 'spares a question whose answer is known',
  },
  {
    at: 'domains/chat/grants.ts factsOf.sanctions',
    original: " .where(({ or, eb }) => or([eb('until', 'is', null), eb('until', '>', now)]))",
    reason: TIME,
  },
  ...["!answer || answer === 'one_by_one'", '!answer', "answer === 'one_by_one'"].map(
    (original) => ({
      at: 'domains/chat/handlers.ts chatModule.handlers.sendMessage',
      original,
      reason: 'the access rule has refused who is no member',
    }),
  ),
  { at: 'domains/chat/import.ts importMessages', original: '!chat', reason: INTERNAL },
  {
    at: 'domains/chat/member-streams.ts chatStreamsLeft.rows',
    original: " .where('stream', '=', userStream(caller.username))",
    reason: 'of these only what the caller stood in is told, as ended',
  },
  {
    at: 'domains/streams/handlers.ts readableAmong',
    original: "key?.kind === 'activity'",
    replacement: 'true',
    reason: SAME,
  },
  {
    at: 'domains/chat/people.ts blockersAmong.rows',
    original: " .where('owner', 'in', people)",
    reason: 'spares rows: only names among these people are looked for',
  },
  {
    at: 'domains/chat/rules.ts isOpen',
    original: "kind !== 'direct'",
    replacement: 'true',
    reason: 'a direct chat is always private',
  },
  {
    at: 'domains/chat/rules.ts holdsAll',
    original: "chat.kind === 'direct'",
    replacement: 'false',
    reason: 'a direct chat has no maker and no owners',
  },
  {
    at: 'domains/chat/send.ts sendOne',
    original: 'chatId === undefined',
    reason: 'a chat of no id has no members',
  },
  {
    at: 'domains/contacts/handlers.ts countOf.row',
    original: " .where('owner', '=', owner)",
    reason: 'counts against a limit',
  },
  ...['row', 'user'].map((original) => ({
    at: 'domains/contacts/handlers.ts contactsModule.handlers.updateContact',
    original,
    reason: TWICE,
  })),
  {
    at: 'domains/streams/tickets.ts ticketCommands.useTicket',
    original: 'Date.parse(row.created_at) + FRESH_MS < Date.parse(ctx.now)',
    reason: TIME,
  },
  {
    at: 'domains/streams/tickets.ts ticketCommands.useTicket',
    original: 'row.used_at !== null',
    reason: TWICE,
  },
  {
    at: 'domains/streams/tickets.ts ticketCommands.useTicket',
    original: 'numUpdatedRows > 0n',
    reason: RACE,
  },
  {
    at: 'domains/users/handlers.ts usersModule.handlers.getMe',
    original: 'row',
    reason: 'who calls was found before',
  },
  {
    at: 'domains/users/store.ts hasOtherAdmin.other',
    original: " .where('deleted_at', 'is', null)",
    reason: 'who is deleted is no admin any more',
  },
  {
    at: 'domains/users/store.ts endSignIns.open',
    original: " .where('ended_at', 'is', null)",
    reason: SAME,
  },
  {
    at: 'kernel/access.ts authorise',
    original: "ctx.caller.role === 'system'",
    replacement: 'false',
    reason: INTERNAL,
  },
  {
    at: 'kernel/grants.ts isGrouped',
    original: "[...grants.keys()].some((subject) => subject.startsWith('group:'))",
    replacement: 'true',
    reason: 'spares a question whose answer is known',
  },
  ...["typeof rule === 'string'", '!field'].map((original) => ({
    at: 'kernel/access.ts authorise',
    original,
    replacement: 'false',
    reason: TWICE,
  })),
  {
    at: 'kernel/access.ts authorise',
    original: 'rule.can && !mayGlobally(ctx, rule.can)',
    replacement: 'false',
    reason: 'everybody may make chats; the handler asks for chosen ids',
  },
  {
    at: 'kernel/context.ts isPerson',
    original: 'scopes === undefined',
    replacement: 'false',
    reason: 'a person is never named as their sign-in',
  },
  {
    at: 'kernel/context.ts mayGoOn',
    original: 'scopes !== undefined',
    replacement: 'false',
    reason: 'who calls with a key has its id for a sign-in',
  },
]

/** Why a mutant may survive; nothing where it must not. */
export const reasonFor = ({ file, within, original, replacement }: Mutant): string | undefined =>
  survivors.find(
    (each) =>
      each.at === `${file} ${within}` &&
      each.original === original &&
      (each.replacement ?? replacement) === replacement,
  )?.reason
