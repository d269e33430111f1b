"""A model of Tagma in PyTorch: nothing of Tagma is needed to use its weights.

    echo "Daniel went to Geneva ." | python rebuild_in_pytorch.py MODEL

reads a sentence a line, words separated by spaces, and writes the same as

    tagma tag -m MODEL -I tokens -O columns --task upos,xpos,feats,ner

Made for taggers whose cells and character models are LSTMs and whose spans are decoded by a CRF.
"""
import json
import sys
import unicodedata

import torch
from safetensors.torch import load_file

AFFIX_KINDS, CHARACTER_LIMIT, COMMON_FEATURES = 8, 32, 96
UNESCAPED = {"\\\\": "\\", "\\n": "\n", "\\r": "\r", "\\t": "\t"}


def read_vocabulary(path):
    """One entry a line; the line's number, from 0, is the entry's."""
    lines = open(path, encoding="utf-8", newline="\n").read().split("\n")[:-1]
    entries = []
    for line in lines:
        entry, i = "", 0
        while i < len(line):
            pair = line[i:i + 2]
            entry += UNESCAPED.get(pair, line[i])
            i += 2 if pair in UNESCAPED else 1
        entries.append(entry)
    return entries


def is_numeric(character):
    return unicodedata.numeric(character, None) is not None


def normalized(form):
    return "".join("0" if is_numeric(c) else c for c in form.lower())


def kind(text):
    """What stands for an address, a mention or a hashtag that the vocabulary does not hold."""
    if text[0] in "@#" and len(text) > 1:
        return {"@": "<mention>", "#": "<hashtag>"}[text[0]]
    return "<url>" if text.startswith(("http://", "https://", "www.")) else None


def shape(form):
    out = []
    for c in form:
        kind = "X" if c.isupper() else "x" if c.isalpha() else "9" if is_numeric(c) else c
        if out[-2:] != [kind, kind]:
            out.append(kind)
    return "".join(out)


