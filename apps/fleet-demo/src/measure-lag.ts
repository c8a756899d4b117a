import type { Instance } from './start-instance.ts'

/** How long after `since` a server refuses, in milliseconds; undefined when it has not by the end. */
export async function measureLag(
  instance: Instance,
  cookie: string,
  since: number,
  atMost: number,
): Promise<number | undefined> {
  for (;;) {
    const status = await instance.send('GET', '/me', { cookie }).catch(() => 0)
    const lag = performance.now() - since
    if (status === 401) return lag
    if (lag > atMost) return undefined
    // One request after the other at first; who is not told by then learns of it within the bound.
    if (lag > 250) await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
