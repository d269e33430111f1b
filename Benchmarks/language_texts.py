#!/usr/bin/env python3
"""Makes what `models/languages` learns from: `language_texts.py DATA OUT`.

DATA holds `udhr/udhr.tsv.gz` (the Universal Declaration, code TAB paragraph) and treebanks `ud-LANGUAGE-NAME/*.conllu.gz`. OUT gets
train.tsv, dev.tsv and test.tsv: language, TAB, text. Every fifth paragraph of the Declaration is for test, the one after it for dev;
of treebanks the parts that are meant for it. Training texts are also cut to runs of a few words.
"""
import glob
import gzip
import os
import random
import sys

DATA, OUT = sys.argv[1:3]
# Names of files of the Declaration, by the code that is given.
DECLARATIONS = {
    "af": "afr", "am": "amh", "ar": "arb", "az": "azj_latn", "be": "bel", "bg": "bul", "bn": "ben", "bo": "bod", "br": "bre", "ca": "cat",
    "ceb": "ceb", "cs": "ces", "cy": "cym", "da": "dan", "de": "deu", "el": "ell_monotonic", "en": "eng", "eo": "epo", "es": "spa",
    "et": "est", "eu": "eus", "fa": "pes_1", "fi": "fin", "fj": "fij", "fo": "fao", "fr": "fra", "fy": "fri", "ga": "gle", "gd": "gla",
    "gl": "glg", "gn": "gug", "gu": "guj", "ha": "hau_NG", "haw": "haw", "he": "heb", "hi": "hin", "hr": "hrv", "ht": "hat_popular",
    "hu": "hun", "hy": "hye", "id": "ind", "ig": "ibo", "is": "isl", "it": "ita", "ja": "jpn", "jv": "jav", "ka": "kat", "kk": "kaz",
    "km": "khm", "kn": "kan", "ko": "kor", "ku": "ckb", "ky": "kir", "la": "lat", "lb": "ltz", "lo": "lao", "lt": "lit", "lv": "lav",
    "mg": "plt", "mi": "mri", "mk": "mkd", "ml": "mal", "mn": "khk", "mr": "mar", "mt": "mlt", "my": "mya", "nb": "nob", "ne": "nep",
    "nl": "nld", "nn": "nno", "oc": "lnc", "pa": "pan", "pl": "pol", "pt": "por_PT", "qu": "quz", "ro": "ron", "ru": "rus", "rw": "kin",
    "si": None, "sk": "slk", "sl": "slv", "so": "som", "sq": "als", "sr": "srp_cyrl", "st": "sot", "su": "sun", "sv": "swe", "sw": "swh",
    "ta": "tam", "te": None, "tg": "tgk", "th": "tha", "tl": "tgl", "tr": "tur", "tt": "tat", "ug": "uig_arab", "uk": "ukr", "ur": "urd",
    "uz": "uzn_latn", "vi": "vie", "xh": "xho", "yi": "ydd", "yo": "yor", "zh-Hans": "cmn_hans", "zh-Hant": "cmn_hant", "zu": "zul",
}
# Treebanks of more than one name for a language, and of scripts.
TREEBANKS = {"zh-gsd": "zh-Hant", "zh-gsdsimp": "zh-Hans"}
MOST = 6000


def declarations():
    by_code = {}
    with gzip.open(f"{DATA}/udhr/udhr.tsv.gz", "rt", encoding="utf-8") as f:
        for line in f:
            code, text = line.rstrip("\n").split("\t", 1)
            if len(text.split()) > 1 or len(text) > 12:
                by_code.setdefault(code, []).append(text)
    return {label: by_code[code] for label, code in DECLARATIONS.items() if code}


def sentences(path):
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8") as f:
        return [line[9:].strip() for line in f if line.startswith("# text = ") and len(line) > 20]


def treebanks():
    parts = {}
    for folder in sorted(glob.glob(f"{DATA}/ud-*")):
        name = os.path.basename(folder)[3:]
        label = TREEBANKS.get(name, name.split("-")[0])
        if label not in DECLARATIONS:
            continue
        for path in sorted(glob.glob(f"{folder}/*.conllu*")):
            for part in ("train", "dev", "test"):
                if part in os.path.basename(path):
                    parts.setdefault(label, {}).setdefault(part, []).extend(sentences(path))
    return parts


def cut(text, random):
    """A run of a few words, or of letters where there are no blanks."""
    words = text.split()
    if len(words) < 4:
        size = random.randint(4, 24)
        start = random.randint(0, max(0, len(text) - size))
        return text[start:start + size]
    size = random.randint(2, 10)
    start = random.randint(0, max(0, len(words) - size))
    return " ".join(words[start:start + size])


def main():
    draw = random.Random(1)
    rows = {"train": [], "dev": [], "test": []}
    banks = treebanks()
    for label, paragraphs in sorted(declarations().items()):
        train = [p for i, p in enumerate(paragraphs) if i % 5 > 1]
        rows["test"] += [(label, p) for i, p in enumerate(paragraphs) if i % 5 == 0]
        rows["dev"] += [(label, p) for i, p in enumerate(paragraphs) if i % 5 == 1]
        bank = banks.get(label, {})
        more = bank.get("train", [])
        draw.shuffle(more)
        train += more[:MOST]
        rows["dev"] += [(label, s) for s in bank.get("dev", [])[:100]]
        rows["test"] += [(label, s) for s in bank.get("test", [])[:300]]
        # As many of each language: of those with little, each is cut in more ways.
        times = max(1, MOST // max(len(train), 1))
        rows["train"] += [(label, text) for text in train]
        rows["train"] += [(label, cut(text, draw)) for text in train for _ in range(times)]
    os.makedirs(OUT, exist_ok=True)
    for part, texts in rows.items():
        with open(f"{OUT}/{part}.tsv", "w", encoding="utf-8") as f:
            for label, text in texts:
                f.write(f"{label}\t{text}\n")
        print(part, len(texts), len({label for label, _ in texts}))


main()
