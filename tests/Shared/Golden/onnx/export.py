"""Writes the networks of this folder and what PyTorch says of them: python3 export.py, with Debian's python3-torch and python3-onnx."""
import json
import pathlib

import numpy
import onnx
import torch

FEATURES = ["rsi", "close", "sentiment_neg", "log_returns", "volume_ma", "hl_spread"]
COLUMNS = [5, 0, 19, 4, 12, 3]
STEPS = 30
WINDOWS = 3


class Network(torch.nn.Module):
    def __init__(self, kind, logits):
        super().__init__()
        self.kind, self.logits = kind, logits
        if kind == "gru":
            self.body = torch.nn.GRU(len(FEATURES), 16, num_layers=2, batch_first=True)
        elif kind == "convolution":
            self.body = torch.nn.Sequential(
                torch.nn.Conv1d(len(FEATURES), 16, 3), torch.nn.BatchNorm1d(16), torch.nn.GELU(), torch.nn.AdaptiveAvgPool1d(1), torch.nn.Flatten())
        else:
            self.embedding = torch.nn.Linear(len(FEATURES), 16)
            self.body = torch.nn.TransformerEncoder(torch.nn.TransformerEncoderLayer(16, 2, 32, batch_first=True), 1)
        self.head = torch.nn.Linear(16, 3)

    def forward(self, window):
        if self.kind == "gru":
            hidden = self.body(window)[0][:, -1]
        elif self.kind == "convolution":
            hidden = self.body(window.transpose(1, 2))
        else:
            hidden = self.body(self.embedding(window)).mean(1)
        logits = self.head(hidden) * 4
        return logits if self.logits else torch.softmax(logits, -1)


folder = pathlib.Path(__file__).parent
steps = numpy.arange(WINDOWS * STEPS * 20)
windows = torch.tensor((((steps * 7919) % 2001 - 1000) / 500).reshape(WINDOWS, STEPS, 20), dtype=torch.float32)
expected = {}
for seed, kind in enumerate(["gru", "convolution", "transformer"]):
    torch.manual_seed(seed)
    logits = kind == "convolution"
    network = Network(kind, logits).eval()
    path = str(folder / f"{kind}.onnx")
    torch.onnx.export(
        network, torch.zeros(2, STEPS, len(FEATURES)), path, opset_version=16, input_names=["window"], output_names=["probabilities"],
        dynamic_axes={"window": {0: "batch"}, "probabilities": {0: "batch"}})
    model = onnx.load(path)
    onnx.helper.set_model_props(model, {
        "sequence_length": str(STEPS), "features": json.dumps(FEATURES), "scaler": "window", "model_version": f"{kind}-1", "trained_through": "2023-12-31",
        **({"output": "logits"} if logits else {})})
    onnx.save(model, path)
    with torch.no_grad():
        said = network(windows[:, :, COLUMNS])
    expected[kind] = (torch.softmax(said, -1) if logits else said).tolist()
(folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
