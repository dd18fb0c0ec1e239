"""Loads a checkpoint as data only, and prints its version, the probabilities of a fixed window, and the scale of its 14-day calibration."""
import sys

import torch

checkpoint = torch.load(sys.argv[1], weights_only=True)
state, config = checkpoint["model_state_dict"], checkpoint["config"]
values = torch.sin(torch.arange(config["sequence_length"] * config["input_size"], dtype=torch.float32)).reshape(1, config["sequence_length"], -1)
width = config["input_size"]
for layer, hidden in enumerate(config["hidden_sizes"], 1):
    lstm = torch.nn.LSTM(width, hidden, batch_first=True)
    lstm.load_state_dict({name.split(".")[1]: tensor for name, tensor in state.items() if name.startswith(f"lstm{layer}.")})
    values, _ = lstm(values)
    width = hidden
values = torch.relu(torch.nn.functional.linear(values[:, -1], state["fc1.weight"], state["fc1.bias"]))
values = torch.softmax(torch.nn.functional.linear(values, state["fc2.weight"], state["fc2.bias"]), dim=1)
print(checkpoint["metadata"]["model_version"])
print(*values[0].tolist())
print(repr(float(checkpoint["metadata"]["calibration"]["14d"]["scale"])))
