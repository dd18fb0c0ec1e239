"""What the comparisons share: medians with their spread, rows of a table, and how much of the machine went to others."""
import os
import statistics
import sys
import time


def spread(values, digits):
    """The median, and in parentheses the least and the greatest."""
    median, least, greatest = (f"{value:.{digits}f}" for value in (statistics.median(values), min(values), max(values)))
    return median if least == greatest else f"{median} ({least} to {greatest})"


def ratio(over, under):
    """Of values measured in alternation, the quotient within each round."""
    return spread([a / b for a, b in zip(over, under)], 2)


def row(*cells):
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def header(*cells):
    row(*cells)
    row(*["---"] * len(cells))


def note(text):
    print(text, file=sys.stderr, flush=True)


class Others:
    """Share of the machine's processor time that went to processes outside the trees of $ROOTS since this was made."""

    def __init__(self):
        self.roots = [int(root) for root in os.environ["ROOTS"].split()]
        self.before = self.times()

    def percent(self):
        (busy, total, own), (busy_before, total_before, own_before) = self.times(), self.before
        return max(0.0, 100 * (busy - busy_before - (own - own_before)) / (total - total_before))

    def times(self):
        own = sum(map(self.tree, self.roots))
        with open("/proc/stat") as file:
            ticks = [int(value) for value in file.readline().split()[1:9]]
        return sum(ticks) - ticks[3] - ticks[4], sum(ticks), own

    # Children that ended are counted in those who waited for them.
    def tree(self, pid):
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
            children = []
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children") as file:
                    children += file.read().split()
        except (FileNotFoundError, ProcessLookupError):
            return 0
        return sum(int(value) for value in fields[11:15]) + sum(self.tree(child) for child in children)

    def settle(self, limit=30):
        """Waits until what was started has finished its work, such as records that are written after the answers, and gives the seconds."""
        start, before = time.monotonic(), self.times()[2]
        while time.monotonic() - start < limit:
            time.sleep(0.25)
            now = self.times()[2]
            if now - before <= 3:  # ticks of 10 ms
                break
            before = now
        return max(0.0, time.monotonic() - start - 0.25)
