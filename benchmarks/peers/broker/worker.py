"""A worker in Python that answers every request with the same body: worker.py QUEUE BODY-FILE [EVENTS].

Replies to whoever asks. With EVENTS, a queue, it publishes the body there, persistent, and acknowledges once the broker has confirmed it.
"""
import os
import sys

import pika

queue, path, *events = sys.argv[1:]
with open(path, "rb") as file:
    body = file.read()

channel = pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ_URL"])).channel()
channel.basic_qos(prefetch_count=2 if events else 16)
if events:
    channel.confirm_delivery()


def answer(channel, method, properties, _):
    if events:
        channel.basic_publish("", events[0], body, pika.BasicProperties(content_type="application/json", delivery_mode=2))
    elif properties.reply_to:
        channel.basic_publish("", properties.reply_to, body, pika.BasicProperties(content_type="application/json", correlation_id=properties.correlation_id))
    channel.basic_ack(method.delivery_tag)


channel.basic_consume(queue, answer)
channel.start_consuming()
