/** `Promise.withResolvers`, which is younger than the library we compile for. */
export function withResolvers<Value>() {
  let resolve!: (value: Value) => void
  const promise = new Promise<Value>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
