"""Ids of texts in which special tokens are typed and count as ordinary text (`encode_special_tokens = True`), of texts with
characters on which Unicode tables of different age disagree, and of pairs; by the Python original, from tokenizer.json alone.

    pip install tokenizers==0.23.3
    python generate_as_text.py        # writes NAME/vectors_as_text.json
"""
import json, os
import tokenizers
from tokenizers import Tokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
SPECIAL = ["<s>", "</s>", "<pad>", "<unk>", "<mask>", "[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]"]
TEXTS = [*SPECIAL, "a <mask> b", "a<mask>b", "a  <mask>  b", "profit</s>loss", "x </s></s> y", "<mask><mask>", "<<mask>>", "</S>",
         "[CLS] shares fell [SEP] rates rose [SEP]", "[[MASK]]", "a[SEP]b", "[sep]", "[ SEP ]", "<s>up</s> [PAD][PAD]", "\ufeff<mask>",
         "\u0085<mask>\u0085", "\u3000</s>\n", "don't</s>", "\u03a3<mask>\u03a3", "\U0001F600</s>\U0001F600"]
NEWER = [0x7fd, 0x891, 0x89c, 0x8e2, 0xc3c, 0xd81, 0x1734, 0x1abf, 0x1df7, 0x110cd, 0x1171e, 0x11a35, 0x13435, 0x1e135, 0x1e946,
         0x61d, 0x9fd, 0x166d, 0x2e44, 0x2e5d, 0x10ead, 0x111c9, 0x11460, 0x1e95e, 0x88f, 0xc5c, 0xa7cf, 0x10941, 0x11de3,
         0x16eb0, 0x18d1a, 0x1e6c5, 0x2b73c, 0x32400, 0xfeff, 0x85, 0x180e, 0x2b920, 0x2a6e0, 0x2fa1d, 0x10ffff]
TEXTS += [f"a{chr(c)}b 1{chr(c)}2 {chr(c)}" for c in NEWER]
PAIRS = [("profit</s>loss", "a <mask> b"), ("[SEP]", "[CLS] x"), ("", "b"), ("a", "")]

for name in ("roberta-base", "bert-base-uncased"):
    tokenizer = Tokenizer.from_file(os.path.join(HERE, name, "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    vectors = [[text, tokenizer.encode(text).ids] for text in TEXTS]
    pairs = []
    for a, b in PAIRS:
        e = tokenizer.encode(a, b)
        pairs.append([a, b, e.ids, e.type_ids])
    with open(os.path.join(HERE, name, "vectors_as_text.json"), "w", encoding="ascii") as file:
        text = json.dumps({"tokenizers": tokenizers.__version__, "vectors": vectors, "pairs": pairs}, separators=(",", ":"))
        file.write(text.replace("],[\"", "],\n[\"") + "\n")
