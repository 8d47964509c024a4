"""Optuna's pruners on recorded curves: JSON from standard input, where each trial ended to standard output.

Input: {"pruners": [{"kind": "median", "startup": n, "warmup": n} | {"kind": "halving", "firstRung": n, "factor": n}],
"studies": [[curve, …], …]}: a study's trials in their order, each the values after epochs 1, 2, …
Answers, per pruner and study, the epoch at which each trial was pruned, or null.
"""

import json
import sys

import optuna


def pruner_of(job):
    if job["kind"] == "median":
        return optuna.pruners.MedianPruner(n_startup_trials=job["startup"], n_warmup_steps=job["warmup"])
    return optuna.pruners.SuccessiveHalvingPruner(
        min_resource=job["firstRung"], reduction_factor=job["factor"], min_early_stopping_rate=0, bootstrap_count=0)


def ends(curves, job):
    study = optuna.create_study(direction="minimize", pruner=pruner_of(job))
    return [end_of(study, curve) for curve in curves]


def end_of(study, curve):
    trial = study.ask()
    for epoch, value in enumerate(curve, 1):
        trial.report(value, epoch)
        if trial.should_prune():
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            return epoch
    study.tell(trial, curve[-1])
    return None


def main():
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    job = json.load(sys.stdin)
    json.dump([[ends(curves, pruner) for curves in job["studies"]] for pruner in job["pruners"]], sys.stdout)


main()
