import { type CollabClient, createCollab } from '@collab-kit/client/base'
import { scriptedService } from '@collab-kit/client/testing'
import { CollabError } from '@collab-kit/protocol/runtime'
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
    element.innerHTML =
      '<label>Title <input data-collab-bind="title"></label><output data-collab-bind="title">–</output>'
    Object.assign(element, { client, activityType: 'form', activityId: 'release' })
    document.body.append(element)
    ends.push(() => element.remove())
    await element.whenReady()
    const field = element.querySelector('input') as HTMLInputElement
    const inside = (selector: string) => element.shadowRoot?.querySelector<HTMLElement>(selector)
    const shown = element.querySelector('output') as HTMLOutputElement
    return { element, field, shown, inside }
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

  it('hear after an absence whose text theirs has replaced', async () => {
    const { ann, service, activity } = await together()
    service.refuse()
    service.drop()
    await write(ann.field, 'mine')
    await vi.waitFor(() => expect(ann.element.shared).toEqual({ title: 'mine' }))
    activity.setShared('title', 'from Bo', 'bo')
    service.accept()
    await vi.waitFor(
      () => expect(ann.inside('.hint')?.innerText).toContain('replaced what \u2068Bo\u2069 wrote'),
      10_000,
    )
    expect(ann.inside('.hint')?.innerText).toContain('from Bo')
  })

  it('that write something the service does not take keep it, and are told', async () => {
    const { ann, bo, service, activity } = await together()
    const heard: unknown[] = []
    ann.element.addEventListener('collab-error', ({ detail }) => heard.push(detail))
    await write(ann.field, 'short')
    await vi.waitFor(() => expect(bo.field.value).toBe('short'))
    const end = service.answer('activities.setShared', () => {
      throw new CollabError('too_large', { details: { limit: 'stateValueBytes' } })
    })
    await write(ann.field, 'much too long')
    await vi.waitFor(() => expect(ann.inside('.hint')?.innerText).toContain('was not saved'))
    expect(ann.inside('.hint')?.innerText).toContain('short')
    ann.field.blur()
    await vi.waitFor(() => expect(ann.inside('.outline')).toBeNull())
    expect([ann.field.value, bo.field.value]).toEqual(['much too long', 'short'])
    expect(heard).toMatchObject([
      { code: 'too_large', details: { limit: 'stateValueBytes', key: 'title' } },
    ])
    end()
    await write(ann.field, 'fits')
    await vi.waitFor(() => expect(activity.shared.get('title')?.value).toBe('fits'))
    await vi.waitFor(() => expect(ann.inside('.hint')).toBeNull())
  })
})

describe('whoever is out', () => {
  const filled = async () => {
    const all = await together()
    await write(all.ann.field, 'Notes')
    await vi.waitFor(() => expect(all.bo.shown.value).toBe('Notes'))
    await vi.waitFor(() => expect(all.bo.field.hasAttribute('aria-description')).toBe(true))
    return all
  }
  type All = Awaited<ReturnType<typeof filled>>

  it.each<[string, (all: All) => void]>([
    ['it has ended', ({ activity }) => activity.end()],
    ['they were put out', ({ activity }) => activity.remove({ username: 'bo' })],
    ['they left', ({ bo }) => bo.element.leave()],
  ])('because %s keeps what the fields held, and has them for themselves', async (_why, leave) => {
    const all = await filled()
    const { ann, bo } = all
    leave(all)
    await vi.waitFor(() => expect(bo.field.hasAttribute('aria-description')).toBe(false))
    expect([bo.field.value, bo.shown.value]).toEqual(['Notes', 'Notes'])
    bo.inside('[part=close-button]')?.click()
    await bo.element.updateComplete
    await write(bo.field, 'my own')
    expect(bo.inside('.hint')).toBeNull()
    expect([bo.field.value, bo.field.getAttribute('aria-readonly')]).toEqual(['my own', null])
    expect(ann.field.value).toBe('Notes')
  })

  it('has what the others have once they are back', async () => {
    const { ann, bo } = await filled()
    bo.element.leave()
    await vi.waitFor(() => expect(bo.field.hasAttribute('aria-description')).toBe(false))
    await write(bo.field, 'my own')
    bo.field.blur()
    await write(ann.field, 'theirs')
    bo.element.rejoin()
    await vi.waitFor(() => expect([bo.field.value, bo.shown.value]).toEqual(['theirs', 'theirs']))
    await write(bo.field, 'together')
    ann.field.blur()
    await vi.waitFor(() => expect(ann.field.value).toBe('together'))
  })

  it('because they may not see it any more has what the page had', async () => {
    const { bo, activity } = await filled()
    bo.field.focus()
    activity.remove({ username: 'bo' }, { permission: true })
    await vi.waitFor(() => expect([bo.field.value, bo.shown.value]).toEqual(['', '–']))
  })
})
