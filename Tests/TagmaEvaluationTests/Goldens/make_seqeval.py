"""Span counts of seqeval on random tag sequences:  python make_seqeval.py > seqeval.json"""
import json, random, sys
import seqeval
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import Entities, IOB2, IOBES

random.seed(3)
cases = []
for i in range(600):
    prefixes = "BIO" if i % 2 else "BIESO"
    def tags():
        out = []
        for _ in range(random.randint(1, 8)):
            p = random.choice(prefixes)
            out.append("O" if p == "O" else p + "-" + random.choice("XY"))
        return out
    gold = tags()
    predicted = (tags() * 8)[: len(gold)]
    # Strict spans are read under the scheme of each side, as our reader recognises it.
    def strict(t):
        scheme = IOBES if any(x[0] in "ES" for x in t) else IOB2
        return {(e.tag, e.start, e.end) for s in Entities([t], scheme).entities for e in s}
    a, b = set(get_entities(gold)), set(get_entities(predicted))
    c, d = strict(gold), strict(predicted)
    cases.append({"gold": gold, "predicted": predicted, "plain": [len(a), len(b), len(a & b)],
                  "strict": [len(c), len(d), len(c & d)]})
json.dump({"command": "python make_seqeval.py > seqeval.json", "seqeval": "1.2.2",
           "python": sys.version.split()[0], "cases": cases}, sys.stdout)
