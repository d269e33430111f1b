"""The same regressor in PyTorch, for quality and speed side by side.

    python torch_regressor.py TRAIN.csv DEV.csv --horizon 6 --seed 1

Windows of 24 rows of one column, Dense (ReLU) 32, LSTM 32, Dense; mean squared error of standardised values, Adam with the
learning rate along a cosine, a moving average of the weights, the best epoch by dev data: what `tagma train regressor`
does by default. Prints the root of the mean squared error on dev data, and that of repeating the last row.
"""
import argparse
import math
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
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--threads", type=int, default=1)
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


x, y = windows(train)
dev_x, dev_y = windows(dev)
model, averaged = Model(), Model()
averaged.load_state_dict(model.state_dict())
optimizer = torch.optim.Adam(model.parameters(), lr=0.005, betas=(0.9, 0.99))
steps = options.epochs * math.ceil(len(x) / 32)
step, best, bad, start = 0, math.inf, 0, time.time()
for epoch in range(options.epochs):
    for batch in torch.randperm(len(x)).split(32):
        done = step / steps
        rate = min(1, done / 0.02) * (0.02 + 0.98 * (1 + math.cos(math.pi * done)) / 2)
        for group in optimizer.param_groups:
            group["lr"] = 0.005 * rate
        loss = nn.functional.mse_loss(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        step += 1
        decay = min(0.99, (1 + step) / (10 + step))
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
print(f"rmse {best:.5f}, of the last row {last:.5f}, {epoch + 1} epochs in {time.time() - start:.1f} s")