class Tagger:
    def __init__(self, folder):
        description = json.load(open(f"{folder}/model.json"))
        self.configuration = description["configuration"]
        self.tasks = description["tasks"]
        self.thresholds = description.get("spanThresholds", {})
        self.words = {w: i for i, w in enumerate(read_vocabulary(f"{folder}/words.vocab"))}
        self.characters = {c: i for i, c in enumerate(read_vocabulary(f"{folder}/characters.vocab"))}
        self.labels = {t: read_vocabulary(f"{folder}/{t}.vocab") for t in self.tasks}
        self.tensors = {n: t.float() for n, t in load_file(f"{folder}/weights.safetensors").items()}
        for name in [n for n in self.tensors if n.endswith(".scale")]:  # rows in 8 bits
            self.tensors[name.removesuffix(".scale")] *= self.tensors[name][:, None]
        count = self.configuration.get("members", 1)
        self.prefixes = [""] if count == 1 else [f"members.{i}." for i in range(count)]
        self.lstms = {}
        for prefix in self.prefixes:
            for name in ["character_encoder"] + [
                f"encoder.{k}" for k in range(len(self.configuration["hiddenSizes"]))
            ]:
                self.lstms[prefix + name] = self.lstm(prefix + name)

    def lstm(self, name):
        state = {}
        for ours, theirs in (("forward", ""), ("backward", "_reverse")):
            state[f"weight_ih_l0{theirs}"] = self.tensors[f"{name}.{ours}.weight_ih"]
            state[f"weight_hh_l0{theirs}"] = self.tensors[f"{name}.{ours}.weight_hh"]
            state[f"bias_ih_l0{theirs}"] = self.tensors[f"{name}.{ours}.bias"]
            state[f"bias_hh_l0{theirs}"] = torch.zeros_like(self.tensors[f"{name}.{ours}.bias"])
        hidden = state["weight_hh_l0"].shape[1]
        lstm = torch.nn.LSTM(state["weight_ih_l0"].shape[1], hidden, bidirectional=True)
        lstm.load_state_dict(state)
        return lstm

    def affix_rows(self, form):
        text, buckets = normalized(form), self.configuration["affixBuckets"]
        parts = [text[:n] for n in (1, 2, 3)] + [text[-n:] for n in (1, 2, 3, 4)] + [shape(form)]
        rows = []
        for kind, part in enumerate(parts):
            hashed = 2166136261
            for c in part:
                hashed = (hashed ^ ord(c)) * 16777619 & 0xFFFFFFFF
            rows.append(kind * buckets + hashed % buckets)
        return rows

    def vector(self, prefix, form):
        """A word's embedding, its spelling read from both ends, its affixes."""
        t = self.tensors
        text = normalized(form)
        word = self.words.get(text, self.words.get(kind(text), 0))
        parts = [t[prefix + "words.weight"][word]]
        half = CHARACTER_LIMIT // 2
        spelled = form if len(form) <= CHARACTER_LIMIT else form[:half] + form[-half:]
        ids = torch.tensor([self.characters.get(c, 0) for c in spelled] or [0])
        states, _ = self.lstms[prefix + "character_encoder"](t[prefix + "characters.weight"][ids])
        hidden = states.shape[1] // 2
        parts += [states[-1, :hidden], states[0, hidden:]]
        if self.configuration["affixSize"] > 0:
            parts.append(t[prefix + "affixes.weight"][torch.tensor(self.affix_rows(form))].flatten())
        return torch.cat(parts)

    def mean(self, name):
        return sum(self.tensors[prefix + name] for prefix in self.prefixes) / len(self.prefixes)

    def scores(self, forms):
        """For each task the logits `[words, classes]`, the mean of the members'."""
        sums = {task: 0 for task in self.tasks}
        for prefix in self.prefixes:
            x = torch.stack([self.vector(prefix, form) for form in forms])
            for k in range(len(self.configuration["hiddenSizes"])):
                x, _ = self.lstms[f"{prefix}encoder.{k}"](x)
            for task in self.tasks:
                name = f"{prefix}heads.{task}"
                y = x @ self.tensors[f"{name}.weight"].T + self.tensors[f"{name}.bias"]
                sums[task] = sums[task] + y / len(self.prefixes)
        return sums

    def tag(self, forms):
        found = {}
        for task, logits in self.scores(forms).items():
            labels = self.labels[task]
            if task == "feats":
                found[task] = [best_features(row, labels) for row in logits]
            elif f"{self.prefixes[0]}heads.{task}.crf.start" in self.tensors:
                crf = [self.mean(f"heads.{task}.crf.{n}") for n in ("transitions", "start", "end")]
                threshold = self.thresholds.get(task)
                found[task] = (
                    bio(viterbi(logits, labels, *crf)) if threshold is None
                    else likely_spans(logits, labels, threshold, *crf))
            else:
                found[task] = [labels[i] for i in logits.argmax(1)]
        return found


def best_features(row, labels, beam=4):
    """The likeliest of the common combinations where it is sure; else the best of all the likeliest: its log
    probability and those of all its values."""
    common = torch.softmax(row[:min(len(labels), COMMON_FEATURES)], 0)
    if common.max() > 0.9:
        return labels[common.argmax()]
    pairs = [dict(p.split("=", 1) for p in label.split("|")) if label != "_" else {} for label in labels]
    attributes = sorted({a for p in pairs for a in p})
    logs, place = torch.log_softmax(row[:len(labels)], 0), len(labels)
    candidates = logs.topk(min(beam, len(labels))).indices.tolist()
    totals = {i: logs[i].item() for i in candidates}
    for attribute in attributes:
        values = sorted({p[attribute] for p in pairs if attribute in p})
        group = torch.log_softmax(row[place:place + len(values) + 1], 0)
        for i in candidates:
            value = pairs[i].get(attribute)
            totals[i] += group[0 if value is None else 1 + values.index(value)].item()
        place += len(values) + 1
    return labels[max(candidates, key=totals.get)]


