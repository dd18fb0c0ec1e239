"""Writes what PyTorch's autograd and optimizers make of the golden models: norms and sampled entries, and DELTA's whole gradient.

python3 gradients.py GOLDEN_FOLDER OUTPUT_FOLDER
"""
import json
import sys
import types

import torch

# CHARLIE holds a scaler of scikit-learn, of which nothing is needed here
for module in ("sklearn", "sklearn.preprocessing", "sklearn.preprocessing._data"):
    sys.modules.setdefault(module, types.ModuleType(module))
sys.modules["sklearn.preprocessing._data"].StandardScaler = type("StandardScaler", (), {})


class Network(torch.nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.lstm1 = torch.nn.LSTM(20, hidden[0], batch_first=True)
        self.lstm2 = torch.nn.LSTM(hidden[0], hidden[1], batch_first=True)
        self.lstm3 = torch.nn.LSTM(hidden[1], hidden[2], batch_first=True)
        self.fc1 = torch.nn.Linear(hidden[2], 16)
        self.fc2 = torch.nn.Linear(16, 3)

    def forward(self, x):
        for lstm in (self.lstm1, self.lstm2, self.lstm3):
            x, _ = lstm(x)
        return self.fc2(torch.relu(self.fc1(x[:, -1])))


def load(folder, name):
    state = torch.load(f"{folder}/{name}_best.pth", map_location="cpu")["model_state_dict"]
    network = Network([state[f"lstm{i}.weight_hh_l0"].shape[1] for i in (1, 2, 3)])
    network.load_state_dict(state)
    with open(f"{folder}/{name}_expected.json") as file:
        window = torch.tensor(json.load(file)["standardised_window"], dtype=torch.float32).reshape(90, 20)
    return network, torch.stack([window, window.flip(0), -window])


def loss_of(network, windows):
    targets = torch.tensor([[1, 0, 0], [0, 1, 0], [0.05, 0.05, 0.9]])
    return torch.nn.functional.cross_entropy(network(windows), targets)


def flat(tensors):
    return torch.cat([t.detach().flatten() for t in tensors])


def main(folder, output):
    result = {}
    for name in ("ALPHA", "BRAVO", "CHARLIE", "DELTA"):
        network, windows = load(folder, name)
        windows.requires_grad_(True)
        loss = loss_of(network, windows)
        loss.backward()
        gradient = flat([p.grad for p in network.parameters()])
        result[name] = {
            "loss": loss.item(),
            "norms": [p.grad.norm().item() for p in network.parameters()],
            "every_997th": gradient[::997].tolist(),
            "input_norm": windows.grad.norm().item(),
            "input_every_97th": windows.grad.flatten()[::97].tolist(),
        }
        if name == "DELTA":
            gradient.numpy().astype("<f4").tofile(f"{output}/DELTA_gradient.bin")
            for kind in ("Adam", "AdamW"):
                network, windows = load(folder, name)
                optimizer = getattr(torch.optim, kind)(network.parameters(), lr=1e-3, weight_decay=0.01)
                for _ in range(3):
                    optimizer.zero_grad()
                    loss_of(network, windows).backward()
                    optimizer.step()
                result[kind] = flat(network.parameters())[::97].tolist()
    with open(f"{output}/gradients.json", "w") as file:
        json.dump(result, file)


main(sys.argv[1], sys.argv[2])
