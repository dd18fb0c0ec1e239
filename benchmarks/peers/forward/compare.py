"""Runs engines by turns and prints a table: compare.py NAME=ENGINE=COMMAND ..., ours first.

Engines of one command share its process, which reads lines `ENGINE BATCH WARM CALLS`. With 0 calls it prints the probabilities of the first BATCH
windows; else it makes WARM calls, then CALLS more, and prints the milliseconds and the processor's milliseconds that each of these took. One engine works
at a time.
"""
import os
import shlex
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from figures import Others, header, note, ratio, row, spread

BATCHES = (1, 15, 32)
TOLERANCE = 1e-5
TURN_MS = 100
ROUNDS = int(os.environ.get("FORWARD_ROUNDS", 15))


processes = {}


class Engine:
    def __init__(self, name, engine, command):
        self.name, self.engine = name, engine
        if command not in processes:
            processes[command] = subprocess.Popen(shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.process = processes[command]

    def ask(self, batch, warm, calls):
        try:
            self.process.stdin.write(f"{self.engine} {batch} {warm} {calls}\n")
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            sys.exit(f"{self.name} ended")
        return [float(value) for value in answer.split()]

    def calibrate(self, batch):
        """Warms up, and finds how many calls make a turn."""
        self.calls = 1
        for _ in range(4):
            milliseconds = self.ask(batch, self.calls, self.calls)[0]
            self.calls = max(1, round(TURN_MS / milliseconds))

    def turn(self, batch):
        return self.ask(batch, max(1, self.calls // 5), self.calls)


engines = [Engine(*argument.split("=", 2)) for argument in sys.argv[1:]]
ours = engines[0]
others = Others()
for batch in BATCHES:
    expected = ours.ask(batch, 0, 0)
    for engine in engines[1:]:
        found = engine.ask(batch, 0, 0)
        difference = max(abs(a - b) for a, b in zip(found, expected, strict=True))
        note(f"batch {batch}: {engine.name} differs from ours by {difference:.1e} at most")
        if not difference <= TOLERANCE:
            sys.exit(f"expected at most {TOLERANCE}")

header("batch", "engine", "ms a call", "ms a window", "its time / ours", "CPU ms a window", "its CPU time / ours")
for batch in BATCHES:
    for engine in engines:
        engine.calibrate(batch)
    times = {engine.name: [] for engine in engines}
    for i in range(ROUNDS):
        # Each round begins with another, so that none always follows the same.
        for engine in engines[i % len(engines):] + engines[:i % len(engines)]:
            times[engine.name].append(engine.turn(batch))
    for engine in engines:
        (own, spent), (ours_took, ours_spent) = zip(*times[engine.name]), zip(*times[ours.name])
        row(batch, engine.name, spread(own, 3), f"{statistics.median(own) / batch:.3f}", "" if engine is ours else ratio(own, ours_took),
            f"{statistics.median(spent) / batch:.3f}", "" if engine is ours else ratio(spent, ours_spent))
print(f"\n{ROUNDS} rounds. Others took {others.percent():.0f} % of the machine meanwhile.")
for process in processes.values():
    process.stdin.close()
    process.wait()
