// A board of cards inside an <activity-room>: everybody there sees the same cards and may add, rename, move and
// remove them. All of it is shared state of the room: `board.ID` says where a card stands; `board.ID.title` what it
// says, which the room itself keeps the same for all, since the field names it by `data-collab-bind`.

/** Shows the cards of a room in its `.board`. The `template` is what a new card is made from. */
export async function startBoard(room, template) {
  await customElements.whenDefined('activity-room')
  await room.whenReady()
  const activity = room.client.activity(room.activityType, room.activityId)
  const board = room.querySelector('.board')

  // From the state to the page: first what is there, then every change, one's own too.
  function show(key, value) {
    const [, id] = /^board\.([^.]+)$/.exec(key) ?? []
    if (!id) return
    const card = board.querySelector(`[data-card="${CSS.escape(id)}"]`)
    if (value) place(card ?? newCard(template, id), columnsOf(board), value)
    else card?.remove()
  }
  for (const [key, value] of Object.entries(room.shared)) show(key, value)
  room.addEventListener('collab-state-change', ({ detail: { key, value } }) => show(key, value))

  // From the page to the state
  function move(card, column) {
    if (!column || column === columnOf(card)) return
    const value = { column: column.dataset.column, at: Date.now() }
    activity.setShared(`board.${card.dataset.card}`, value)
    say(board, `${titleOf(card)}: ${column.ariaLabel}`)
  }
  hearForm(board, activity)
  hearButtons(board, activity, move)
  hearDragging(board, move)
}

/** Puts a card on the board of an activity, below those that came to its column before `at`. */
export function addCard(activity, { title, column = 'todo', at = Date.now() }) {
  const id = Date.now().toString(36) + Math.random().toString(36).slice(2, 8)
  activity.setShared(`board.${id}.title`, title)
  activity.setShared(`board.${id}`, { column, at })
}

const columnsOf = (board) => [...board.querySelectorAll('[data-column]')]
const columnOf = (element) => element?.closest('[data-column]')
const cardOf = (element) => element.closest('[data-card]')
const titleOf = (card) => card.querySelector('input').value

function newCard(template, id) {
  const card = template.content.firstElementChild.cloneNode(true)
  card.dataset.card = id
  card.querySelector('input').dataset.collabBind = `board.${id}.title`
  return card
}

/** Puts a card into its column, in the order in which cards came there. */
function place(card, columns, { column, at }) {
  const index = Math.max(
    columns.findIndex(({ dataset }) => dataset.column === column),
    0,
  )
  for (const button of card.querySelectorAll('[data-step]')) {
    const next = columns[index + Number(button.dataset.step)]
    button.ariaDisabled = String(!next)
    button.ariaLabel = next ? `Move to ${next.ariaLabel}` : 'Move'
  }
  // Whoever is in the card stays in it while it moves.
  const focused = card.contains(document.activeElement) && document.activeElement
  const list = columns[index].querySelector('ul')
  const later = [...list.children].find((each) => each !== card && Number(each.dataset.at) > at)
  card.dataset.at = at
  list.insertBefore(card, later ?? null)
  if (focused) focused.focus({ preventScroll: true })
}

function hearForm(board, activity) {
  board.querySelector('form').addEventListener('submit', (event) => {
    event.preventDefault()
    const { title } = event.target.elements
    addCard(activity, { title: title.value })
    say(board, `${title.value}: added`)
    event.target.reset()
  })
}

function hearButtons(board, activity, move) {
  board.addEventListener('click', ({ target }) => {
    const card = cardOf(target)
    const button = target.closest('button')
    if (!card || !button) return
    const columns = columnsOf(board)
    if (button.dataset.step)
      return move(card, columns[columns.indexOf(columnOf(card)) + Number(button.dataset.step)])
    say(board, `${titleOf(card)}: removed`)
    board.querySelector('form input').focus()
    activity.removeShared(`board.${card.dataset.card}`)
    activity.removeShared(`board.${card.dataset.card}.title`)
  })
}

/** Dragged, a card goes where the pointer is, and goes there for the others too. */
function hearDragging(board, move) {
  board.addEventListener('pointerdown', (event) => {
    const card = cardOf(event.target)
    if (!card || event.button !== 0 || event.target.closest('input, button')) return
    event.preventDefault()
    board.setPointerCapture(event.pointerId)
    card.classList.add('dragged')
    const dragging = new AbortController()
    const on = (type, hear) => board.addEventListener(type, hear, { signal: dragging.signal })
    on('pointermove', ({ clientX, clientY }) => {
      const column = columnOf(document.elementFromPoint(clientX, clientY))
      if (board.contains(column)) move(card, column)
    })
    on('lostpointercapture', () => {
      card.classList.remove('dragged')
      dragging.abort()
    })
  })
}

/** For those who do not see the card move. */
function say(board, text) {
  board.querySelector('[aria-live]').textContent = text
}
