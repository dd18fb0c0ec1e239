"""Prints events over AMQP as plain JSON: python3 listen.py [KEY...], for example

    RABBITMQ_URL=amqp://publisher:publisher-development@localhost/coinsphere \\
        python3 listen.py 'prediction.BTC.*' 'alert.#'

Keys are prediction.SYMBOL.TIMEFRAME, risk.SYMBOL, alert.SYMBOL, replay.SYMBOL.TIMEFRAME and replay-risk.SYMBOL.
"""
import os
import sys
import uuid

import pika


def main():
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ_URL"]))
    channel = connection.channel()
    # A queue of this connection. One with a name of its own and durable would keep events while this program is away.
    queue = channel.queue_declare(f"client.listen-{uuid.uuid4()}", exclusive=True).method.queue
    for key in sys.argv[1:] or ["prediction.#"]:
        channel.queue_bind(queue, "events", key)

    for method, _, body in channel.consume(queue, auto_ack=True):
        print(method.routing_key, body.decode(), flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (pika.exceptions.AMQPError, OSError) as failure:
        sys.exit(f"{type(failure).__name__} {failure}")
