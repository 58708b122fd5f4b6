"""What a gradient is worth as the number of parameters grows."""

from math import sqrt

from studies import framework as fw
from studies.measurements.work_by_dimension import mezo_work, random_search_draws, settings

RANK, SHARE, START = 10, 0.1, (25 + 16) / 6  # the last: a start's mean value, by variable
ALL, FEW = "all directions", f"{RANK} directions"
SIZES = (4, 8, 10, 12, 30, 100, 300, 1000, 3000, 10_000, 100_000)
#: The most parameters at which each is run, where all directions bend and where few do.
MOST = {"gradient-descent": (10**5, 10**5), "spsa": (10**4, 10**5), "mezo": (10**4, 10**5)}
MOST |= {"evolution-strategy": (10**4, 10**5), "cma-es": (1000, 1000)}
MOST |= {"hill-climb": (3000, 10**4), "genetic": (1000, 10**4), "reinforce": (3000, 10**5)}
MOST |= {"l-bfgs-b": (10**4, 10**4), "random-search": (100, 10**4)}


class Dimension(fw.Study):
    """Work to a tenth of the start's value against the number of parameters, by family.

    Quadratics that bend equally in all directions, or in 10. Steps are theory's: SPSA 1 / r
    and MeZO 1 / (r + 2) with r the effective rank, descent a fifth of 1 / L; the (1+1)-ES adapts
    its own, the others have their defaults. L-BFGS-B is given no gradient: its differences take
    an evaluation a parameter. Medians over 5 instances, each with a start of its own, of 100,000
    work at most; drawn where half the runs came there. Dashed: theory, of MeZO and of random
    search's share of the volume.
    Criterion, of exponents: random search's rises where all directions bend, and from 30
    parameters on its median run does not arrive.
    """

    criterion = "Within 0.25 descent 0; SPSA, ES 1, of few 0; random search's rises, none at 30."
    claim = "Zeroth-order steps slow down with the effective rank, not the number of parameters."
    source = "Malladi et al. (2023), Fine-tuning language models with just forward passes"

    def plan(self) -> fw.Sweep:
        cells = []
        for d, rank in [(d, rank) for d in SIZES for rank in (None, RANK)]:
            data, r, own = {"dimension": d, "rank": rank}, rank or d, settings(rank or d)
            budget = fw.Budget(100_000, seconds=120, target=SHARE * START * r)
            for way, most in MOST.items():
                least = 4 if (way, rank) == ("random-search", None) else 10
                if least <= d <= min(most[rank is not None], 100 if self.quick else 10**5):
                    cells.append(fw.Task(way, "quadratic", own.get(way, {}), data, budget=budget))
        return fw.Sweep(cells, seeds=1, instances=2 if self.quick else 5)

    def measure(self, results: fw.Results) -> fw.Tables:
        rows = []
        for run in results:
            d, rank = run.problem_options["dimension"], run.problem_options["rank"]
            row = {"bend": ALL if rank is None else FEW, "way": run.method, "d": d}
            work = run.ledger.work if run.ended == "target" else None
            rows.append({**row, "instance": run.instance, "work": work})
        medians = fw.medians(rows, "work", ("bend", "way", "d"))
        powers = [row for row in medians if row["way"] != "random-search"]
        fits = fw.exponents(powers, "d", "work", ("bend", "way"))
        return {"exponents": fits, "medians": medians, "runs": rows}

    def judge(self, tables: fw.Tables) -> fw.Verdict:
        fits = {(row["way"], row["bend"]): row["exponent"] for row in tables["exponents"]}
        wanted = {"gradient-descent": (0, 0), "spsa": (1, 0), "evolution-strategy": (1, 0)}
        slopes = {way: (fits[way, ALL], fits[way, FEW]) for way in (*wanted, "l-bfgs-b")}
        off = [abs(p - q) for way in wanted for p, q in zip(slopes[way], wanted[way], strict=True)]
        hits = [r for r in fw.where(tables["medians"], way="random-search", bend=ALL) if r["work"]]
        first, last = (fw.exponent(pair, "d", "work")[0] for pair in (hits[:2], hits[-2:]))
        each = "; ".join(f"{way} {p:.2f}, of few {q:.2f}" for way, (p, q) in slopes.items())
        text = f"Exponents: {each}; random search's rises from {first:.1f} to {last:.1f}, and "
        text += f"beyond {hits[-1]['d']} parameters it does not arrive."
        numbers = {"farthest from theory": max(off), "random search: first exponent": first}
        numbers |= {"last": last, "most parameters": hits[-1]["d"]}
        return fw.Verdict(max(off) <= 0.25 and first < last and hits[-1]["d"] < 30, text, numbers)

    def draw(self, tables: fw.Tables) -> fw.Chart:
        drawn, x = [], fw.Axis("d", "parameters", "log")
        y = fw.Axis("work", "work (evaluations)", "log")
        ball = [(d, random_search_draws(d, sqrt(2 * SHARE * START * d), 10)) for d in range(4, 15)]
        for bend, lines in {ALL: {"random search": ball}, FEW: {}}.items():
            ranks = [(d, d if bend == ALL else RANK) for d in SIZES[2:]]
            lines["MeZO"] = [(d, mezo_work(r, SHARE)) for d, r in ranks]
            theory = [{"of": of, "d": d, "work": w} for of, line in lines.items() for d, w in line]
            rows = fw.where(tables["medians"], bend=bend)
            chart = fw.curves(rows, x, y, "way", names=[*MOST], title=f"bends in {bend}")
            drawn.append(fw.theory(theory, x, y, "of") + chart)
        return fw.panels(*drawn)
