"""The same tagger network in PyTorch, for speed side by side.

    python torch_tagger.py TRAIN.conllu TEST.conllu --threads 2

Word 100, character BiLSTM 2x50 over the different words of a batch, BiLSTM 2x200, softmax over UPOS, batches of 32
sentences of similar length, Adam, dropout .5: what `tagma benchmark --train TRAIN.conllu --task upos --set
tagger.affixSize=0` measures on our side. Each direction is an nn.LSTM over padded rows, one of them reversed within
the length of each sentence, so that PyTorch uses its oneDNN kernels.
"""
import argparse
import random
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("train")
parser.add_argument("test")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--batches", type=int, default=40)
parser.add_argument("--repeats", type=int, default=5)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(1)


def read(path):
    sentences, words = [], []
    for line in open(path, encoding="utf-8"):
        fields = line.rstrip("\n").split("\t")
        if len(fields) == 10 and fields[0].isdigit():
            words.append((fields[1], fields[3]))
        elif not line.strip() and words:
            sentences.append(words)
            words = []
    return sentences


train, test = read(options.train), read(options.test)
count = {}
for sentence in train:
    for form, _ in sentence:
        count[form.lower()] = count.get(form.lower(), 0) + 1
word_ids = {w: i + 1 for i, w in enumerate(w for w, c in count.items() if c > 1)}
char_ids = {c: i + 1 for i, c in enumerate(sorted({c for s in train for f, _ in s for c in f}))}
tag_ids = {t: i for i, t in enumerate(sorted({t for s in train for _, t in s}))}


class BiLSTM(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.ahead = nn.LSTM(inputs, hidden, batch_first=True)
        self.back = nn.LSTM(inputs, hidden, batch_first=True)

    def forward(self, x, lengths):
        steps = torch.arange(x.shape[1])[None]
        order = torch.where(steps < lengths[:, None], lengths[:, None] - 1 - steps, steps)
        rows = torch.arange(len(x))[:, None]
        return torch.cat((self.ahead(x)[0], self.back(x[rows, order])[0][rows, order]), 2)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(len(word_ids) + 1, 100)
        self.chars = nn.Embedding(len(char_ids) + 1, 50)
        self.spelling = BiLSTM(50, 50)
        self.encoder = BiLSTM(200, 200)
        self.output = nn.Linear(400, len(tag_ids))
        self.drop = nn.Dropout(0.5)

    def forward(self, batch):
        ids, lengths, chars, char_lengths, place = batch
        spelled = self.spelling(self.chars(chars), char_lengths)
        last = torch.arange(len(chars))
        ends = torch.cat((spelled[last, char_lengths - 1, :50], spelled[last, 0, 50:]), 1)
        x = torch.cat((self.words(ids), ends[place]), 2)
        return self.output(self.drop(self.encoder(self.drop(x), lengths)))


def assemble(sentences):
    longest = max(map(len, sentences))
    seen = {}
    ids = torch.zeros(len(sentences), longest, dtype=torch.long)
    place = torch.zeros_like(ids)
    tags = torch.full_like(ids, -1)
    for i, sentence in enumerate(sentences):
        for t, (form, tag) in enumerate(sentence):
            ids[i, t] = word_ids.get(form.lower(), 0)
            place[i, t] = seen.setdefault(form, len(seen))
            tags[i, t] = tag_ids.get(tag, -1)
    longest = min(max(map(len, seen)), 24)
    chars = torch.tensor([[char_ids.get(c, 0) for c in f[:longest]] + [0] * (longest - len(f)) for f in seen])
    lengths = torch.tensor([len(s) for s in sentences])
    return (ids, lengths, chars, torch.tensor([min(len(f), longest) for f in seen]), place), tags


model = Tagger()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3, fused=True)
order = sorted(range(len(train)), key=lambda i: len(train[i]))
batches = [order[i:i + 32] for i in range(0, len(order), 32)]
random.Random(1).shuffle(batches)
speeds, at = [], 0
for repeat in range(options.repeats + 1):
    tokens, start = 0, time.perf_counter()
    for _ in range(options.batches):
        batch, tags = assemble([train[i] for i in batches[at % len(batches)]])
        at += 1
        loss = F.cross_entropy(model(batch).flatten(0, 1), tags.flatten(), ignore_index=-1)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        tokens += int((tags >= 0).sum())
    speeds.append(tokens / (time.perf_counter() - start))
print(f"training, {options.threads} thread(s): {statistics.median(speeds[1:]):.0f} tokens/s")

model.eval()
order = sorted(range(len(test)), key=lambda i: len(test[i]))
total = sum(map(len, test))
speeds = []
with torch.inference_mode():
    for repeat in range(options.repeats):
        start = time.perf_counter()
        for i in range(0, len(order), 32):
            batch, _ = assemble([test[k] for k in order[i:i + 32]])
            model(batch).argmax(2)
        speeds.append(total / (time.perf_counter() - start))
    print(f"tagging, {options.threads} thread(s): {statistics.median(speeds):.0f} tokens/s")
    times = []
    for sentence in test[:200]:
        start = time.perf_counter()
        batch, _ = assemble([sentence])
        model(batch).argmax(2)
        times.append(1000 * (time.perf_counter() - start))
    print(f"one sentence, {options.threads} thread(s): {statistics.median(times):.2f} ms")
