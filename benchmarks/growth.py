"""Measures points of a curve, fills the backlog, and reports: for benchmarks/growth.

growth.py measure CURVE X CONNECTIONS SYMBOLS GATEWAY UNTIL WORK    appends a line of JSON to WORK/CURVE
growth.py publish COUNT UNTIL                                       so many durable requests more
growth.py report WORK DRAWINGS                                      prints tables and draws CURVE.svg
"""
import datetime
import json
import math
import os
import statistics
import subprocess
import sys
import time

sys.path.append(os.path.join(os.path.dirname(__file__), "peers"))
from figures import Others, header, note, row, spread

PARTS = ("worker", "gateway", "broker", "database", "redis")
COLOURS = ("#1b6ca8", "#d1495b", "#2e8b57", "#8a5a9e", "#888888", "#222222")
TIMEFRAMES = ("7d", "14d", "30d")
# Few, so that each worker soon has measured each day's accuracy.
DAYS = 6
SETTLING = 40
WARM_REQUESTS = 6000
CURVES = {
    "symbols": ("Symbols", "One worker, 16 connections, a checkpoint for each symbol. Their bars stay in a worker's memory for a minute, so PostgreSQL is read more often the more there are."),
    "workers": ("Workers", "15 symbols, four connections a worker. All processes share the machine, so it is the CPU time that tells how the system scales."),
    "backlog": ("Durable requests waiting", "One worker, 4 connections, 15 symbols, while the worker takes one durable request at a time from the backlog; what that costs is part of the CPU time. The shipped policy refuses more than 250,000; here it is raised."),
}


def ticks(pid):
    """Processor time of a process, its living children and those it waited for, in ms."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            children = file.read().split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return 10 * sum(int(value) for value in fields[11:15]) + sum(ticks(child) for child in children)


def times():
    processes = {"worker": os.environ["WORKERS"].split(","), **{part: [os.environ[part.upper()]] for part in PARTS[1:]}}
    return {part: sum(map(ticks, pids)) for part, pids in processes.items()}


def megabytes(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS"))


def measure(curve, x, connections, symbols, gateway, until, work):
    last = datetime.date.fromisoformat(until)
    path = os.path.join(work, f"questions-{symbols}")
    with open(path, "w") as file:
        for day in range(DAYS if int(symbols) < 100 else 3):
            for timeframe in TIMEFRAMES:
                for symbol in range(1, int(symbols) + 1):
                    file.write(json.dumps({"symbol": f"S{symbol}", "timeframe": timeframe, "asOf": (last - datetime.timedelta(days=day)).isoformat()}) + "\n")

    def load(seconds):
        wrk = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", "benchmarks/peers/wrk.lua", f"{gateway}/predict", "--", path]
        result = json.loads(subprocess.run(wrk, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
        if result["failed"]:
            sys.exit(f"{curve} {x}: {result['failed']} requests failed")
        return result

    seconds = int(os.environ["SECONDS_PER_RUN"])
    settle(load, seconds)
    runs, others = [], Others()
    for _ in range(int(os.environ["RUNS"])):
        before = times()
        result = load(seconds)
        # Records are written after the answers. A backlog is worked on all the time.
        others.settle(limit=0.5 if curve == "backlog" else 30)
        after = times()
        count = result["rate"] * seconds
        runs.append({**result, **{part: (after[part] - before[part]) / count for part in PARTS}})
        note(f"{curve} {x}: {result['rate']:.0f}/s")
    workers = [megabytes(pid) for pid in os.environ["WORKERS"].split(",")]
    point = {"x": int(x), "runs": runs, "ready": int(os.environ["READY"]) / 1000, "worker_mb": statistics.median(workers), "broker_mb": megabytes(os.environ["BROKER"]), "others": others.percent()}
    with open(os.path.join(work, curve), "a") as file:
        file.write(json.dumps(point) + "\n")


def settle(load, seconds):
    """Each worker compiles what is hot and measures each model's accuracy by itself: over when it has answered enough and a request costs no less than before."""
    workers, answered, before = len(os.environ["WORKERS"].split(",")), 0, math.inf
    for _ in range(SETTLING):
        start = times()["worker"]
        count = 2 * seconds * load(2 * seconds)["rate"]
        answered += count
        cost = (times()["worker"] - start) / count
        if answered > WARM_REQUESTS * workers and cost > 0.93 * before:
            return
        before = cost
    note(f"not settled: {before:.2f} ms of the workers' CPU time a request")


