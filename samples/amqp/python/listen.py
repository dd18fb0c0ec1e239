"""Prints events over AMQP as plain JSON: python3 listen.py [KEY...], for example

    RABBITMQ_URL=amqp://dashboard:dashboard-development@localhost/coinsphere \\
        python3 listen.py 'prediction.BTC.*' 'alert.#'

Keys are prediction.SYMBOL.TIMEFRAME, risk.SYMBOL, alert.SYMBOL, replay.SYMBOL.TIMEFRAME and replay-risk.SYMBOL.
"""
import os
import sys
import uuid

import pika


def main():
    parameters = pika.URLParameters(os.environ["RABBITMQ_URL"])
    connection = pika.BlockingConnection(parameters)
    channel = connection.channel()
    # A queue of this connection, named as the user may name it. A durable one would keep events while this program is away.
    queue = channel.queue_declare(f"client.{parameters.credentials.username}.listen-{uuid.uuid4()}", exclusive=True).method.queue
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
