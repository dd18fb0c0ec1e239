"""Compares answers, then loads the services by turns with wrk and prints a table: services.py MODE OURS ASPNET FASTAPI KESTREL UNTIL WORK.

MODE is cached, computed, kept, or compared, which loads nothing. OURS, ASPNET, FASTAPI and KESTREL (asked from the cache only) are base addresses,
UNTIL is the newest day there are prices of, WORK a folder for files.
"""
import datetime
import json
import os
import subprocess
import sys
import urllib.request

from figures import Others, header, note, ratio, row, spread

SYMBOLS = os.environ["SYMBOLS"].split()
ROUNDS = int(os.environ.get("ROUNDS", 3))
SECONDS = int(os.environ.get("SECONDS_PER_RUN", 4))
CONNECTIONS = (1, 16)
DAYS = 700
WARM_UPS = 8

mode, ours, aspnet, fastapi, kestrel, until, work = sys.argv[1:]
last = datetime.date.fromisoformat(until)


def ask(base, path, question):
    http = urllib.request.Request(base + path, json.dumps(question).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(http) as response:
        return json.load(response)


def compare():
    """All must compute the same, or a ratio means nothing."""
    for symbol in SYMBOLS:
        question = {"symbol": symbol, "asOf": until}
        for path, same in (("/predict", same_prediction), ("/risk-score", lambda a, b: a["risk_score"] == b["risk_score"])):
            own, *answers = (ask(base, path, question) for base in services.values())
            for name, answer in zip(list(services)[1:], answers):
                if not same(own, answer):
                    sys.exit(f"{name} answers {path} otherwise:\n{json.dumps(own)}\n{json.dumps(answer)}")
    note(f"same predictions and risk scores for {len(SYMBOLS)} symbols")


def same_prediction(a, b):
    p, q = a["prediction"], b["prediction"]
    difference = max(abs(p["probabilities"][name] - q["probabilities"][name]) for name in p["probabilities"])
    return difference <= 1e-5 and p["direction"] == q["direction"] and p["currentPrice"] == q["currentPrice"] and a["indicators"] == b["indicators"]


def questions(name, lines):
    path = os.path.join(work, name)
    with open(path, "w") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    return path


def days():
    return ((last - datetime.timedelta(days=i)).isoformat() for i in range(DAYS))


def load(base, path, file, connections, seconds=SECONDS):
    wrk = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", os.path.join(os.path.dirname(__file__), "wrk.lua"), base + path, "--", file]
    result = json.loads(subprocess.run(wrk, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    if result["failed"]:
        sys.exit(f"{base}{path}: {result['failed']} requests failed")
    # What is still to be recorded must not slow the other's turn.
    note(f"{base}{path}, {connections} connections: {result['rate']:.0f}/s, {others.settle():.1f} s of work left")
    return result


def warm_up(base, path, file):
    """Until a run gains less than a twentieth on the best before it, twice: what compiles as it runs needs more of them than what does not."""
    best, settled = 0, 0
    for _ in range(WARM_UPS):
        rate = load(base, path, file, CONNECTIONS[-1], seconds=3)["rate"]
        settled = settled + 1 if rate < 1.05 * best else 0
        best = max(best, rate)
        if settled == 2:
            break


def measure(label, path, file, services):
    for base in services.values():
        warm_up(base, path, file)
    for connections in CONNECTIONS:
        runs = {name: [] for name in services}
        for i in range(ROUNDS):
            for name in list(services)[::1 if i % 2 == 0 else -1]:
                runs[name].append(load(services[name], path, file, connections))
        cells = {}
        for name, own in runs.items():
            cells[name] = [run["rate"] for run in own]
            row(label, connections, name, spread(cells[name], 0), spread([run["p50"] for run in own], 2), spread([run["p99"] for run in own], 2),
                ratio(cells["ours"], cells[name]) if name != "ours" else "")


services = {"ours": ours, "ASP.NET": aspnet, "FastAPI": fastapi}
others = Others()
if mode == "cached":
    for base in services.values():
        ask(base, "/predict", {"symbol": "BTC", "timeframe": "7d"})
    header("request", "connections", "service", "requests/s", "p50 ms", "p99 ms", "ours / this")
    measure("predict, cached", "/predict", questions("cached", [{"symbol": "BTC", "timeframe": "7d"}]), services | {"bare Kestrel": kestrel})
else:
    compare()
if mode in ("computed", "kept"):
    what = "computed" if mode == "computed" else "computed, bars kept"
    predictions = ({"symbol": symbol, "timeframe": "7d", "asOf": day} for day in days() for symbol in SYMBOLS)
    measure(f"predict, {what}", "/predict", questions("predict", predictions), services)
    measure(f"risk, {what}", "/risk-score", questions("risk", ({"symbol": symbol, "asOf": day} for day in days() for symbol in SYMBOLS)), services)
if mode == "kept":
    batches = ({"symbols": SYMBOLS, "timeframe": "7d", "asOf": day} for day in days())
    measure(f"batch of {len(SYMBOLS)}, {what}", "/predict/batch", questions("batch", batches), {"ours": ours})
with open(os.path.join(work, f"others-{mode}"), "w") as file:
    file.write(f"{others.percent():.0f}")
