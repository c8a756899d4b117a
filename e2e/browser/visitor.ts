import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'

export const PASSWORD = 'correct horse battery'

/** Somebody with a browser of their own: fresh cookies, and a record of what the console said. */
export interface Visitor {
  readonly page: Page
  /** Everything that the consoles of all pages said, and the errors nobody caught. */
  readonly console: string[]
  readonly pageErrors: string[]
  /** Goes to a demo and waits until the page knows who is there. */
  open(url: string): Promise<void>
  register(email: string, password?: string): Promise<void>
  signIn(email: string, password?: string): Promise<void>
  /** Comes with a session that began elsewhere; quicker than a form. */
  bring(token: string): Promise<void>
  /** Waits until the login form shows this field and has stopped redrawing itself. */
  formShows(field: 'email' | 'password'): Promise<void>
  fill(field: 'email' | 'password', value: string): Promise<void>
  submit(): Promise<void>
  /** Uses the button of an operation; gives the status and the text that the page then shows. */
  call(operation: string): Promise<{ status: number; text: string }>
  /** What a person reads there, without the forms. */
  sees(state: 'in' | 'out' | 'unknown'): Promise<void>
  leave(): Promise<void>
}

const QUIET = 700

export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  context.setDefaultTimeout(20_000)
  // The form is announced twice, half a second apart, and loses what was typed in between.
  await context.addInitScript(() => {
    const announced = { name: '', at: Infinity }
    Object.assign(globalThis, { announced })
    document.addEventListener('hanko-after-state-change', (event) => {
      announced.name = (event as CustomEvent<{ state: { name: string } }>).detail.state.name
      announced.at = performance.now()
    })
  })
  const lines: string[] = []
  const pageErrors: string[] = []
  context.on('console', (message) => lines.push(message.text()))
  context.on('weberror', (error) => pageErrors.push(error.error().message))
  const page = await context.newPage()
  const form = page.locator('hanko-auth')

  async function formShows(field: 'email' | 'password'): Promise<void> {
    await form.locator(`input[type=${field}]:enabled`).waitFor()
    await page.waitForFunction((quiet) => {
      const { announced } = globalThis as unknown as { announced: { at: number } }
      return performance.now() - announced.at > quiet
    }, QUIET)
  }

  async function fill(field: 'email' | 'password', value: string): Promise<void> {
    await formShows(field)
    await form.locator(`input[type=${field}]`).fill(value)
  }

  const submit = (): Promise<void> => form.locator('button[part~=primary-button]').click()

  async function sees(state: 'in' | 'out' | 'unknown'): Promise<void> {
    await page.locator(`body[data-session=${state}]`).waitFor()
  }

  async function enter(email: string, password: string): Promise<void> {
    await fill('email', email)
    await submit()
    await fill('password', password)
    await submit()
  }

  return {
    page,
    console: lines,
    pageErrors,
    formShows,
    fill,
    submit,
    sees,
    async open(url) {
      await page.goto(url)
      await page.locator('body:not([data-session=checking])').waitFor()
    },
    async register(email, password = PASSWORD) {
      await formShows('email')
      await form.locator('button[part~=link]', { hasText: 'Create account' }).click()
      await form.locator('h1', { hasText: 'Create account' }).waitFor()
      await enter(email, password)
      await sees('in')
    },
    async signIn(email, password = PASSWORD) {
      await enter(email, password)
    },
    async bring(token) {
      await context.addCookies([
        { name: 'hanko', value: token, domain: 'localhost', path: '/', httpOnly: true, sameSite: 'Lax' },
      ])
    },
    async call(operation) {
      const card = page.locator(`[data-operation="${operation}"]`)
      const { path = '', method } = JSON.parse((await card.getAttribute('data-request')) ?? '') as Record<
        string,
        string
      >
      const [response] = await Promise.all([
        page.waitForResponse((answer) => answer.url().endsWith(path) && answer.request().method() === method),
        card.locator('button').click(),
      ])
      // What is shown is what came, and not an answer from before.
      await card.and(page.locator(':not([aria-busy])')).waitFor()
      await card.locator(`.pill[data-status="${response.status()}"]`).waitFor()
      return {
        status: Number(await card.locator('.pill').getAttribute('data-status')),
        text: await card.locator('pre').innerText(),
      }
    },
    async leave() {
      for (const open of context.pages()) lines.push(await open.content(), await storageOf(open))
      await context.close()
      // The browser's own line for a refused request is no fault of the page; it holds the URL and the status.
      expectNoToken(lines)
      expect(pageErrors).toEqual([])
    },
  }
}

/** `eyJ` is how every token begins. */
export function expectNoToken(lines: readonly string[]): void {
  expect(lines.filter((line) => line.includes('eyJ'))).toEqual([])
}

/** Where a script could have put a token, and the cookies a script can read. */
function storageOf(page: Page): Promise<string> {
  return page.evaluate(() =>
    JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]),
  )
}
