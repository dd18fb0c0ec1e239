"""Trains a GRU in PyTorch and writes it as a model that the service answers with:

    python3 train_gru.py PRICES.csv models/checkpoints/SOL_best.onnx [EPOCHS]

The prices are daily: time,open,high,low,close,volume,... See docs/own-models.md.
"""
import csv
import datetime
import json
import math
import os
import sys

import numpy
import onnx
import torch

FEATURES = ["log_returns", "hl_spread", "rsi", "volume_change"]
STEPS = 60
HORIZON = 7          # days ahead that the network learns to tell
THRESHOLD = 0.02     # a close that moves less is neutral
HELD_OUT = 180       # days at the end that it does not learn from


def features(bars):
    """The features by their definitions, see docs/own-models.md, [days, 4]; the first rows, which miss some, are NaN."""
    rows = numpy.full((len(bars), len(FEATURES)), numpy.nan)
    close = [bar["close"] for bar in bars]
    for day in range(14, len(bars)):
        changes = numpy.diff(close[day - 14:day + 1])
        gains, losses = changes[changes > 0].sum(), -changes[changes < 0].sum()
        before = bars[day - 1]["volume"]
        rows[day] = [
            math.log(close[day] / close[day - 1]),
            (bars[day]["high"] - bars[day]["low"]) / close[day],
            100 - 100 / (1 + gains / losses) if losses > 0 else 100 if gains > 0 else 50,
            (bars[day]["volume"] / before - 1) * 100 if before else 0,
        ]
    return rows


def outcome(bars, day):
    """0 bearish, 1 neutral, 2 bullish: the order of the classes is fixed."""
    change = bars[day + HORIZON]["close"] / bars[day]["close"] - 1
    return 0 if change < -THRESHOLD else 2 if change > THRESHOLD else 1


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = torch.nn.GRU(len(FEATURES), 24, num_layers=2, batch_first=True, dropout=0.1)
        self.head = torch.nn.Linear(24, 3)

    def forward(self, window):
        states, _ = self.gru(window)
        return self.head(states[:, -1])


def main(prices, path, epochs=30):
    with open(prices, newline="") as file:
        bars = [dict(day=row["time"][:10], **{name: float(row[name]) for name in ("close", "high", "low", "volume")}) for row in csv.DictReader(file)]
    table = features(bars)
    learnt = range(14 + STEPS, len(bars) - HORIZON - HELD_OUT)
    tested = range(len(bars) - HELD_OUT, len(bars) - HORIZON)
    # Fitted on what is learnt from, and on nothing later.
    mean, scale = table[14:learnt[-1]].mean(0), table[14:learnt[-1]].std(0)
    scaled = torch.tensor((table - mean) / scale, dtype=torch.float32)

    def windows(days):
        return torch.stack([scaled[day - STEPS + 1:day + 1] for day in days]), torch.tensor([outcome(bars, day) for day in days])

    torch.manual_seed(1)
    torch.set_num_threads(1)
    network, (x, y) = Network(), windows(learnt)
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
    for _ in range(int(epochs)):
        for batch in torch.randperm(len(x)).split(128):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(network(x[batch]), y[batch]).backward()
            optimizer.step()

    network.eval()
    x, y = windows(tested)
    with torch.no_grad():
        accuracy = (network(x).argmax(1) == y).float().mean().item()

    unfinished = path + ".tmp"
    torch.onnx.export(
        network, torch.zeros(1, STEPS, len(FEATURES)), unfinished, opset_version=16, input_names=["window"], output_names=["logits"],
        dynamic_axes={"window": {0: "batch"}, "logits": {0: "batch"}})
    model = onnx.load(unfinished)
    onnx.helper.set_model_props(model, {
        "sequence_length": str(STEPS),
        "features": json.dumps(FEATURES),
        "scaler": json.dumps({"mean": mean.tolist(), "scale": scale.tolist()}),
        "output": "logits",
        "model_version": "gru-1",
        "trained_at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        # The newest close that an outcome was made of.
        "trained_through": bars[learnt[-1] + HORIZON]["day"],
        "test_accuracy": str(accuracy),
    })
    onnx.save(model, unfinished)
    os.replace(unfinished, path)  # a worker sees the file whole or not at all
    print(f"{path}: accuracy {accuracy:.3f} over the last {len(tested)} days")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
