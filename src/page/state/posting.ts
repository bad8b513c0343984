/** Sends something to the server. Resolves with what was wrong, `undefined` when it was done. */
export async function post(path: string, body: object): Promise<string | undefined> {
  try {
    const response = await fetch(`./api/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body)
    })
    return response.ok ? undefined : (await response.json()).error
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
