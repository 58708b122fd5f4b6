"""Best of n: what it is worth, how far it goes, and what it chooses when rewards are noisy."""

from typing import Any

import problems
from studies import framework as fw
from studies.measurements import best_of_n, noisy_proxy

SIZES, GRADED, BINARY = [2**i for i in range(13)], "log-probability", "0/1 reward"
NOISES = {"heavy-tailed": 3, "normal": None}  # degrees of freedom of Student's t


class BestOfN(fw.Study):
    """Best of n: exact, estimated and bootstrapped; its KL and the bound; a noisy reward.

    Strings of 4 letters, none twice, from the text's bigram model, the best by log-probability:
    all 421,200 are listed, so that curves are exact. Runs draw 200. The 0/1 reward is that of
    `next-token-reward`. The noise is constructed: a fixed error for each string, normal with
    0.5 nats or Student's t with 3 degrees of freedom and the same quartiles, is added to its
    log-probability. Held out is that under the held-out text's model; medians over 10 noises. It
    turns where it loses over half its rise while the reward rises. Bound: log n - (n-1)/n.
    """

    criterion = (
        "95 % of bands hold the exact curve; KL < bound; held-out turns by heavy tails, not normal."
    )
    claim = "KL is at most log n - (n-1)/n; chosen by a proxy, the true reward rises, then falls."
    source = "Beirami et al. (2024), arXiv 2401.01879; Gao, Schulman & Hilton (2023), section 3"

    def plan(self) -> fw.Sweep:
        data: dict[str, Any] = {"corpus": "markov", "length": 3 if self.quick else 4}
        budget = fw.Budget(work=50 if self.quick else 200, seconds=120)
        strings = fw.Task("best-of-n", "next-token-decode", {}, data, budget=budget)
        return fw.Sweep([strings], seeds=5 if self.quick else 50)

    def measure(self, results: fw.Results) -> fw.Tables:
        decode: Any = problems.make("next-token-decode", **next(iter(results)).problem_options)
        reward: Any = problems.make("next-token-reward", corpus="markov")
        success, (strings, p) = reward.base_success, decode.proposal()
        log_p, held_out = -decode.values(strings), -decode.held_out_values(strings)
        curves = best_of_n.string_curves(results, decode, reward=GRADED)
        curves += best_of_n.reward_curves(results, reward, reward=BINARY)
        kl = noisy_proxy.chosen_by(log_p, p, SIZES, reward=GRADED)
        kl += noisy_proxy.chosen_by([0, 1], [1 - success, success], SIZES, reward=BINARY)
        how: Any = {"scale": 0.5, "freedoms": NOISES, "seeds": 2 if self.quick else 10}
        noisy = noisy_proxy.chosen_by_noisy(log_p, p, SIZES, held_out, **how)
        at = {"KL (nats)": fw.wide(kl, "kl", ["n", "bound"], "reward", [GRADED, BINARY]), "kl": kl}
        return {**at, "curves": curves, "noisy": noisy, "known": [{"optimum": -log_p.max()}]}

    def judge(self, tables: fw.Tables) -> fw.Verdict:
        held, of = best_of_n.bands_that_hold(tables["curves"])
        off = best_of_n.estimation_errors(fw.where(tables["curves"], reward=GRADED))[-2:]
        room = min(row["bound"] - row["kl"] for row in tables["kl"] if row["n"] > 1)
        heavy, normal = noisy_proxy.rises_and_falls(tables["noisy"])
        numbers: dict[str, Any] = {"bands that hold": held, "of": of}
        numbers |= {f"{row['curve']}, error at n = {row['n']}": row["error"] for row in off}
        numbers |= {"KL, 0/1 reward": tables["kl"][-1]["kl"], "bound": tables["kl"][-1]["bound"]}
        fall = {name: heavy[name] for name in ("best n", "rise lost", "turn", "noises")}
        numbers |= {**fall, "normal: rise lost": normal["rise lost"], "bound - KL, at least": room}
        text = "{} of {} bands hold the exact curve; the best of all draws is estimated {:+.2f} "
        text += "nats off, by bootstrap {:+.2f}; a 0/1 reward leads {:.2f} nats away, not {:.2f}; "
        text += "by a heavy-tailed one the held-out score is best at n = {}, and loses {:.0%} of "
        text += "its rise (over half in {} of {} noises), by a normal one {:.0%}, until n = "
        text = text.format(*numbers.values()) + f"{SIZES[-1]:,}."
        met = held >= 0.95 * of and room > 0 and heavy["turns"] and not normal["turns"]
        return fw.Verdict(met, text, numbers)

    def draw(self, tables: fw.Tables) -> fw.Chart:
        x, rows = fw.Axis("n", "n (draws)", "log"), fw.where(tables["curves"], reward=GRADED)
        run, errors = best_of_n.stacked(fw.where(rows, seed=0)), best_of_n.estimation_errors(rows)
        how: dict[str, Any] = {"by": "curve", "band": ("low", "high"), "names": best_of_n.CURVES}
        best = fw.curves(run, x, fw.Axis("best", "-log P (nats)"), **how, title="one run's best")
        best += fw.level(tables["known"][0]["optimum"], "optimum")
        off = fw.curves(errors, x, fw.Axis("error", "nats"), **how, title="mean error, all runs")
        y, bound = fw.Axis("kl", "KL (nats)"), fw.Axis("bound", "KL (nats)")
        far = fw.curves(tables["kl"], x, y, "reward", title="KL from the model; dashed: bound")
        far += fw.theory(tables["kl"], x, bound)
        scores, y = noisy_proxy.both_scores(tables["noisy"]), fw.Axis("nats", "log P (nats)")
        noisy = fw.curves(scores, x, y, "score", title="best by a noisy reward", legend_columns=2)
        return fw.panels(best, off, far, noisy, shared_legend=False)
