"""Loads adapter folders that DARSE wrote with the real PEFT, and answers with what it found.

    python peft_adapter.py JOBS.json REPORT.json

JOBS is a list of {folder, base, inputs, merged, out}: an adapter folder, the backbone it is for, a safetensors file with
main.input_ids and main.attention_mask, the backbone's tensors with the adapter folded in by DARSE, and a folder to write to.
Every job leaves in `out`:
  loaded.safetensors     mask, last_hidden_state, scores and probabilities by load_darse.py, so by PEFT
  reference.safetensors  the same of the merged weights, with the heads written out, without PEFT and load_darse.py
  resaved/               the adapter as PEFT saves it again
and in REPORT: the rank and scale of every module as PEFT has them, the warnings, the model card's head, and how far
`predict` on texts is from `forward` on their ids.
"""
import importlib.util
import json
import shutil
import sys
import warnings
from pathlib import Path

import torch
from huggingface_hub import ModelCard
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import AutoModel, PreTrainedTokenizerFast


def main(jobs_file, report_file):
    jobs = json.loads(Path(jobs_file).read_text("utf-8"))
    Path(report_file).write_text(json.dumps([run(job) for job in jobs]), "utf-8")


@torch.no_grad()
def run(job):
    folder, out = Path(job["folder"]), Path(job["out"])
    inputs = load_file(job["inputs"])
    ids, mask = inputs["main.input_ids"].long(), inputs["main.attention_mask"].long()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        spec = importlib.util.spec_from_file_location("load_darse", folder / "load_darse.py")
        loader = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loader)
        model = loader.load(folder, base=job["base"])
    hidden = model.backbone(input_ids=ids, attention_mask=mask).last_hidden_state
    save(out / "loaded.safetensors", mask, hidden, *model(ids, mask))
    save(out / "reference.safetensors", mask, *reference(job, folder, ids, mask))
    if hasattr(model.backbone, "save_pretrained") and hasattr(model.backbone, "peft_config"):
        model.backbone.save_pretrained(out / "resaved")
    modules = {
        name.removeprefix("base_model.model."): {"rank": module.r["default"], "scale": module.scaling["default"]}
        for name, module in model.backbone.named_modules() if hasattr(module, "lora_A")
    }
    card = ModelCard.load(folder / "README.md", ignore_metadata_errors=False)
    # What one library deprecates in another says nothing about the adapter.
    ours = [str(warning.message) for warning in caught
            if not issubclass(warning.category, (FutureWarning, DeprecationWarning))]
    return {"modules": modules, "warnings": ours, "card": card.data.to_dict(),
            "predictError": predict_error(loader, job, folder, out)}


def reference(job, folder, ids, mask):
    settings = json.loads((folder / "darse_heads.json").read_text("utf-8"))
    heads = load_file(folder / "darse_heads.safetensors")
    backbone = AutoModel.from_pretrained(job["base"], add_pooling_layer=False).eval()
    missing = backbone.load_state_dict(load_file(job["merged"]), strict=False).missing_keys
    assert not [key for key in missing if "position_ids" not in key], missing
    hidden = backbone(input_ids=ids, attention_mask=mask).last_hidden_state
    if settings["pooling"] == "mean":
        pooled = torch.stack([row[keep.bool()].mean(0) for row, keep in zip(hidden, mask)])
    else:
        pooled = hidden[:, 0, :]
    inner = torch.sigmoid(pooled @ heads["regression.0.weight"].T + heads["regression.0.bias"])
    score = (inner @ heads["regression.2.weight"].T + heads["regression.2.bias"])[:, 0]
    if settings["regression"]["kind"] == "bounded":
        score = torch.tanh(score)
    inner = torch.tanh(pooled @ heads["classification.0.weight"].T + heads["classification.0.bias"])
    logits = inner @ heads["classification.2.weight"].T + heads["classification.2.bias"]
    return hidden, score, torch.softmax(logits, 1)


def predict_error(loader, job, folder, out):
    """The largest difference of `predict` on a padded batch of texts from `forward` on each text's ids alone.

    The backbone is stored in float16, which transformers 5 keeps when it loads: the heads are float32."""
    base = out / "base"
    shutil.copytree(job["base"], base)
    backbone = AutoModel.from_pretrained(base)
    backbone.half().save_pretrained(base)
    pad = backbone.config.pad_token_id
    words = [f"w{i}" for i in range(60)]
    words[pad] = "<pad>"
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="w9"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(single="w7 $A w8", special_tokens=[("w7", 7), ("w8", 8)])
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", unk_token="w9").save_pretrained(base)
    model = loader.load(folder, base=str(base))
    longest = model.settings["maxTokens"]
    texts = [["w11"], [f"w{10 + i % 50}" for i in range(longest + 5)], ["w12", "w13", "w14"]]
    found = model.predict([" ".join(text) for text in texts], batch=2)
    error = 0.0
    for text, (score, classes) in zip(texts, found):
        ids = torch.tensor([[7, *[words.index(word) for word in text][: longest - 2], 8]])
        wanted_score, wanted_classes = model(ids, torch.ones_like(ids))
        assert list(classes) == model.settings["classNames"], classes
        error = max(error, abs(score - float(wanted_score)),
                    float((torch.tensor(list(classes.values())) - wanted_classes[0]).abs().max()))
    return error


def save(path, mask, hidden, scores, probabilities):
    tensors = {"mask": mask.float(), "last_hidden_state": hidden, "scores": scores, "probabilities": probabilities}
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)


main(*sys.argv[1:])
