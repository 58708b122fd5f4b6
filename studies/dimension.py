"""What a gradient is worth as the number of parameters grows."""

from math import exp, inf, lgamma, log, pi
from typing import Any

from studies import laboratory as lab

RANK, SHARE, START = 10, 0.1, (25 + 16) / 6  # the last: a start's mean value, by variable
EVERY, FEW = "all directions", f"{RANK} directions"
SIZES = (2, 4, 8, 10, 12, 30, 100, 300, 1000, 3000, 10_000, 100_000)
#: The most parameters at which each is run, where all directions bend and where few do.
MOST = {"gradient-descent": (10**5, 10**5), "spsa": (10**4, 10**5), "mezo": (10**4, 10**5)}
MOST |= {"evolution-strategy": (10**4, 10**5), "cma-es": (1000, 1000)}
MOST |= {"hill-climb": (3000, 10**4), "random-search": (100, 10**4)}
FIXED = {"gradient-descent": {"learning_rate": 0.2}, "evolution-strategy": {"scheme": "(1+1)"}}


class Dimension(lab.Study):
    """Work to a tenth of the start's value against the number of parameters, by family.

    Quadratics that bend equally in all directions, or in 10. Steps are theory's: SPSA 1 / r
    and MeZO 1 / (r + 2) with r the effective rank, descent a fifth of 1 / L; the (1+1)-ES and
    the others adapt their own. Medians over 5 seeds of 100,000 work at most, drawn where half
    the runs came there. Dashed: theory, of MeZO and of random search's share of the volume.
    """

    criterion = (
        "Within 0.25, exponents of descent are 0, of SPSA and ES 1 in all directions and 0 in 10; "
        "random search's rises with the size, and from 30 on none of its runs arrives."
    )
    claim = "Zeroth-order steps slow down with the effective rank, not the number of parameters."
    source = (
        "Malladi et al. (2023), Fine-tuning language models with just forward passes, section 4"
    )

    def plan(self) -> lab.Sweep:
        cells = []
        for d, rank, way in [
            (d, rank, way) for d in SIZES for rank in (None, RANK) for way in MOST
        ]:
            r, least = rank or d, 2 if (way, rank) == ("random-search", None) else 10
            own = {"spsa": {"a": 0.01 / r, "alpha": 0.01, "gamma": 0.001}}
            how: dict[str, Any] = {**own, "mezo": {"learning_rate": 0.01 / (r + 2)}, **FIXED}
            budget = lab.Budget(100_000, seconds=120, target=SHARE * START * r)
            data, most = {"dimension": d, "rank": rank}, MOST[way][rank is not None]
            if least <= d <= min(most, 100 if self.quick else most):
                cells.append(lab.Task(way, "quadratic", how.get(way, {}), data, budget=budget))
        return lab.Sweep(cells, seeds=2 if self.quick else 5)

    def measure(self, results: lab.Results) -> lab.Tables:
        rows = []
        for run in results:
            d, rank = run.problem_options["dimension"], run.problem_options["rank"]
            row = {"bend": EVERY if rank is None else FEW, "way": run.method, "d": d}
            work = run.ledger.work if run.ended == "target" else None
            rows.append({**row, "seed": run.seed, "work": work})
        medians, fits = lab.medians(rows, "work", ("bend", "way", "d")), []
        for (bend, way), points in lab.groups(medians, "bend", "way"):
            fit = lab.exponent([row for row in points if row["work"] < inf], "d", "work")
            fits.append(
                {"bend": bend, "way": way, **dict(zip(("p", "low", "high"), fit, strict=True))}
            )
        return {"medians": medians, "exponents": fits, "runs": rows}

    def judge(self, tables: lab.Tables) -> lab.Verdict:
        fits = {(row["way"], row["bend"]): row["p"] for row in tables["exponents"]}
        wanted = {("gradient-descent", bend): 0 for bend in (EVERY, FEW)}
        wanted |= {
            (way, bend): bend == EVERY
            for way in ("spsa", "evolution-strategy")
            for bend in (EVERY, FEW)
        }
        rows = lab.where(tables["medians"], way="random-search", bend=EVERY)
        came = [row for row in rows if row["work"] is not None]
        first, last = (lab.exponent(pair, "d", "work")[0] for pair in (came[:2], came[-2:]))
        numbers = {f"{way}, {bend}": fits[way, bend] for way, bend in wanted}
        numbers |= {"random search, first": first, "last": last, "arrives up to": came[-1]["d"]}
        told = "Exponents in {} and {}: descent {:.2f} and {:.2f}, SPSA {:.2f} and {:.2f}, ES {:.2f} and {:.2f}; "
        told = (
            told.format(EVERY, FEW, *numbers.values())
            + f"random search's rises from {first:.1f} to "
        )
        told += f"{last:.1f}, and beyond {came[-1]['d']} it does not arrive."
        near = all(abs(fits[key] - p) <= 0.25 for key, p in wanted.items())
        return lab.Verdict(near and last > first and came[-1]["d"] < 30, told, numbers)

    def draw(self, tables: lab.Tables) -> lab.Chart:
        x, y, drawn = (
            lab.Axis("d", "parameters", "log"),
            lab.Axis("work", "work (looks)", "log"),
            [],
        )
        for bend in (EVERY, FEW):
            sizes = [d for d in SIZES if d >= 10]
            lines = [
                {"d": d, "work": 2 * log(10) * ((d if bend == EVERY else RANK) + 2), "of": "MeZO"}
                for d in sizes
            ]
            if bend == EVERY:
                lines += [
                    {
                        "d": d,
                        "work": exp(
                            d * log(10)
                            + lgamma(d / 2 + 1)
                            - d / 2 * log(pi * 2 * SHARE * START * d)
                        ),
                        "of": "random search",
                    }
                    for d in range(2, 16)
                ]
            rows = lab.where(tables["medians"], bend=bend)
            chart = lab.curves(rows, x, y, "way", names=[*MOST], title=f"bends in {bend}")
            drawn.append(lab.theory(lines, x, y, "of") + chart)
        return lab.panels(*drawn)
