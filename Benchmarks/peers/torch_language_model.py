"""The same character language model in PyTorch, for quality and speed side by side.

    python torch_language_model.py TRAIN.txt DEV.txt --threads 2
    python torch_language_model.py TRAIN.txt DEV.txt --initial MODEL --dropout 0

Embeddings 128 tied with the output, one LSTM of 512, a linear map back to 128; 32 streams of text read side by side,
100 steps a batch with states carried on, Adam with the learning rate along a cosine: what `tagma train language-model`
does by default. Batches as they come, one pass over the text. Prints characters/s of training, bits per character and the
perplexity of a unit. With `--initial` it begins with the weights of a model of `tagma train language-model` and reads its units, so
that without dropout both differ in nothing but the rounding of sums.
"""
import argparse
import collections
import json
import math
import struct
import time

import torch
from torch import nn
from torch.nn import functional as F

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("train")
parser.add_argument("dev")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--hidden", type=int, default=512)
parser.add_argument("--embedding", type=int, default=128)
parser.add_argument("--streams", type=int, default=32)
parser.add_argument("--steps", type=int, default=100)
parser.add_argument("--epochs", type=int, default=1)
parser.add_argument("--rate", type=float, default=0.002)
parser.add_argument("--batches", type=int, default=0, help="stop after so many, to measure speed alone")
parser.add_argument("--dropout", type=float, default=0.1)
parser.add_argument("--initial", help="a folder of a model of tagma's")
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(1)


def lines(path):
    return [" ".join(line.split()) for line in open(path, encoding="utf-8") if line.split()]


train, dev = lines(options.train), lines(options.dev)
END = 0
if options.initial is None:
    # A line ends with a mark of its own, as in Tagma; characters that were not seen are one unit.
    count = collections.Counter(c for line in train for c in line)
    ids = {c: i + 2 for i, c in enumerate(c for c, n in count.items() if n > 1)}
    units = len(ids) + 2

    def spelled(line):
        return [ids.get(c, 1) for c in line]
else:
    # Two marks, 256 bytes, the mark of a space, characters; a line begins with a space.
    END, BYTES, SPACE = 1, 2, 258
    names = open(f"{options.initial}/units.vocab", encoding="utf-8").read().split("\n")
    ids = {c: i for i, c in enumerate(names) if len(c) == 1 and i > SPACE}
    units = sum(1 for name in names if name)

    def spelled(line):
        return [i for c in " " + line
                for i in ([SPACE] if c == " " else [ids[c]] if c in ids else [BYTES + b for b in c.encode()])]


def encoded(text):
    return torch.tensor([i for line in text for i in spelled(line) + [END]])


class Model(nn.Module):
    def __init__(self, units):
        super().__init__()
        self.table = nn.Parameter(torch.empty(units, options.embedding))
        nn.init.uniform_(self.table, -math.sqrt(3 / options.embedding), math.sqrt(3 / options.embedding))
        self.bias = nn.Parameter(torch.zeros(units))
        self.lstm = nn.LSTM(options.embedding, options.hidden)
        for name, p in self.lstm.named_parameters():
            if name.startswith("weight_ih"):
                nn.init.xavier_uniform_(p)
            elif name.startswith("weight_hh"):
                for part in p.chunk(4):
                    nn.init.orthogonal_(part)
            else:
                nn.init.zeros_(p)
        nn.init.ones_(self.lstm.bias_ih_l0[options.hidden : 2 * options.hidden])
        self.output = nn.Linear(options.hidden, options.embedding)
        self.dropout = options.dropout

    def forward(self, x, state):
        y = F.embedding(x, self.table) * math.sqrt(options.embedding)
        y, state = self.lstm(y, state)
        y = F.dropout(y, self.dropout, self.training)
        return self.output(y) @ self.table.t() + self.bias, state


def take(model, folder):
    """Weights of a language model of tagma's."""
    data = open(f"{folder}/weights.safetensors", "rb").read()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    names = {"embedding.weight": "table", "output.bias": "bias", "projection.weight": "output.weight",
             "projection.bias": "output.bias", "layers.0.weight_ih": "lstm.weight_ih_l0",
             "layers.0.weight_hh": "lstm.weight_hh_l0", "layers.0.bias": "lstm.bias_ih_l0"}
    state = model.state_dict()
    for name, tensor in json.loads(data[8:start]).items():
        if name != "__metadata__":
            begin, end = tensor["data_offsets"]
            values = torch.frombuffer(bytearray(data[start + begin : start + end]), dtype=torch.float32)
            state[names[name]] = values.reshape(tensor["shape"])
    state["lstm.bias_hh_l0"].zero_()
    model.load_state_dict(state)
    # One vector of biases, as there.
    model.lstm.bias_hh_l0.requires_grad_(False)


text = encoded(train)
model = Model(units)
if options.initial is not None:
    take(model, options.initial)
optimizer = torch.optim.Adam(model.parameters(), lr=options.rate, betas=(0.9, 0.99), eps=1e-8)
length = (len(text) - 1) // options.streams
inputs = text[: length * options.streams].view(options.streams, length).t()
targets = text[1 : length * options.streams + 1].view(options.streams, length).t()
total = options.epochs * math.ceil(length / options.steps)
step, start, read = 0, time.time(), 0
model.train()
for epoch in range(options.epochs):
    state = None
    for at in range(0, length, options.steps):
        done = step / total
        rest = (done - 0.01) / 0.99
        rate = max(done / 0.01, 1e-3) if rest < 0 else 0.02 + 0.98 * (1 + math.cos(math.pi * rest)) / 2
        for group in optimizer.param_groups:
            group["lr"] = options.rate * rate
        x, y = inputs[at : at + options.steps], targets[at : at + options.steps]
        logits, state = model(x, state)
        state = tuple(s.detach() for s in state)
        loss = F.cross_entropy(logits.reshape(-1, logits.shape[2]), y.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        step, read = step + 1, read + x.numel()
        if step == options.batches:
            break
        if step == 5:
            start, read = time.time(), 0
    if step == options.batches:
        break
print(f"{read / (time.time() - start):.0f} characters/s in training, {options.threads} thread(s)")
if not options.batches:
    model.eval()
    held = encoded(dev)
    with torch.no_grad():
        state, loss = None, 0.0
        previous = torch.cat([torch.tensor([END]), held[:-1]])
        for at in range(0, len(held), 1000):
            logits, state = model(previous[at : at + 1000, None], state)
            loss += F.cross_entropy(logits[:, 0], held[at : at + 1000], reduction="sum").item()
    # Nobody counts the space before a line as one of its characters.
    characters = sum(len(line) + 1 for line in dev)
    print(f"{loss / math.log(2) / characters:.4f} bits per character, perplexity {math.exp(loss / len(held)):.4f}")
