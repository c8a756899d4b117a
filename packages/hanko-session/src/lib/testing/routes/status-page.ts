import type { Exchange } from '../state/tenant.ts'

/** GET /: whether the API runs, for a person (validate.txt, "GET / status"; outage.txt). */
export function getStatusPage({ databaseDown }: Exchange): Response {
  const [status, text] = databaseDown
    ? [500, '❌ API is not functioning properly due to database connectivity problems.']
    : [200, '✅ API is running.']
  return new Response(page(text), { status, headers: { 'Content-Type': 'text/html; charset=UTF-8' } })
}

function page(text: string): string {
  return `<!DOCTYPE html><title>API Integration Status</title><h1>API Status</h1><p>${text}</p>`
}
