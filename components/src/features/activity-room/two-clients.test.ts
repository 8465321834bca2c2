import { type CollabClient, createCollab } from '@collab-kit/client/base'
import { scriptedService } from '@collab-kit/client/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import type { ActivityRoomElement } from './activity-room.ts'
import './index.ts'

// Two people with a client each, on a service that answers by the contract.

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

const together = async () => {
  const service = scriptedService({
    users: [
      { username: 'ann', displayName: 'Ann' },
      { username: 'bo', displayName: 'Bo' },
    ],
    activities: [{ type: 'form', id: 'release', title: 'Release' }],
  })
  const clientOf = (username: string): CollabClient => {
    const client = createCollab({ ...service.options, token: `token:${username}` })
    ends.push(() => client.close())
    return client
  }
  const roomOf = async (client: CollabClient) => {
    const element: ActivityRoomElement = document.createElement('activity-room')
    element.innerHTML = '<label>Title <input data-collab-bind="title"></label>'
    Object.assign(element, { client, activityType: 'form', activityId: 'release' })
    document.body.append(element)
    ends.push(() => element.remove())
    await element.whenReady()
    const field = element.querySelector('input') as HTMLInputElement
    const inside = (selector: string) => element.shadowRoot?.querySelector<HTMLElement>(selector)
    return { element, field, inside }
  }
  const ann = await roomOf(clientOf('ann'))
  const bo = await roomOf(clientOf('bo'))
  return { service, activity: service.activity('form', 'release'), ann, bo }
}

const write = async (field: HTMLInputElement, text: string) => {
  field.focus()
  field.select()
  await userEvent.keyboard(text)
}

describe('two clients', () => {
  it('show each other what is written, and in which field', async () => {
    const { ann, bo, activity } = await together()
    await write(ann.field, 'Notes')
    await vi.waitFor(() => expect(bo.field.value).toBe('Notes'))
    await vi.waitFor(() => expect(bo.inside('.outline')?.textContent?.trim()).toBe('Ann'))
    expect(activity.shared.get('title')?.value).toBe('Notes')
  })

  it('[A11Y-65] replace nothing under each other’s carets', async () => {
    const { ann, bo, activity } = await together()
    await write(ann.field, 'from Ann')
    await vi.waitFor(() => expect(activity.shared.get('title')?.value).toBe('from Ann'))
    bo.element.setShared('title', 'from Bo')
    await vi.waitFor(() => expect(ann.inside('.hint')?.innerText).toContain('from Bo'))
    expect([ann.field.value, ann.field.selectionStart]).toEqual(['from Ann', 8])
    ann.field.blur()
    await vi.waitFor(() => expect(ann.field.value).toBe('from Bo'))
  })

  it('that write at once hear of the conflict and end with the same', async () => {
    const { ann, bo, service, activity } = await together()
    const conflicts: unknown[] = []
    ann.element.addEventListener('collab-state-conflict', ({ detail }) => conflicts.push(detail))
    const release = Promise.withResolvers<void>()
    // What Ann sends takes its time, and Bo is quicker.
    const end = service.answer('activities.setShared', async (_input, { username }, usual) => {
      if (username === 'ann') await release.promise
      return usual()
    })
    await write(ann.field, 'from Ann')
    await vi.waitFor(() => expect(ann.element.shared).toEqual({ title: 'from Ann' }))
    bo.element.setShared('title', 'from Bo')
    await vi.waitFor(() => expect(activity.shared.get('title')?.value).toBe('from Bo'))
    release.resolve()
    await vi.waitFor(() =>
      expect(conflicts).toEqual([{ key: 'title', mine: 'from Ann', theirs: 'from Bo', by: 'bo' }]),
    )
    end()
    await vi.waitFor(() => expect(bo.field.value).toBe('from Ann'))
    await vi.waitFor(() => expect(ann.inside('.hint')?.innerText).toContain('from Bo'))
    expect(ann.field.value).toBe('from Ann')
  })

  it('go on over a lost connection', async () => {
    const { ann, bo, service } = await together()
    await write(ann.field, 'before')
    await vi.waitFor(() => expect(bo.field.value).toBe('before'))
    service.drop()
    await write(ann.field, 'meanwhile')
    await vi.waitFor(() => expect(bo.field.value).toBe('meanwhile'), 10_000)
  })
})
