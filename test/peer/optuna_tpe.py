"""Optuna's TPE on tables of results: JSON from standard input, the distinct vectors visited by each study to standard output.

Input: {"allowed": [ranks], "groups": n, "trials": k, "studies": [{"384@512@256": score, …} per seed]}. A vector without a score
is over the budget: the sampler is told so as a violated constraint. Vectors asked again are told the same score; neither counts.
"""

import json
import sys

import optuna

OVER_BUDGET = "over budget"

# A study that asks for so many vectors per wanted one has nothing new to say.
ASKS_PER_TRIAL = 20


def visits(scores, allowed, groups, trials, seed):
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    worst = max(scores.values())
    levels = {f"group{i}": optuna.distributions.IntDistribution(0, len(allowed) - 1) for i in range(groups)}
    seen = {}
    for _ in range(ASKS_PER_TRIAL * trials):
        if len(seen) == min(trials, len(scores)):
            break
        trial = study.ask(levels)
        ranks = tuple(allowed[trial.params[name]] for name in levels)
        score = scores.get("@".join(map(str, ranks)))
        if len(scores) < len(allowed) ** groups:
            trial.set_constraint(OVER_BUDGET, 1 if score is None else -1)
        if score is not None:
            seen[ranks] = score
        study.tell(trial, worst if score is None else score)
    return list(seen)


def main():
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    job = json.load(sys.stdin)
    args = job["allowed"], job["groups"], job["trials"]
    json.dump([visits(scores, *args, seed) for seed, scores in enumerate(job["studies"])], sys.stdout)


main()
