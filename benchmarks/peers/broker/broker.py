"""Loads the endpoints of our worker and queues without any work by turns, over AMQP, and prints a table: broker.py cached|computed UNTIL WORK."""
import datetime
import itertools
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import time

import pika

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from figures import Others, header, note, ratio, row, spread

URL = os.environ["RABBITMQ_URL"]
SYMBOLS = os.environ["SYMBOLS"].split()
ROUNDS = int(os.environ.get("ROUNDS", 3))
SECONDS = int(os.environ.get("SECONDS_PER_RUN", 4))
IN_FLIGHT = (1, 16)
DAYS = 700
CONFIRMS = 64  # publishes that wait for their confirmation at a time
EVENTS = "Coinsphere.Messaging.Contracts:PredictionCompleted"

mode, until, work = sys.argv[1:]
last = datetime.date.fromisoformat(until)
different = itertools.cycle([json.dumps({"symbol": symbol, "timeframe": "7d", "asOf": (last - datetime.timedelta(days=i)).isoformat()}).encode()
                             for i in range(DAYS) for symbol in SYMBOLS])
same = itertools.repeat(json.dumps({"symbol": "BTC", "timeframe": "7d", "asOf": until}).encode())


def connect():
    return pika.BlockingConnection(pika.URLParameters(URL))


def ask(exchange, key, questions, in_flight, seconds):
    """Asks over direct reply-to, the next question when one is answered, and gives rate, p50 and p99 in ms, and the last answer."""
    connection = connect()
    channel = connection.channel()
    sent, times, bodies = {}, [], []
    end = time.perf_counter() + seconds

    def publish():
        number = str(len(times) + len(sent))
        sent[number] = time.perf_counter()
        channel.basic_publish(exchange, key, next(questions), pika.BasicProperties(
            content_type="application/json", reply_to="amq.rabbitmq.reply-to", correlation_id=number, expiration="30000"))

    def on_reply(_, __, properties, body):
        now = time.perf_counter()
        if properties.type == "refusal":
            sys.exit(f"refused: {body.decode()}")
        times.append((now - sent.pop(properties.correlation_id)) * 1000)
        bodies[:] = [body]
        if now < end:
            publish()
        elif not sent:
            channel.stop_consuming()

    channel.basic_consume("amq.rabbitmq.reply-to", on_reply, auto_ack=True)
    start = time.perf_counter()
    for _ in range(in_flight):
        publish()
    channel.start_consuming()
    elapsed = time.perf_counter() - start
    connection.close()
    return {"rate": len(times) / elapsed, "p50": statistics.median(times), "p99": statistics.quantiles(times, n=100)[98], "body": bodies[0]}


def publish_all(exchange, key, bodies):
    """Persistent and confirmed, in a process of its own."""
    waiting, bodies = set(), iter(bodies)
    tags = itertools.count(1)

    def fill(channel):
        while len(waiting) < CONFIRMS and (body := next(bodies, None)) is not None:
            waiting.add(next(tags))
            channel.basic_publish(exchange, key, body, pika.BasicProperties(content_type="application/json", delivery_mode=2))
        if not waiting:
            channel.connection.close()

    def on_channel(channel):
        def on_confirm(frame):
            if not isinstance(frame.method, pika.spec.Basic.Ack):
                sys.exit("the broker refused a message")
            tag = frame.method.delivery_tag
            waiting.difference_update([one for one in waiting if one <= tag] if frame.method.multiple else [tag])
            fill(channel)

        channel.confirm_delivery(on_confirm)
        fill(channel)

    connection = pika.SelectConnection(pika.URLParameters(URL), on_open_callback=lambda opened: opened.channel(on_open_callback=on_channel),
                                       on_close_callback=lambda closed, _: closed.ioloop.stop())
    connection.ioloop.start()


def throughput(exchange, key, counted, acknowledge, count):
    """Messages a second, from the first publish to the last that comes out at `counted`."""
    connection = connect()
    channel = connection.channel()
    channel.queue_purge(counted)
    channel.basic_qos(prefetch_count=CONFIRMS)
    seen = 0

    def on_message(_, method, __, ___):
        nonlocal seen
        seen += 1
        if acknowledge:
            channel.basic_ack(method.delivery_tag)
        if seen == count:
            channel.stop_consuming()

    channel.basic_consume(counted, on_message, auto_ack=not acknowledge)
    publisher = multiprocessing.Process(target=publish_all, args=(exchange, key, list(itertools.islice(different, count))))
    start = time.perf_counter()
    publisher.start()
    channel.start_consuming()
    elapsed = time.perf_counter() - start
    publisher.join()
    connection.close()
    return count / elapsed


def by_turns(targets, run):
    runs = {name: [] for name in targets}
    for i in range(ROUNDS):
        for name in list(targets)[::1 if i % 2 == 0 else -1]:
            runs[name].append(run(*targets[name]))
            # What is still to be recorded must not slow the next.
            note(f"{name}: {others.settle():.1f} s of work left")
    return runs


def round_trips(label, questions):
    ours, constant = f"ours, {label}", "Python worker, constant answer"
    targets = {ours: ("predict", "", questions), constant: ("", "bench-rpc", questions)}
    for target in targets.values():
        ask(*target, IN_FLIGHT[-1], 5)
    for in_flight in IN_FLIGHT:
        runs = by_turns(targets, lambda *target: ask(*target, in_flight, SECONDS))
        rates = {name: [one["rate"] for one in own] for name, own in runs.items()}
        for name, own in runs.items():
            row(f"round trip, {in_flight} in flight", name, spread(rates[name], 0), spread([one["p50"] for one in own], 2), spread([one["p99"] for one in own], 2),
                "" if name == ours else ratio(rates[ours], rates[name]))


def durable():
    throughput("predict-durable", "", "client.bench", False, 300)
    # As many as take some seconds.
    targets = {
        "ours, computed, recorded": ("predict-durable", "", "client.bench", False, 250 * SECONDS),
        "Python worker, constant event": ("", "bench-durable", "bench-events", True, 250 * SECONDS),
        "publisher and consumer, no work": ("", "bench-bare", "bench-bare", True, 1000 * SECONDS),
    }
    rates = by_turns(targets, throughput)
    ours, *_ = rates
    for name, own in rates.items():
        row("durable queue", name, spread(own, 0), "", "", "" if name == ours else ratio(rates[ours], own))


setup = connect()
channel = setup.channel()
channel.queue_declare("bench-rpc")
for queue in ("bench-durable", "bench-events", "bench-bare"):
    channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
channel.queue_declare("client.bench", durable=True)
channel.queue_bind("client.bench", EVENTS)
setup.close()

answer = ask("predict", "", same, 1, 1)["body"]
path = os.path.join(work, "answer")
with open(path, "wb") as file:
    file.write(answer)
note(f"an answer is {len(answer)} bytes, a request {len(next(same))}")
worker = os.path.join(os.path.dirname(__file__), "worker.py")
workers = [subprocess.Popen([sys.executable, worker, "bench-rpc", path]), subprocess.Popen([sys.executable, worker, "bench-durable", path, "bench-events"])]
others = Others()
try:
    if mode == "cached":
        header("what", "by", "messages/s", "p50 ms", "p99 ms", "ours / this")
        round_trips("from the cache", same)
    else:
        round_trips("computed", different)
        durable()
    with open(os.path.join(work, f"others-broker-{mode}"), "w") as file:
        file.write(f"{others.percent():.0f}")
finally:
    for process in workers:
        process.terminate()
        process.wait()
