"""PyTorch's turns: turns.py CHECKPOINT WINDOWS THREADS. See compare.py for what it reads and prints."""
import sys
import time

import numpy
import torch

from network import load

checkpoint, path, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
network = load(checkpoint)
windows = torch.from_numpy(numpy.fromfile(path, "<f4").reshape(-1, 90, 20))

with torch.inference_mode():
    for line in sys.stdin:
        batch, warm, calls = map(int, line.split())
        x = windows[:batch]
        if calls == 0:
            print(*network(x).flatten().tolist(), flush=True)
            continue
        for _ in range(warm):
            network(x)
        start = time.perf_counter()
        for _ in range(calls):
            network(x)
        print((time.perf_counter() - start) * 1000 / calls, flush=True)
