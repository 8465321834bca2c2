import {
  type CollabClient,
  type CollabState,
  isCollabError,
  selectConnection,
  selectService,
} from '@collab-kit/client/base'
import type { Me } from '@collab-kit/protocol'
import {
  type CSSResultGroup,
  html,
  nothing,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit'
import { buttonStyles } from '../../kit/button.styles.ts'
import { CollabElement } from '../../kit/element.ts'
import { chatIcon } from '../../kit/chat-icon.ts'
import { alertIcon } from '../../kit/alert-icon.ts'
import { errors } from '../../kit/localize/en/errors.ts'
import { signIn } from '../../kit/localize/en/sign-in.ts'
import { StoreController } from '../../kit/store-controller.ts'
import { tokens } from '../../kit/tokens.css.ts'
import { CollabSignedInEvent } from './collab-sign-in.events.ts'
import { styles } from './collab-sign-in.styles.ts'
import { eyeIcon, eyeOffIcon } from './sign-in-icons.ts'
import {
  check,
  explain,
  type FieldName,
  fieldsOf,
  type PlainText,
  type Problem,
  type Values,
  type Way,
  waysOf,
} from './sign-in-form.ts'

const NOTHING_WRITTEN: Values = { displayName: '', username: '', password: '' }

const wording: Record<
  Way,
  { title: PlainText; intro: PlainText; submit: PlainText; goto: PlainText }
> = {
  guest: { title: 'signInTitle', intro: 'guestIntro', submit: 'continueAsGuest', goto: 'beGuest' },
  account: { title: 'accountTitle', intro: 'accountIntro', submit: 'signIn', goto: 'haveAccount' },
  register: {
    title: 'registerTitle',
    intro: 'registerIntro',
    submit: 'createAccount',
    goto: 'newHere',
  },
}

/**
 * Lets people in: as a guest with nothing but a name where the service allows it, or with an account.
 *
 * @tag collab-sign-in
 * @summary Guest name first, account behind it.
 *
 * @slot intro - Replaces title and first sentence.
 *
 * @csspart base - Everything.
 * @csspart title - The heading.
 * @csspart form - The form.
 * @csspart label - Label of a field.
 * @csspart input - A text field.
 * @csspart field-error - What is wrong with a field.
 * @csspart form-error - What is wrong with the whole.
 * @csspart submit-button - Goes in.
 * @csspart way-button - Leads to another way in.
 *
 * @cssState busy - The service is being asked.
 * @cssState loading - It is not known yet which ways in there are.
 *
 * @fires {CollabSignedInEvent} collab-signed-in - Someone signed in here.
 */
export class CollabSignInElement extends CollabElement {
  static override readonly tag: string = 'collab-sign-in'
  static override readonly styles: CSSResultGroup = [tokens, buttonStyles, styles]
  static override readonly properties: PropertyDeclarations = {
    headingLevel: { attribute: 'heading-level', type: Number },
    way: { state: true },
    problems: { state: true },
    busy: { state: true },
    passwordShown: { state: true },
  }

  /** Level of the title among the page's headings. Default 2. */
  declare headingLevel: number | undefined

  declare private way: Way | undefined
  declare private problems: readonly Problem[]
  declare private busy: boolean
  declare private passwordShown: boolean

  readonly #service = new StoreController(this, selectService)
  readonly #connection = new StoreController(
    this,
    (state: CollabState) => selectConnection(state).status,
  )
  readonly #values: Values = { ...NOTHING_WRITTEN }

  constructor() {
    super()
    this.problems = []
    this.busy = this.passwordShown = false
    this.localize.include({ ...errors, ...signIn })
  }

  override focus(): void {
    this.renderRoot.querySelector('input')?.focus()
  }

  protected override clientChanged(
    client: CollabClient | undefined,
    previous: CollabClient | undefined,
  ): void {
    super.clientChanged(client, previous)
    // Only to learn that one has to sign in: once that is known, asking again would take this form away and bring it back.
    if (client?.status === 'idle') client.connect()
  }

  protected override render(): TemplateResult {
    const service = this.#service.value
    const ways = service ? waysOf(service) : []
    const way = this.way && ways.includes(this.way) ? this.way : ways[0]
    this.setState('busy', this.busy)
    this.setState('loading', !way)
    return html`<div class="base" part="base" aria-busy=${way ? 'false' : 'true'}>
      <span class="font-probe"></span>
      ${way ? this.#form(way, ways) : this.#waiting()}
    </div>`
  }

  // Another way in may use the same field of the page for something else.
  protected override updated(): void {
    for (const input of this.renderRoot.querySelectorAll('input')) {
      const value = this.#values[input.id as FieldName]
      if (input.value !== value) input.value = value
    }
  }

  #waiting(): TemplateResult {
    const failed = this.#connection.value === 'offline' || this.#connection.value === 'refused'
    return failed
      ? html`<p class="form-error">
          ${alertIcon}<span>${this.localize.text('error_unavailable')}</span>
        </p>`
      : html`<div class="ghosts" aria-hidden="true"><i></i><i></i><i></i></div>
          <span class="hidden">${this.localize.text('loadingSignIn')}</span>`
  }

  #form(way: Way, ways: readonly Way[]): TemplateResult {
    const { localize } = this
    const whole = this.problems.find(({ field }) => !field)
    return html`<slot name="intro">
        <span class="mark" aria-hidden="true">${chatIcon}</span>
        <div
          class="title text"
          part="title"
          id="title"
          role="heading"
          aria-level=${this.headingLevel ?? 2}
        >
          ${localize.text(wording[way].title)}
        </div>
        <p class="intro text">${localize.text(wording[way].intro)}</p>
      </slot>
      <form
        part="form"
        novalidate
        aria-labelledby="title"
        @submit=${(event: Event) => this.#submit(event, way)}
      >
        ${fieldsOf[way].map((field) => this.#field(field, way))}
        ${
          whole
            ? html`<p class="form-error" part="form-error" id="form-error" tabindex="-1">
                ${alertIcon}<span class="text">${localize.text(whole.text)}</span>
              </p>`
            : nothing
        }
        <button
          class="button primary"
          part="submit-button"
          type="submit"
          aria-disabled=${this.busy ? 'true' : 'false'}
        >
          ${
            this.busy
              ? html`<span class="spinner" aria-hidden="true"></span>${localize.text('working')}`
              : localize.text(wording[way].submit)
          }
        </button>
      </form>
      ${this.#otherWays(way, ways)}`
  }

  #otherWays(way: Way, ways: readonly Way[]): TemplateResult | typeof nothing {
    // From the guest's side an account is one step away; making one is behind that.
    const others = ways.filter(
      (other) => other !== way && !(way === 'guest' && other === 'register'),
    )
    if (others.length === 0) return nothing
    return html`<div class="ways">
      ${others.map(
        (other) =>
          html`<button
            class="link"
            part="way-button"
            type="button"
            @click=${() => this.#choose(other)}
          >
            ${this.localize.text(wording[other].goto)}
          </button>`,
      )}
    </div>`
  }

  #field(field: FieldName, way: Way): TemplateResult {
    const { localize } = this
    const problem = this.problems.find((each) => each.field === field)
    const hint = field === 'password' && way === 'register' && !problem
    const described = problem ? `error-${field}` : hint ? 'password-hint' : nothing
    const secret = field === 'password'
    return html`<div class="field">
      <label class="text" for=${field} part="label">${localize.text(field)}</label>
      <div class="input-row">
        <input
          id=${field}
          name=${field}
          part="input"
          type=${secret && !this.passwordShown ? 'password' : 'text'}
          autocomplete=${autocomplete(field, way)}
          autocapitalize=${field === 'displayName' ? 'words' : 'none'}
          spellcheck="false"
          dir="auto"
          maxlength=${secret ? 256 : 128}
          enterkeyhint=${field === fieldsOf[way].at(-1) ? 'go' : 'next'}
          aria-required="true"
          aria-invalid=${problem ? 'true' : nothing}
          aria-describedby=${described}
          @input=${(event: Event) => this.#write(field, event)}
        />
        ${secret ? this.#reveal() : nothing}
      </div>
      ${
        problem
          ? html`<p class="field-error" part="field-error" id="error-${field}">
              ${alertIcon}<span class="text">${localize.text(problem.text)}</span>
            </p>`
          : nothing
      }
      ${hint ? html`<p class="hint text" id="password-hint">${localize.text('passwordHint')}</p>` : nothing}
    </div>`
  }

  #reveal(): TemplateResult {
    const label = this.localize.text('showPassword')
    return html`<button
      class="reveal"
      type="button"
      aria-label=${label}
      title=${label}
      aria-pressed=${this.passwordShown ? 'true' : 'false'}
      @click=${() => (this.passwordShown = !this.passwordShown)}
    >
      ${this.passwordShown ? eyeOffIcon : eyeIcon}
    </button>`
  }

  #write(field: FieldName, event: Event): void {
    this.#values[field] = (event.target as HTMLInputElement).value
    // What is being mended is not complained about any longer.
    this.problems = this.problems.filter((problem) => problem.field && problem.field !== field)
  }

  #choose(way: Way): void {
    this.way = way
    this.problems = []
    this.passwordShown = false
    void this.updateComplete.then(() => this.focus())
  }

  async #submit(event: Event, way: Way): Promise<void> {
    event.preventDefault()
    const { client } = this
    if (this.busy || !client) return
    const wrong = check(way, this.#values)
    if (wrong.length > 0) return this.#complain(wrong)
    this.busy = true
    this.problems = []
    try {
      const user = await this.#enter(client, way)
      Object.assign(this.#values, NOTHING_WRITTEN)
      this.dispatchEvent(new CollabSignedInEvent({ user }))
    } catch (error) {
      this.busy = false
      // A refusal is told in the form. Whatever else goes wrong here is the network's doing.
      const problem: Problem = isCollabError(error)
        ? explain(way, error)
        : { text: 'error_unavailable' }
      if (isCollabError(error) && problem.text === 'error_other') this.fail(error.toJSON())
      await this.#complain([problem])
    } finally {
      this.busy = false
    }
  }

  #enter(client: CollabClient, way: Way): Promise<Me> {
    const { displayName, username, password } = this.#values
    switch (way) {
      case 'guest':
        return client.auth.continueAsGuest({ displayName: displayName.trim() })
      case 'account':
        return client.auth.signIn({ username, password })
      case 'register':
        return client.auth.register({ username, password, displayName: displayName.trim() })
    }
  }

  /** Shows what is wrong and leads to the first of it. */
  async #complain(problems: readonly Problem[]): Promise<void> {
    this.problems = problems
    await this.updateComplete
    const [first] = problems
    if (first)
      this.renderRoot.querySelector<HTMLElement>(`#${first.field ?? 'form-error'}`)?.focus()
  }
}

function autocomplete(field: FieldName, way: Way): string {
  switch (field) {
    case 'displayName':
      return 'nickname'
    case 'username':
      return 'username'
    case 'password':
      return way === 'register' ? 'new-password' : 'current-password'
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'collab-sign-in': CollabSignInElement
  }
}
