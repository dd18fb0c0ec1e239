// Asks a running service over AMQP: node ask.js ENDPOINT REQUEST, for example
//   RABBITMQ_URL=amqp://publisher:publisher-development@localhost/coinsphere node ask.js predict '{"symbol": "BTC", "timeframe": "7d"}'
// Prints the answer as JSON. Ends with 1 after a refusal and with 2 where none came in time.
const { randomUUID } = require('node:crypto')
const amqp = require('amqplib')

const [endpoint, request] = process.argv.slice(2)
const timeoutMs = 10000

async function main() {
  const connection = await amqp.connect(process.env.RABBITMQ_URL)
  const channel = await connection.createChannel()
  const correlationId = randomUUID()

  const reply = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no reply within ${timeoutMs} ms`)), timeoutMs)
    channel.on('error', reject)
    // Direct reply-to: no queue is declared, the reply comes back on this channel.
    channel.consume('amq.rabbitmq.reply-to', message => {
      if (message && message.properties.correlationId === correlationId) {
        clearTimeout(timer)
        resolve(message)
      }
    }, { noAck: true }).then(() => channel.publish(endpoint, '', Buffer.from(request), {
      contentType: 'application/json',
      replyTo: 'amq.rabbitmq.reply-to',
      correlationId,
      expiration: String(timeoutMs)
    }), reject)
  })

  await connection.close()
  console.log(reply.content.toString())
  return reply.properties.type === 'refusal' ? 1 : 0
}

main().then(code => process.exit(code), error => {
  console.error(error.message)
  process.exit(2)
})
