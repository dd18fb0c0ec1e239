"""Asks a running service over AMQP: python3 ask.py ENDPOINT REQUEST, for example

    RABBITMQ_URL=amqp://publisher:publisher-development@localhost/coinsphere \\
        python3 ask.py predict '{"symbol": "BTC", "timeframe": "7d"}'

Prints the answer as JSON. Ends with 1 after a refusal and with 2 where none came in time.
"""
import os
import sys
import uuid

import pika

TIMEOUT_SECONDS = 10


def ask(channel, endpoint, request):
    """The reply's properties and body, or None where none came in time."""
    correlation_id = str(uuid.uuid4())
    # Direct reply-to: no queue is declared, the reply comes back on this channel.
    replies = channel.consume("amq.rabbitmq.reply-to", auto_ack=True, inactivity_timeout=TIMEOUT_SECONDS)
    # The request may go out only once the channel listens, which the first step of the generator makes it do.
    channel.connection.call_later(0, lambda: channel.basic_publish(
        exchange=endpoint,
        routing_key="",
        body=request.encode(),
        properties=pika.BasicProperties(
            content_type="application/json",
            reply_to="amq.rabbitmq.reply-to",
            correlation_id=correlation_id,
            expiration=str(TIMEOUT_SECONDS * 1000),
        ),
    ))
    for _, properties, body in replies:
        if properties is None or properties.correlation_id == correlation_id:
            return properties, body


def main(endpoint, request):
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ_URL"]))
    properties, body = ask(connection.channel(), endpoint, request)
    connection.close()
    if properties is None:
        print(f"no reply within {TIMEOUT_SECONDS} s", file=sys.stderr)
        return 2
    print(body.decode())
    return 1 if properties.type == "refusal" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
