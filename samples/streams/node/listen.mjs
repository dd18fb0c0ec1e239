// Prints the new predictions of a running service (./run): node listen.mjs [SYMBOL...]
//   ML_SERVICE_URL=http://localhost:8000 node listen.mjs BTC ETH
//   COINSPHERE_API_KEY=cs_... where the service wants a key
// Goes on after the last event wherever the connection ends. No packages are needed.
const service = process.env.ML_SERVICE_URL ?? 'http://localhost:8000'
const symbols = process.argv.slice(2).map(encodeURIComponent).join(',')
const url = `${service}/api/v1/stream/predictions${symbols ? `?symbols=${symbols}` : ''}`
const silenceMs = 60_000
const key = process.env.COINSPHERE_API_KEY

/** The events of a response: { event, id, data }. */
async function * events (response, heard) {
  const decoder = new TextDecoder()
  let text = ''
  let item = {}
  for await (const bytes of response.body) {
    heard()
    text += decoder.decode(bytes, { stream: true })
    const lines = text.split('\n')
    text = lines.pop()
    for (const line of lines) {
      const [field, ...rest] = line.split(': ')
      if (line === '') {
        yield item
        item = {}
      } else {
        item[field] = rest.join(': ')
      }
    }
  }
}

let last
for (;;) {
  const silence = new AbortController()
  let timer
  const heard = () => {
    clearTimeout(timer)
    timer = setTimeout(() => silence.abort(new Error('the connection is silent')), silenceMs)
  }
  try {
    heard()
    const response = await fetch(url, { headers: { ...(last && { 'Last-Event-ID': last }), ...(key && { Authorization: `Bearer ${key}` }) }, signal: silence.signal })
    if (response.status >= 400 && response.status < 500) {
      console.error(await response.text())
      process.exit(1)
    }

    for await (const { event, id, data } of response.ok ? events(response, heard) : []) {
      // A heartbeat has an id too: a position to go on from.
      last = id ?? last
      const content = JSON.parse(data)
      if (event === 'prediction') {
        const { direction, targetPrice } = content.prediction
        console.log(`${content.symbol} ${content.timeframe} ${direction} ${targetPrice} (${content.data_source}, ${content.data_as_of})`)
      } else if (event === 'reset' || event === 'dropped') {
        console.error(content.detail)
      }
    }
  } catch (failure) {
    console.error(failure.cause?.message ?? failure.message)
  }

  clearTimeout(timer)
  await new Promise(resolve => setTimeout(resolve, 500 + 1000 * Math.random()))
}
