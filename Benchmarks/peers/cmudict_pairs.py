#!/usr/bin/env python3
"""Pairs of spellings and pronunciations from CMUdict: letters TAB phones without stress, both parted by spaces.

    python Benchmarks/peers/cmudict_pairs.py cmudict.dict.gz FOLDER

All pronunciations of a word are in one part: CRC-32 of the word modulo 20 is 0 for test, 1 for dev. Writes
FOLDER/train.tsv (one line for each pronunciation), dev.tsv (the first of each word), test.words and
test.phones.1 to .4: references of the test words, the first repeated where a word has fewer.
"""
import collections
import gzip
import re
import sys
import zlib

source, folder = sys.argv[1:]
words = collections.OrderedDict()
with gzip.open(source, "rt", encoding="utf-8") as lines:
    for line in lines:
        line = line.split("#")[0].strip()
        if not line:
            continue
        word, *phones = line.split()
        word = re.sub(r"\(\d+\)$", "", word)
        phones = " ".join(re.sub(r"\d", "", phone) for phone in phones)
        known = words.setdefault(word, [])
        if phones not in known:
            known.append(phones)
with (
    open(f"{folder}/train.tsv", "w") as train,
    open(f"{folder}/dev.tsv", "w") as dev,
    open(f"{folder}/test.words", "w") as test,
):
    references = [open(f"{folder}/test.phones.{i + 1}", "w") for i in range(4)]
    for word, phones in words.items():
        letters = " ".join(word)
        part = zlib.crc32(word.encode()) % 20
        if part == 0:
            print(letters, file=test)
            for i, file in enumerate(references):
                print(phones[i] if i < len(phones) else phones[0], file=file)
        elif part == 1:
            print(letters, phones[0], sep="\t", file=dev)
        else:
            for variant in phones:
                print(letters, variant, sep="\t", file=train)
