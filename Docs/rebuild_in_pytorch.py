"""Rebuilds the word encoder of a tagger in PyTorch:  python rebuild_in_pytorch.py MODEL

Prints the shape of the encoder's output for random word vectors, to show that every tensor has its place.
"""
import json
import sys

import torch
from safetensors.torch import load_file

folder = sys.argv[1]
configuration = json.load(open(f"{folder}/model.json"))["configuration"]
tensors = {name: t.float() for name, t in load_file(f"{folder}/weights.safetensors").items()}

layers = []
for k, hidden in enumerate(configuration["hiddenSizes"]):
    size = tensors[f"encoder.{k}.forward.weight_ih"].shape[1]
    lstm = torch.nn.LSTM(size, hidden, bidirectional=True)
    state = {}
    for ours, theirs in (("forward", ""), ("backward", "_reverse")):
        prefix = f"encoder.{k}.{ours}"
        state[f"weight_ih_l0{theirs}"] = tensors[f"{prefix}.weight_ih"]
        state[f"weight_hh_l0{theirs}"] = tensors[f"{prefix}.weight_hh"]
        state[f"bias_ih_l0{theirs}"] = tensors[f"{prefix}.bias"]
        state[f"bias_hh_l0{theirs}"] = torch.zeros_like(tensors[f"{prefix}.bias"])
    lstm.load_state_dict(state)
    layers.append(lstm)

x = torch.randn(7, 1, layers[0].input_size)
with torch.inference_mode():
    for lstm in layers:
        x, _ = lstm(x)
print("encoder output", tuple(x.shape))
