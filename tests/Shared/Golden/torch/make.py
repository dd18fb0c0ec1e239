"""Makes the checkpoints beside it with PyTorch, and prints the digest that each must have: computed here from what torch.load gives back."""
import hashlib
import struct
import sys

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
    return hashlib.sha256(data + struct.pack("<i", 0)).hexdigest()


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


main(sys.argv[1])
