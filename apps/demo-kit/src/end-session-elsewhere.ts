import type { ServerResponse } from 'node:http'

const PATIENCE = 5_000

/**
 * Ends the caller's session through Hanko's admin API, as an operator would. Neither the page nor the validator of
 * this demo is told: they find out as they would of any session that was ended elsewhere.
 */
export async function endSessionElsewhere(
  adminUrl: string,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
  response: ServerResponse,
): Promise<void> {
  const isEnded = await fetch(`${adminUrl}/users/${userId}/sessions/${sessionId}`, {
    method: 'DELETE',
    signal: AbortSignal.timeout(PATIENCE),
  }).then(
    ({ ok }) => ok,
    () => false,
  )
  response.writeHead(isEnded ? 204 : 502).end()
}
