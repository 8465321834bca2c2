import { cleanup, renderHook } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { stage } from '../testing/stage.tsx'
import { useActivity } from './use-activity.ts'

const until = vi.waitFor

const NAME = ['workshop', 'bicycles'] as const

const workshop = () =>
  stage({ activities: [{ type: 'workshop', id: 'bicycles', participants: [{ username: 'ben' }] }] })

afterEach(cleanup)

describe('an activity that is opened by a hook', () => {
  it('does not put back what is shown from the start when one is seen again', async () => {
    using on = workshop()
    const { result, rerender } = renderHook(
      ({ lurk }) => useActivity(...NAME, { state: { tool: 'spoke key' }, lurk }),
      { wrapper: on.Provided, initialProps: { lurk: true } },
    )
    await until(() => expect(result.current.status).toBe('joined'))
    const own = () =>
      on.service.activity(...NAME).participants.find(({ username }) => username !== 'ben')
    expect(own()).toMatchObject({ lurking: true, state: { tool: 'spoke key' } })
    result.current.setState({ tool: 'pump' })
    await until(() => expect(own()?.state).toEqual({ tool: 'pump' }))
    rerender({ lurk: false })
    await until(() => expect(own()?.lurking).toBe(false))
    result.current.setState({ seen: true })
    await until(() => expect(own()?.state['seen']).toBe(true))
    expect(own()?.state).toEqual({ tool: 'pump', seen: true })
  })
})
