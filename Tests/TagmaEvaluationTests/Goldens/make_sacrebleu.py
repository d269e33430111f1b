"""Scores of sacreBLEU for random segments:  python make_sacrebleu.py > sacrebleu.json"""
import json, random, sys
import sacrebleu
from sacrebleu.metrics import BLEU, CHRF, TER

random.seed(11)
plain = "the cat sat on a mat , and then it ran away from old dogs . Nobody saw it again !".split()
odd = ("3.5 1,000 2-3 -5 5- (hi) «x» … 。 中文字符 日本語テキスト ΣΑΣ Σ ß İ e\u0301 \u00a0 \u3000 € ½ ² 😀 &amp; &quot; "
       "&lt;b&gt; <skipped> x_y {~} [`] \\ / @ #tag %50 ... ,, .. ?! -- ' don't l'eau ’s ™ \x1c \x85").split(" ")


def disturbed(words):
    words = list(words)
    for _ in range(random.randint(0, 5)):
        choice = random.random()
        if choice < 0.25 and words:
            words.pop(random.randrange(len(words)))
        elif choice < 0.5:
            words.insert(random.randint(0, len(words)), random.choice(plain + odd))
        elif len(words) > 2:
            start, length = random.randrange(len(words)), random.randint(1, 4)
            block = words[start:start + length]
            del words[start:start + length]
            place = random.randint(0, len(words))
            words[place:place] = block
    return words


hypotheses, references = ["", "", "a b", "."], [["", "a b", "", "."], ["x", "a", "", ". ."]]
for i in range(200):
    source = plain if i % 3 == 0 else plain + odd if i % 3 == 1 else "a b c d".split()
    words = [random.choice(source) for _ in range(random.randint(0, 40 if i % 3 == 2 else 20))]
    hypotheses.append(" ".join(disturbed(words)))
    references[0].append(" ".join(words))
    references[1].append(" ".join(disturbed(words)))

metrics = [("bleu", {"tokenize": t, "lowercase": lc, "smooth_method": s, "smooth_value": v}, BLEU)
           for t in ["13a", "intl", "zh", "char", "none"]
           for lc, s, v in [(False, "exp", None), (True, "floor", 0.1), (False, "add-k", 1), (False, "none", None)]]
metrics += [("chrf", {"word_order": w, "lowercase": lc}, CHRF) for w in (0, 2) for lc in (False, True)]
metrics += [("ter", {"case_sensitive": c}, TER) for c in (False, True)]
results = []
for name, settings, kind in metrics:
    for count in (1, 2):
        whole = kind(**settings)
        score = whole.corpus_score(hypotheses, references[:count]).score
        single = kind(**settings, **({"effective_order": True} if kind is BLEU else {}))
        results.append({
            "metric": name, "references": count, "settings": {k: str(v) for k, v in settings.items()},
            "score": score, "signature": str(whole.get_signature()),
            "segments": [single.sentence_score(h, [r[i] for r in references[:count]]).score
                         for i, h in enumerate(hypotheses)]})
json.dump({"sacrebleu": sacrebleu.__version__, "python": sys.version.split()[0], "hypotheses": hypotheses,
           "references": references, "results": results}, sys.stdout)
