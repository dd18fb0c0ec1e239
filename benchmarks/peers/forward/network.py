"""The network of the specification in PyTorch, as ordinary code writes it."""
import torch


class CryptoLSTM(torch.nn.Module):
    def __init__(self, inputs=20, hidden=(128, 64, 32)):
        super().__init__()
        self.lstm1 = torch.nn.LSTM(inputs, hidden[0], batch_first=True)
        self.lstm2 = torch.nn.LSTM(hidden[0], hidden[1], batch_first=True)
        self.lstm3 = torch.nn.LSTM(hidden[1], hidden[2], batch_first=True)
        self.fc1 = torch.nn.Linear(hidden[2], 16)
        self.fc2 = torch.nn.Linear(16, 3)

    def forward(self, x):  # [batch, steps, inputs] -> [batch, 3]
        x, _ = self.lstm1(x)
        x, _ = self.lstm2(x)
        x, _ = self.lstm3(x)
        return torch.softmax(self.fc2(torch.relu(self.fc1(x[:, -1]))), dim=1)


def load(path):
    network = CryptoLSTM()
    network.load_state_dict(torch.load(path, map_location="cpu")["model_state_dict"])
    return network.eval()
