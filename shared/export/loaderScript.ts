/** `load_darse.py`: loads an adapter folder in Python and predicts with it. */
export const LOADER_SCRIPT = `"""Loads this folder in Python: backbone (transformers), LoRA (PEFT) and DARSE's two heads.

    from load_darse import load
    model = load()  # load(folder, base="...") takes the backbone from elsewhere
    for score, probabilities in model.predict(["The euro rallied against the dollar."]):
        print(score, probabilities)

Needs torch, transformers, safetensors and, unless only the heads were trained, peft.
"""
import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from transformers import AutoModel, AutoTokenizer


class Darse(nn.Module):
    def __init__(self, backbone, tensors, settings, base, revision):
        super().__init__()
        self.backbone, self.settings, self.base, self.revision = backbone, settings, base, revision
        self.regression = _head(tensors, "regression", nn.Sigmoid())
        self.classification = _head(tensors, "classification", nn.Tanh())

    def forward(self, input_ids, attention_mask):
        """Scores [B] and class probabilities [B, classes] of token ids and mask [B, T]."""
        states = self.backbone(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        pooled = states[:, 0]
        if self.settings["pooling"] == "mean":
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            pooled = (states * mask).sum(1) / mask.sum(1)
        score = self.regression(pooled).squeeze(-1)
        if self.settings["regression"]["kind"] == "bounded":
            score = score.tanh()
        return score, self.classification(pooled).softmax(-1)

    @torch.no_grad()
    def predict(self, texts, batch=16):
        """A list of (score, {class name: probability}), one per text."""
        # A typed "<mask>" or "[SEP]" is text, as it was in training.
        tokenizer = AutoTokenizer.from_pretrained(self.base, revision=self.revision, split_special_tokens=True)
        results = []
        for begin in range(0, len(texts), batch):
            tokens = tokenizer(texts[begin : begin + batch], truncation=True, padding=True,
                               max_length=self.settings["maxTokens"], return_tensors="pt")
            scores, probabilities = self(tokens["input_ids"], tokens["attention_mask"])
            for score, row in zip(scores.tolist(), probabilities.tolist()):
                results.append((score, dict(zip(self.settings["classNames"], row))))
        return results


def _head(tensors, name, activation):
    first, second = tensors[f"{name}.0.weight"], tensors[f"{name}.2.weight"]
    head = nn.Sequential(nn.Linear(*first.shape[::-1]), activation, nn.Linear(*second.shape[::-1]))
    head.load_state_dict({key[len(name) + 1 :]: value for key, value in tensors.items() if key.startswith(name + ".")})
    return head


def load(folder=Path(__file__).parent, base=None):
    """The whole model, ready to predict; \`base\` replaces the backbone named in darse_heads.json."""
    folder = Path(folder)
    settings = json.loads((folder / "darse_heads.json").read_text("utf-8"))
    revision = settings["base"].get("revision") if base is None else None
    base = base or settings["base"].get("origin") or settings["base"]["nameOrPath"]
    # In float32 as DARSE computes, also where the backbone is stored in half precision.
    backbone = AutoModel.from_pretrained(base, revision=revision or "main", add_pooling_layer=False).float()
    if (folder / "adapter_config.json").exists():
        from peft import PeftModel
        backbone = PeftModel.from_pretrained(backbone, str(folder))
    return Darse(backbone, load_file(folder / "darse_heads.safetensors"), settings, base, revision or "main").eval()
`;
