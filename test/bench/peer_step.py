"""Training steps with PyTorch + transformers + PEFT on the CPU, timed on request (the protocol of protocol.ts, a line each way).

The first line opens a model: the encoder of `config` with random weights, or the one in `folder`; LoRA on query and value by
PEFT, a regression head Linear-Sigmoid-Linear and a class head Dropout-Linear-Tanh-Dropout-Linear, AdamW. Every later line
asks for {steps}. One step = zero_grad, forward, mean squared error + cross-entropy, backward, AdamW; ids at random, no padding.
Attention (SDPA), threads where the request names none, and everything else are the libraries' defaults.
"""
import json
import resource
import sys
import time

import peft
import torch
import transformers
from torch import nn
from transformers import AutoConfig, AutoModel

CLASSES = 5
FIRST_ID = 10  # above the special tokens


def main():
    import_mib = peak_mib()
    step = None
    for line in sys.stdin:
        request = json.loads(line)
        if step is None:
            start = time.perf_counter()
            step = open_model(request)
            versions = f"torch {torch.__version__}, transformers {transformers.__version__}, peft {peft.__version__}"
            answer = {"about": f"{versions}, {torch.get_num_threads()} threads", "importMiB": import_mib,
                      "loadSeconds": time.perf_counter() - start, "peakMiB": peak_mib()}
        else:
            answer = time_steps(step, request["steps"])
        print(json.dumps(answer), flush=True)


def open_model(request):
    torch.manual_seed(0)
    if request["threads"] is not None:
        torch.set_num_threads(request["threads"])
    config, dropout, batch = request["config"], request["dropout"], request["batch"]
    if request["folder"] is None:
        backbone = AutoModel.from_config(AutoConfig.for_model(**config), add_pooling_layer=False)
    else:
        backbone = AutoModel.from_pretrained(request["folder"], add_pooling_layer=False)
    rank, width = request["rank"], request["headWidth"]
    model = peft.get_peft_model(backbone, peft.LoraConfig(
        r=rank, lora_alpha=rank, lora_dropout=dropout, target_modules=["query", "value"]))
    regression = nn.Sequential(nn.Linear(config["hidden_size"], width), nn.Sigmoid(), nn.Linear(width, 1))
    classes = nn.Sequential(nn.Dropout(dropout), nn.Linear(config["hidden_size"], width), nn.Tanh(),
                            nn.Dropout(dropout), nn.Linear(width, CLASSES))
    trained = [p for p in model.parameters() if p.requires_grad] + [*regression.parameters(), *classes.parameters()]
    optimiser = torch.optim.AdamW(trained, lr=1e-4)
    model.train(), regression.train(), classes.train()

    def step():
        ids = torch.randint(FIRST_ID, config["vocab_size"], (batch, request["tokens"]))
        scores, labels = torch.rand(batch), torch.randint(0, CLASSES, (batch,))
        optimiser.zero_grad()
        hidden = model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
        pooled = hidden[:, 0] if request["pooling"] == "first" else hidden.mean(1)
        loss = nn.functional.mse_loss(regression(pooled).squeeze(-1), scores)
        loss = loss + nn.functional.cross_entropy(classes(pooled), labels)
        loss.backward()
        optimiser.step()
        return loss.item()

    return step


def time_steps(step, count):
    ms, cpu_ms = [], []
    for _ in range(count):
        start, cpu = time.perf_counter(), time.process_time()
        step()
        ms.append(1000 * (time.perf_counter() - start))
        cpu_ms.append(1000 * (time.process_time() - cpu))
    return {"ms": ms, "cpuMs": cpu_ms, "peakMiB": peak_mib()}


def peak_mib():
    """The most memory this process has held; ru_maxrss, where there is no /proc, counts what the parent held when it forked."""
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM:")) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


main()