def publish(count, until):
    import pika
    if int(count) == 0:
        return
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ_URL"]))
    channel = connection.channel()
    properties = pika.BasicProperties(content_type="application/json", delivery_mode=2)
    start = time.monotonic()
    for i in range(int(count)):
        day = datetime.date.fromisoformat(until) - datetime.timedelta(days=i % 100)
        channel.basic_publish("", "risk-durable", json.dumps({"symbol": f"S{i % 15 + 1}", "asOf": day.isoformat()}), properties)
        if i % 10_000 == 9_999:
            # All of it has come when the broker answers.
            channel.queue_declare("risk-durable", passive=True)
    connection.close()
    note(f"{count} durable requests published, {int(count) / (time.monotonic() - start):.0f}/s")


def points(work, curve):
    path = os.path.join(work, curve)
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return [json.loads(line) for line in file]


def report(work, drawings):
    cpu = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    print(f"# Growth\n\n{cpu}, {os.cpu_count()} cores, {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}. Written by `benchmarks/growth`.\n")
    print(f"Every request is a prediction computed anew (`CACHE_TTL=0`) with the bundled network of 20-64-32-16 units over 30 days, from **synthetic** prices (an invented random walk), and is recorded in\n"
          f"PostgreSQL. CPU is user and system time in ms a request. Medians of {os.environ['RUNS']} runs of {os.environ['SECONDS_PER_RUN']} s (least to greatest) after a warm-up; all processes and wrk share the machine.")
    for curve, (axis, text) in CURVES.items():
        measured = points(work, curve)
        if not measured:
            continue
        print(f"\n## {axis}\n\n{text}\n")
        header(axis.lower(), "requests/s", "p50 ms", "p99 ms", *(f"CPU {part}" for part in PARTS), "s to ready", "MB a worker", "MB broker", "others' CPU %")
        for point in measured:
            runs = point["runs"]
            row(f"{point['x']:,}", spread([run["rate"] for run in runs], 0), spread([run["p50"] for run in runs], 1), spread([run["p99"] for run in runs], 1),
                *(spread([run[part] for run in runs], 2) for part in PARTS), f"{point['ready']:.1f}", f"{point['worker_mb']:.0f}", f"{point['broker_mb']:.0f}", f"{point['others']:.0f}")
        if curve == "backlog":
            series = {"p50": [statistics.median(run["p50"] for run in point["runs"]) for point in measured], "p99": [statistics.median(run["p99"] for run in point["runs"]) for point in measured]}
            unit = "ms an interactive request"
        else:
            series = {part: [statistics.median(run[part] for run in point["runs"]) for point in measured] for part in PARTS}
            series["all"] = [sum(values) for values in zip(*series.values())]
            unit = "CPU ms a request"
        with open(os.path.join(drawings, f"{curve}.svg"), "w") as file:
            file.write(svg(axis, unit, [point["x"] for point in measured], series))


def svg(axis, unit, xs, series):
    width, height, left, top, right, bottom = 640, 360, 60, 30, 110, 50
    most = max(max(values) for values in series.values()) * 1.1
    step = 10 ** math.floor(math.log10(most))
    step = next(size for size in (step / 5, step / 2, step, step * 2) if most / size <= 8)
    # Points stand as far from each other as their sizes do, in factors; none lies where nothing would.
    places = [math.log10(max(x, 100 if xs[0] == 0 else 1)) for x in xs]

    def at_x(place):
        return left + (place - places[0]) / (places[-1] - places[0]) * (width - left - right)

    def at_y(value):
        return height - bottom - value / most * (height - top - bottom)

    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">', f'<rect width="{width}" height="{height}" fill="white"/>']
    for i in range(int(most / step) + 1):
        y = at_y(i * step)
        lines.append(f'<line x1="{left}" y1="{y:.1f}" x2="{width - right}" y2="{y:.1f}" stroke="#ddd"/><text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{i * step:g}</text>')
    for x, place in zip(xs, places):
        lines.append(f'<text x="{at_x(place):.1f}" y="{height - bottom + 18}" text-anchor="middle">{x:,}</text>')
    lines.append(f'<text x="{left}" y="{top - 12}">{unit}</text><text x="{(left + width - right) / 2}" y="{height - 10}" text-anchor="middle">{axis}</text>')
    names = sorted(series, key=lambda name: -series[name][-1])
    labels = []
    for name in names:
        values, colour = series[name], COLOURS[list(series).index(name)]
        path = " ".join(f"{at_x(place):.1f},{at_y(value):.1f}" for place, value in zip(places, values))
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines += [f'<circle cx="{at_x(place):.1f}" cy="{at_y(value):.1f}" r="3" fill="{colour}"/>' for place, value in zip(places, values)]
        # Labels of lines that end close together stand one below the other.
        labels.append(max(at_y(values[-1]) + 4, labels[-1] + 13 if labels else 0))
        lines.append(f'<text x="{width - right + 8}" y="{labels[-1]:.1f}" fill="{colour}">{name}</text>')
    return "\n".join(lines) + "\n</svg>\n"


if __name__ == "__main__":
    {"measure": measure, "publish": publish, "report": report}[sys.argv[1]](*sys.argv[2:])
