import { chat } from '@collab-kit/protocol'
import type { Handler } from '../../kernel/module.ts'
import { decidable } from './judging.ts'
import { changeChat, emptyChat } from './store.ts'

type Operations = typeof chat.operations
const { chatRemoved, nameChanged, topicChanged } = chat.events

export const setName: Handler<Operations['setName']> = async (ctx, { chatId, name }) => {
  const row = decidable(ctx)
  if (row.name === name) return {}
  await changeChat(ctx.db, chatId, { name })
  await ctx.append(nameChanged, chatId, { chatId, ...(name !== null && { name }) })
  return {}
}

export const setTopic: Handler<Operations['setTopic']> = async (ctx, { chatId, topic }) => {
  const row = decidable(ctx)
  if (row.topic === topic) return {}
  await changeChat(ctx.db, chatId, { topic })
  await ctx.append(topicChanged, chatId, { chatId, ...(topic !== null && { topic }) })
  return {}
}

export const removeChat: Handler<Operations['removeChat']> = async (ctx, { chatId }) => {
  decidable(ctx)
  await emptyChat(ctx.db, chatId, ctx.now)
  // All that is left of its log, for those who have to hear of it.
  await ctx.append(chatRemoved, chatId, { chatId })
  await ctx.audit('chat.remove_chat', chatId)
  return {}
}
