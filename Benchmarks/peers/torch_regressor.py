"""The same regressor in PyTorch, for quality and speed side by side.

    python torch_regressor.py TRAIN.csv DEV.csv --horizon 6 --seed 1
    python torch_regressor.py TRAIN.csv DEV.csv --horizon 6 --seed 1 --initial MODEL

Windows of 24 rows of one column, Dense (ReLU) 32, LSTM 32, Dense; mean squared error of standardised values, Adam with the
learning rate along a cosine, a moving average of the weights, the best epoch by dev data: what `tagma train regressor`
does by default. With `--initial` it begins with the weights of a model of `tagma train regressor` and takes windows in the
order in which that command takes them with this seed, so that both differ in nothing but the rounding of sums. Prints the root of the mean
squared error on dev data, and that of repeating the last row.
"""
import argparse
import json
import math
import struct
import time

import torch
from torch import nn

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("train")
parser.add_argument("dev")
parser.add_argument("--window", type=int, default=24)
parser.add_argument("--horizon", type=int, default=1)
parser.add_argument("--epochs", type=int, default=60)
parser.add_argument("--patience", type=int, default=15)
parser.add_argument("--learning-rate", type=float, default=0.005)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--initial", help="a folder of a model of tagma's")
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(options.seed)


def column(path):
    return torch.tensor([float(line) for line in open(path).read().split()[1:]], dtype=torch.float64)


train, dev = column(options.train), column(options.dev)
mean, deviation = train.mean(), train.std(unbiased=False)


def windows(values):
    scaled = ((values - mean) / deviation).float()
    ends = range(options.window - 1, len(values) - options.horizon)
    x = torch.stack([scaled[e - options.window + 1 : e + 1] for e in ends]).unsqueeze(2)
    return x, torch.stack([scaled[e + options.horizon] for e in ends])


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(1, 32)
        self.lstm = nn.LSTM(32, 32, batch_first=True)
        self.last = nn.Linear(32, 1)
        for layer in (self.first, self.last):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
        nn.init.xavier_uniform_(self.lstm.weight_ih_l0)
        for part in self.lstm.weight_hh_l0.chunk(4):
            nn.init.orthogonal_(part)
        for bias in (self.lstm.bias_ih_l0, self.lstm.bias_hh_l0):
            nn.init.zeros_(bias)
        with torch.no_grad():
            self.lstm.bias_ih_l0[32:64] = 1

    def forward(self, x):
        return self.last(self.lstm(torch.relu(self.first(x)))[0][:, -1]).squeeze(1)


def take(model, folder):
    """Weights of a regressor of tagma's."""
    data = open(f"{folder}/weights.safetensors", "rb").read()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    names = {"layers.0.weight_ih": "lstm.weight_ih_l0", "layers.0.weight_hh": "lstm.weight_hh_l0",
             "layers.0.bias": "lstm.bias_ih_l0"}
    state = model.state_dict()
    for name, tensor in json.loads(data[8:start]).items():
        if name != "__metadata__":
            begin, end = tensor["data_offsets"]
            values = struct.unpack(f"<{(end - begin) // 4}f", data[start + begin : start + end])
            state[names.get(name, name)] = torch.tensor(values).reshape(tensor["shape"])
    state["lstm.bias_hh_l0"].zero_()
    model.load_state_dict(state)
    # One vector of biases, as there.
    model.lstm.bias_hh_l0.requires_grad_(False)


class SplitMix64:
    mask = (1 << 64) - 1

    def __init__(self, seed):
        self.state = seed & self.mask

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & self.mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & self.mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & self.mask
        return z ^ (z >> 31)

    def below(self, bound):
        """As Swift's standard library draws it (Lemire 2019)."""
        product = self.next() * bound
        if product & self.mask < bound:
            while product & self.mask < ((1 << 64) - bound) % bound:
                product = self.next() * bound
        return product >> 64


def orders(count):
    """The order of windows in each epoch."""
    if options.initial is None:
        while True:
            yield torch.randperm(count)
    random = SplitMix64(options.seed ^ 0x7265677265737300)
    while True:
        source, order = SplitMix64(random.next()), list(range(count))
        for i in range(count - 1):
            j = i + source.below(count - i)
            order[i], order[j] = order[j], order[i]
        yield torch.tensor(order)


x, y = windows(train)
dev_x, dev_y = windows(dev)
model, averaged = Model(), Model()
if options.initial is not None:
    take(model, options.initial)
averaged.load_state_dict(model.state_dict())
optimizer = torch.optim.Adam(model.parameters(), lr=options.learning_rate, betas=(0.9, 0.99))
steps = options.epochs * math.ceil(len(x) / 32)
step, best, bad, start = 0, math.inf, 0, time.time()
for epoch, order in zip(range(options.epochs), orders(len(x))):
    for batch in order.split(32):
        done = step / steps
        rest = (done - 0.02) / 0.98
        rate = max(done / 0.02, 1e-3) if rest < 0 else 0.02 + 0.98 * (1 + math.cos(math.pi * rest)) / 2
        for group in optimizer.param_groups:
            group["lr"] = options.learning_rate * rate
        # Half the squares: the bound on the gradient's norm is for their derivative.
        loss = nn.functional.mse_loss(model(x[batch]), y[batch]) / 2
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        step += 1
        if step % 8 == 0:
            updates = step // 8
            decay = min(0.99**8, (1 + updates) / (10 + updates))
            with torch.no_grad():
                for a, b in zip(averaged.parameters(), model.parameters()):
                    a.lerp_(b, 1 - decay)
    with torch.no_grad():
        error = (averaged(dev_x) - dev_y).double().pow(2).mean().sqrt() * deviation
    bad = 0 if error < best else bad + 1
    best = min(best, error.item())
    if bad == options.patience:
        break
ends = slice(options.window - 1, len(dev) - options.horizon)
last = (dev[ends] - dev[ends.start + options.horizon :]).pow(2).mean().sqrt()
print(f"rmse {best:.6f}, of the last row {last:.5f}, {epoch + 1} epochs in {time.time() - start:.1f} s")
