// A Hanko in a process of its own that checks what it is asked about, as a real one does; but it has no database.
import { createHankoEmulator } from 'hanko-session/testing'
import { serveHankoEmulator } from 'hanko-session/testing-node'

const emulator = await createHankoEmulator({ sessionLimit: 10_000 })
const { apiUrl } = await serveHankoEmulator(emulator, { publicPort: 0, adminPort: 0 })
const tokens: string[] = []
while (tokens.length < 64) tokens.push((await emulator.signIn()).token)
process.send?.({ url: apiUrl.replace('localhost', '127.0.0.1'), tokens })
process.on('disconnect', () => process.exit(0))
