"""Trains on random windows with PyTorch, an epoch for every line read, and prints its seconds: epoch.py THREADS BATCH BATCHES."""
import sys
import time

import torch

threads, size, batches = map(int, sys.argv[1:])
torch.set_num_threads(threads)


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm1 = torch.nn.LSTM(20, 128, batch_first=True)
        self.lstm2 = torch.nn.LSTM(128, 64, batch_first=True)
        self.lstm3 = torch.nn.LSTM(64, 32, batch_first=True)
        self.drop = torch.nn.Dropout(0.2)
        self.fc1 = torch.nn.Linear(32, 16)
        self.fc2 = torch.nn.Linear(16, 3)

    def forward(self, x):
        x = self.drop(self.lstm1(x)[0])
        x = self.drop(self.lstm2(x)[0])
        x = self.drop(self.lstm3(x)[0][:, -1])
        return self.fc2(torch.relu(self.fc1(x)))


network = Network()
optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.01)
windows, targets = torch.randn(batches, size, 90, 20), torch.randint(0, 3, (batches, size))
for _ in sys.stdin:
    start = time.perf_counter()
    for batch in range(batches):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(windows[batch]), targets[batch]).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
    print(time.perf_counter() - start, flush=True)
