"""Writes what every engine runs: export.py CHECKPOINT FEATURES.csv FOLDER makes network.onnx and windows.bin, float32 [32, 90, 20]."""
import sys
import warnings

import numpy
import torch

from network import load

COUNT, STEPS = 32, 90
checkpoint, features, folder = sys.argv[1:]
rows = numpy.loadtxt(features, delimiter=",", skiprows=1, usecols=range(1, 21))
windows = numpy.stack([rows[first:first + STEPS] for first in range(COUNT)])
windows = (windows - windows.mean(axis=1, keepdims=True)) / (windows.std(axis=1, keepdims=True) + 1e-8)
windows.astype("<f4").tofile(f"{folder}/windows.bin")

# It warns of exports from a larger batch, whatever the batch is.
warnings.simplefilter("ignore")
torch.onnx.export(load(checkpoint), torch.zeros(1, STEPS, 20), f"{folder}/network.onnx", opset_version=14,
                  input_names=["windows"], output_names=["probabilities"], dynamic_axes={"windows": {0: "batch"}, "probabilities": {0: "batch"}})