def constrained(tags, transitions, start, end):
    """The scores with what BIOES forbids at minus infinity: a span that began goes on or ends, under its label."""
    def may_follow(a, b):
        is_open = a is not None and a[0] in "BI"
        if b is None or b[0] not in "IE":
            return not is_open
        return is_open and a[2:] == b[2:]

    def mask(pairs):
        return torch.tensor([0 if may_follow(a, b) else -float("inf") for a, b in pairs])

    between = mask([(a, b) for a in tags for b in tags]).view(len(tags), len(tags))
    return (transitions + between, start + mask([(None, b) for b in tags]),
            end + mask([(a, None) for a in tags]))


def viterbi(emissions, tags, *crf):
    """The best sequence of BIOES tags among those that are allowed."""
    transitions, start, end = constrained(tags, *crf)
    score = emissions[0] + start
    back = []
    for row in emissions[1:]:
        best, origin = (score[:, None] + transitions).max(0)
        back.append(origin)
        score = best + row
    path = [(score + end).argmax().item()]
    for origin in reversed(back):
        path.append(origin[path[-1]].item())
    return [tags[i] for i in reversed(path)]


def likely_spans(emissions, tags, threshold, *crf):
    """The spans without overlap whose sum of (probability - threshold) is the highest, as BIO tags."""
    transitions, start, end = (x.double() for x in constrained(tags, *crf))
    emissions, count = emissions.double(), len(emissions)
    ahead, back = [emissions[0] + start], [end]
    for row in emissions[1:]:
        ahead.append(torch.logsumexp(ahead[-1][:, None] + transitions, 0) + row)
    for row in emissions.flip(0)[:-1]:
        back.insert(0, torch.logsumexp(transitions + (row + back[0])[None], 1))
    total = torch.logsumexp(ahead[-1] + end, 0)
    number = {tag: i for i, tag in enumerate(tags)}
    gains, last = [0.0], [None]
    ending = [[] for _ in range(count + 1)]
    for k in range(count + 1):
        if k > 0:
            gains.append(gains[k - 1])
            last.append(None)
        for first, label, gain in ending[k]:
            if gains[first] + gain > gains[k]:
                gains[k], last[k] = gains[first] + gain, (first, label)
        for label in {tag[2:] for tag in tags if tag != "O"} if k < count else ():
            begin, inside, close, single = (number[f"{p}-{label}"] for p in "BIES")
            scores = {k: ahead[k][single] + back[k][single]}
            so_far, tag = ahead[k][begin], begin
            for t in range(k + 1, count):
                scores[t] = so_far + transitions[tag, close] + emissions[t, close] + back[t][close]
                so_far, tag = so_far + transitions[tag, inside] + emissions[t, inside], inside
            for t, score in scores.items():
                probability = (score - total).exp().item()
                if probability > threshold:
                    ending[t + 1].append((k, label, probability - threshold))
    out, k = ["O"] * count, count
    while k > 0:
        if last[k] is None:
            k -= 1
            continue
        first, label = last[k]
        out[first:k] = ["B-" + label] + ["I-" + label] * (k - first - 1)
        k = first
    return out


def bio(tags):
    return [{"E": "I", "S": "B"}.get(t[0], t[0]) + t[1:] for t in tags]


if __name__ == "__main__":
    tagger = Tagger(sys.argv[1])
    for line in sys.stdin:
        forms = line.split()
        if not forms:
            continue
        with torch.inference_mode():
            found = tagger.tag(forms)
        order = [t for t in ("upos", "xpos", "feats", "lemma", "chunk", "ner") if t in found]
        for i, form in enumerate(forms):
            print("\t".join([form] + [found[task][i] for task in order]))
        print()
