// Prints events over AMQP as plain JSON: node listen.js [KEY...], for example
//   RABBITMQ_URL=amqp://dashboard:dashboard-development@localhost/coinsphere node listen.js 'prediction.BTC.*' 'alert.#'
// Keys are prediction.SYMBOL.TIMEFRAME, risk.SYMBOL, alert.SYMBOL, replay.SYMBOL.TIMEFRAME and replay-risk.SYMBOL.
const { randomUUID } = require('node:crypto')
const amqp = require('amqplib')

const keys = process.argv.length > 2 ? process.argv.slice(2) : ['prediction.#']

async function main() {
  const url = new URL(process.env.RABBITMQ_URL)
  const connection = await amqp.connect(url.href)
  connection.on('close', () => process.exit(2))
  const channel = await connection.createChannel()
  // A queue of this connection, named as the user may name it. A durable one would keep events while this program is away.
  const { queue } = await channel.assertQueue(`client.${url.username}.listen-${randomUUID()}`, { exclusive: true })
  for (const key of keys) {
    await channel.bindQueue(queue, 'events', key)
  }

  await channel.consume(queue, message => console.log(message.fields.routingKey, message.content.toString()), { noAck: true })
}

main().catch(error => {
  console.error(error.message)
  process.exit(2)
})
