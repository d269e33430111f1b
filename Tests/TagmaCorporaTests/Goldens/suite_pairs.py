#!/usr/bin/env python3
"""What the translation memories and documents of other programs' tests hold, by a reader of its own.

    python suite_pairs.py FOLDER_OF_SUITES > suite-pairs.tsv

A line for each file and pair of languages: name, source, target, number of pairs, FNV-1a (64 bits) of
"source TAB target LINE-FEED" of all pairs. Written with Python 3.11's xml.etree. TMX 1.4: native code (bpt, ept, it,
ph, ut) is left out with all in it, hi is text, white space that holds a tab or a line
feed is a space and other white space stays; a language that is asked for with its
region is that variant's, otherwise the first variant's of the language.
"""
import re
import sys
import xml.etree.ElementTree as ET

CODE = {"bpt", "ept", "it", "ph", "ut", "sub"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FILES = [
    ("tmx/ExportTest1A.tmx", "en-us", "fr-ca"), ("tmx/ExportTest1B.tmx", "en", "fr"),
    ("tmx/ExportTest2A.tmx", "en-us", "fr-ca"), ("tmx/ImportTest1A.tmx", "en", "fr"),
    ("tmx/ImportTest1B.tmx", "en-us", "fr-ca"), ("tmx/ImportTest1C.tmx", "en-gb", "ja"),
    ("tmx/ImportTest1C.tmx", "en-us", "es"), ("tmx/ImportTest1D.tmx", "en-us", "en-gb"),
    ("tmx/ImportTest1H.tmx", "en-us", "en-gb"), ("tmx/ImportTest1I.tmx", "en", "ja"),
    ("tmx/ImportTest1L.tmx", "en-us", "fr"), ("tmx/ImportTest2A.tmx", "en", "fr"),
    ("tmx/ImportTest2B.tmx", "en", "fr"), ("tmx/ImportTest2C.tmx", "en", "fr"),
    ("tmx/Paragraph_TM.tmx", "en", "de"), ("tmx/a_small_test.tmx", "en", "fr"),
    ("tmx/a_small_test2.tmx", "en", "fr"), ("tmx/aligned.tmx", "en", "de"),
    ("tmx/header_with_prop_and_note.tmx", "en", "fr"), ("tmx/html_test.tmx", "en", "fr"),
    ("tmx/issue277.tmx", "en", "de"), ("tmx/mytm.tmx", "en", "fr"),
    ("tmx/one_to_one1.tmx", "en", "fr"), ("tmx/one_to_one2.tmx", "en", "fr"),
    ("tmx/sampleTMX2.tmx", "en", "fr"), ("tmx/smallParagraph.tmx", "en", "pt"),
    ("wmt-xml/sample-src.xml", None, None),
]


def local(element):
    return element.tag.split("}")[-1]


def text(element):
    parts = [element.text or ""]
    for child in element:
        if local(child) not in CODE:
            parts.append(text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def clean(value):
    return re.sub(r" *[\t\r\n][ \t\r\n]*", " ", value).strip(" \t\r\n")


def variant(unit, wanted):
    found = [
        (
            (v.get(LANG) or v.get("lang") or "").lower(),
            next((s for s in v if local(s) == "seg"), None),
        )
        for v in unit
        if local(v) == "tuv"
    ]
    exact = [s for language, s in found if language == wanted]
    same = [s for language, s in found if language.split("-")[0] == wanted.split("-")[0]]
    return (exact or same or [None])[0]


def pairs(path, source, target):
    root = ET.fromstring(open(path, "rb").read())
    for unit in root.iter():
        if local(unit) != "tu":
            continue
        sides = [variant(unit, source), variant(unit, target)]
        if None in sides:
            continue
        a, b = (clean(text(side)) for side in sides)
        if a and b:
            yield a, b


def hashed(lines):
    value = 0xCBF29CE484222325
    for line in lines:
        for byte in line.encode():
            value = (value ^ byte) * 0x100000001B3 % (1 << 64)
    return f"{value:016x}"


for name, source, target in FILES:
    path = f"{sys.argv[1]}/{name}"
    if source:
        found = [f"{a}\t{b}\n" for a, b in pairs(path, source, target)]
    else:
        root = ET.fromstring(open(path, "rb").read())
        source = target = "-"
        found = [clean(text(s)) + "\n" for s in root.iter() if local(s) == "seg"]
    print(name, source, target, len(found), hashed(found), sep="\t")
