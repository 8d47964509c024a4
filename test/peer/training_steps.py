"""The training that DARSE made, made again with PyTorch + transformers + PEFT from the same start; prints one line of JSON.

    python training_steps.py JOB.json

JOB: {model: folder of the bundled backbone, initial: safetensors of the trained tensors by DARSE's names before the first step,
rank, headWidth, weightDecay, omega, maxTokens, steps: [{learningRate, texts, scores, labels}]}. Nothing of DARSE's is used beyond
these: int8 weights are multiplied with their scales here, texts are tokenized by the tokenizers library.
Answers {losses: [{regression, classes, omega, gradientNorm}]}, one per step, before its update; omega is the sum of squares of
all A and B, trained on with the weight JOB.omega.
"""
import json
import sys
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoConfig, AutoModel

CLASSES = 5


def main(job_file):
    job = json.loads(Path(job_file).read_text("utf-8"))
    torch.set_num_threads(1)  # spinning threads are many times slower where other programs compute too
    folder = Path(job["model"])
    config = AutoConfig.from_pretrained(folder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    backbone = AutoModel.from_config(config, add_pooling_layer=False)
    unexpected = load_all(backbone, dequantised(load_file(folder / "model.safetensors")))
    assert not unexpected, unexpected
    model = get_peft_model(backbone, LoraConfig(
        r=job["rank"], lora_alpha=job["rank"], lora_dropout=0.0, target_modules=["query", "value"]))
    width = job["headWidth"]
    regression = nn.Sequential(nn.Linear(config.hidden_size, width), nn.Sigmoid(), nn.Linear(width, 1))
    classes = nn.Sequential(nn.Linear(config.hidden_size, width), nn.Tanh(), nn.Linear(width, CLASSES))
    trained = {name.removeprefix("base_model.model.").replace(".default.", "."): parameter
               for name, parameter in model.named_parameters() if parameter.requires_grad}
    for head, layers in (("regression", regression), ("classification", classes)):
        trained |= {f"{head}.{name}": parameter for name, parameter in layers.named_parameters()}
    initial = load_file(job["initial"])
    assert initial.keys() == trained.keys(), initial.keys() ^ trained.keys()
    for name, parameter in trained.items():
        assert parameter.shape == initial[name].shape, name
        parameter.data.copy_(initial[name])
    optimiser = torch.optim.AdamW(trained.values(), lr=1.0, weight_decay=job["weightDecay"])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(job["maxTokens"])
    tokenizer.enable_padding(pad_id=config.pad_token_id)
    model.train(), regression.train(), classes.train()
    losses = []
    for step in job["steps"]:
        encodings = tokenizer.encode_batch(step["texts"])
        ids = torch.tensor([encoding.ids for encoding in encodings])
        mask = torch.tensor([encoding.attention_mask for encoding in encodings])
        for group in optimiser.param_groups:
            group["lr"] = step["learningRate"]
        optimiser.zero_grad()
        hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
        pooled = (hidden * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)
        mse = nn.functional.mse_loss(regression(pooled).squeeze(-1), torch.tensor(step["scores"], dtype=torch.float32))
        cross_entropy = nn.functional.cross_entropy(classes(pooled), torch.tensor(step["labels"]))
        penalty = sum(p.square().sum() for name, p in trained.items() if ".lora_" in name)
        (mse + cross_entropy + job["omega"] * penalty).backward()
        norm = torch.linalg.vector_norm(torch.cat([p.grad.flatten() for p in trained.values()]))
        losses.append({"regression": mse.item(), "classes": cross_entropy.item(), "omega": penalty.item(),
                       "gradientNorm": norm.item()})
        optimiser.step()
    print(json.dumps({"losses": losses}))


def dequantised(tensors):
    """float32 tensors by name; an int8 tensor NAME is quantised by rows with the scales NAME.scale."""
    scales = {name: tensor for name, tensor in tensors.items()
              if name.endswith(".scale") and tensors[name.removesuffix(".scale")].dtype == torch.int8}
    assert scales, "the bundled backbone is expected to be quantised"
    return {name: tensor.float() * scales[name + ".scale"].unsqueeze(1) if tensor.dtype == torch.int8 else tensor.float()
            for name, tensor in tensors.items() if name not in scales}


def load_all(backbone, tensors):
    """Loads the tensors; every weight of the backbone must be among them. Returns what the backbone has no place for."""
    found = backbone.load_state_dict(tensors, strict=False)
    missing = [key for key in found.missing_keys if "position_ids" not in key and "token_type_ids" not in key]
    assert not missing, missing
    return [key for key in found.unexpected_keys if not key.startswith("pooler.")]


main(sys.argv[1])
