"""Makes the checkpoints beside it with PyTorch, and prints the digest that each must have: computed here from what torch.load gives back."""
import argparse
import collections
import datetime
import enum
import hashlib
import pathlib
import random
import struct
import sys
import uuid

import numpy as np
import torch

HIDDEN, FC1, SEQUENCE = [5, 4, 3], 7, 30


def network():
    torch.manual_seed(7)
    state, inputs = {}, 20
    for layer, hidden in enumerate(HIDDEN, 1):
        lstm = torch.nn.LSTM(inputs, hidden)
        state |= {f"lstm{layer}.{k}": v.detach() for k, v in lstm.state_dict().items()}
        inputs = hidden
    for name, linear in (("fc1", torch.nn.Linear(inputs, FC1)), ("fc2", torch.nn.Linear(FC1, 3))):
        state |= {f"{name}.{k}": v.detach() for k, v in linear.state_dict().items()}
    return state


def shared(state):
    """One storage for all, with a gap before each tensor."""
    flat = torch.cat([torch.cat([torch.full((3,), float("nan")), v.flatten()]) for v in state.values()])
    views, at = {}, 0
    for k, v in state.items():
        at += 3
        views[k] = flat[at:at + v.numel()].view(v.shape)
        at += v.numel()
    return views


def digest(checkpoint):
    state = {k: v.detach().to(torch.float32).contiguous().numpy() for k, v in checkpoint["model_state_dict"].items()}
    data = b"coinsphere-checkpoint-1" + struct.pack("<i", SEQUENCE)
    for layer in (1, 2, 3):
        ih, hh, bi, bh = (state[f"lstm{layer}.{n}_l0"] for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
        data += struct.pack("<ii", ih.shape[1], hh.shape[1]) + b"".join(x.astype("<f4").tobytes() for x in (ih, hh, bi, bh))
    for name in ("fc1", "fc2"):
        weight, bias = state[f"{name}.weight"], state[f"{name}.bias"]
        data += struct.pack("<ii", weight.shape[1], weight.shape[0]) + weight.astype("<f4").tobytes() + bias.astype("<f4").tobytes()
    scaler = checkpoint["scaler"]
    tail = b"" if scaler is None else scaler["mean"].astype("<f8").tobytes() + scaler["std"].astype("<f8").tobytes()
    return hashlib.sha256(data + struct.pack("<i", 0 if scaler is None else 2) + tail).hexdigest()


class Mode(enum.Enum):
    SLOW = 1


class Network(torch.nn.Module):
    """The network as a module, for the names that modules write."""

    def __init__(self):
        super().__init__()
        inputs = 20
        for layer, hidden in enumerate(HIDDEN, 1):
            setattr(self, f"lstm{layer}", torch.nn.LSTM(inputs, hidden))
            inputs = hidden
        self.fc1, self.fc2 = torch.nn.Linear(inputs, FC1), torch.nn.Linear(FC1, 3)
        self.load_state_dict(network())


def unread():
    """What trainers store and no prediction needs: each was seen in a checkpoint."""
    module = torch.nn.Linear(2, 2)
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1, momentum=0.9)
    module(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=10)
    return {
        "optimizer_state_dict": optimizer.state_dict(),
        "scheduler_state_dict": scheduler.state_dict(),
        "args": argparse.Namespace(lr=0.1, name="x"),
        "device": torch.device("cuda:0"),
        "dtype": torch.float32,
        "input_shape": torch.Size([1, 30, 20]),
        "symbols": {"BTC", "ETH"},
        "frozen": frozenset([1, 2]),
        "counts": collections.Counter("abca"),
        "by_class": collections.defaultdict(list, {"a": [1]}),
        "mode": Mode.SLOW,
        "saved_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc),
        "folder": pathlib.PurePosixPath("/data"),
        "run": uuid.UUID(int=1),
        "random": random.Random(1).getstate()[1][:20],
        "numpy_random": np.random.default_rng(1).bit_generator.state,
        "torch_random": torch.get_rng_state(),
        "table": np.zeros(2, dtype=[("a", "f4"), ("b", "i8")]),
        "times": np.array(["2026-01-01"], dtype="M8[D]"),
        "bytes": b"\xff\0",
        "array": bytearray(b"ab"),
        "complex": 1 + 2j,
        "big": 2**100,
        "quantised": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8),
        "sparse": torch.eye(2).to_sparse(),
        "complex_tensor": torch.zeros(2, dtype=torch.complex64),
        "optimizer_class": torch.optim.Adam,
    }


def main(folder):
    kinds = {
        "float64": lambda s: {k: v.double() / 3 for k, v in s.items()},
        "float16": lambda s: {k: v.half() for k, v in s.items()},
        "bfloat16": lambda s: {k: v.bfloat16() for k, v in s.items()},
        "transposed": lambda s: {k: v.t().contiguous().t() if v.dim() == 2 else v.repeat_interleave(2)[::2] for k, v in s.items()},
        "shared": shared,
        "parameters": lambda s: {k: torch.nn.Parameter(v) for k, v in s.items()},
    }
    for kind, change in kinds.items():
        torch.save({
            "epoch": torch.tensor(12),
            "model_state_dict": change(network()),
            "best_val_loss": np.float32(0.75),
            "best_val_accuracy": torch.tensor(0.5, dtype=torch.float64),
            "config": {"hidden_sizes": [128, 64, 32], "sequence_length": np.int64(SEQUENCE)},
            "scaler": None,
        }, f"{folder}/{kind}.pth")
        print(kind, digest(torch.load(f"{folder}/{kind}.pth")))

    # mean and std as NumPy writes arrays in that protocol
    scaler = {"mean": np.arange(20) / 4, "std": np.arange(1, 21) / 8}
    for protocol in (2, 3, 4, 5):
        kind = "unread" if protocol == 2 else f"protocol{protocol}"
        torch.save({
            "epoch": 12,
            "model_state_dict": network(),
            "best_val_loss": np.float32(0.75),
            "config": {"sequence_length": np.int64(SEQUENCE)},
            "scaler": scaler,
            **unread(),
        }, f"{folder}/{kind}.pth", pickle_protocol=protocol)
        print(kind, digest(torch.load(f"{folder}/{kind}.pth")))

    averaged = torch.optim.swa_utils.AveragedModel(Network())
    torch.save(averaged.state_dict(), f"{folder}/averaged.pth")
    torch.save(Network(), f"{folder}/module.pth")


main(sys.argv[1])
