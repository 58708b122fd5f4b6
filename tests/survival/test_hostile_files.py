"""Any results file ends in one line and exit code 2, or in the table of what it says."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys

import pytest

import runner
from comparison.results.run_json import run_from_json
from tests.survival import mutated_files
from tests.survival.comparisons import RESULTS, RUNNER
from tests.survival.mutated_files import HOSTILE

COMMANDS = {
    "csv": ["report", RESULTS, "--format", "csv"],
    "show": ["show", "key0", RESULTS],
    "json": ["report", RESULTS, "--format", "json"],
    "latex": ["report", RESULTS, "--format", "latex"],
    "markdown": ["report", RESULTS, "--format", "markdown"],
    "page": ["report", RESULTS, "--output", "page.html"],
    "tidy": ["export", RESULTS, "--format", "csv", "--to", "exported"],
    "iohprofiler": ["export", RESULTS, "--format", "iohprofiler", "--to", "exported"],
    "coco": ["export", RESULTS, "--format", "coco", "--to", "exported"],
}
QUICK = ("csv", "show")
#: One certifies more than others found: that is told, and 1.
ENDS = (0, 1, 2)

#: Runs a command, then prints the most memory that its process held, in KiB.
MEASURED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
import runner
try:
    code = runner.main(sys.argv[1:])
except SystemExit as end:
    code = end.code
status = open("/proc/self/status").read()
print(status.partition("VmHWM:")[2].split()[0], file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a file that nothing is wrong with, and its mutated records."""
    path = tmp_path_factory.mktemp("whole") / RESULTS
    mutated_files.write(path)
    return path.read_bytes(), mutated_files.mutations(path)


@pytest.fixture
def trapped(tmp_path, monkeypatch):
    """A folder where the file that the runs name leaves a mark when it is imported."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text("open('imported', 'w').close()\n")
    yield tmp_path
    assert not (tmp_path / "imported").exists()


def check(name, capsys, folder):
    """Run a command and hold what it prints and returns against what it may."""
    shutil.rmtree(folder / "exported", ignore_errors=True)
    before = signal.getsignal(signal.SIGTERM)
    try:
        code = runner.main(COMMANDS[name])
    except SystemExit as end:
        code = end.code
    assert signal.getsignal(signal.SIGTERM) is before
    out, err = capsys.readouterr()
    assert code in ENDS
    lines = err.splitlines()
    assert all(line.startswith("runner.py: ") for line in lines)
    if code == 2:
        assert out == ""
        assert len(lines) == 1
        assert len(err) < 5000
    else:  # the data, and what of it contradicts itself
        assert out, err
        assert bool(lines) == (code == 1)
        assert all(" is withdrawn, as " in line for line in lines)
    return code, out, err


def every(items, number):
    """Return so many of some items, evenly spread."""
    items = list(items)
    return items[:: max(1, len(items) // number)]


def test_there_are_enough_of_them(whole):
    assert len(whole[1]) >= 1000
    assert len(HOSTILE) >= 50


@pytest.mark.parametrize("part", range(10))
def test_a_mutated_run_is_named_or_tabulated(trapped, whole, capsys, part):
    content, mutations = whole
    path = trapped / RESULTS
    for what, text in every(mutations.items(), 200)[part::10]:
        path.write_bytes(content)
        mutated_files.put(path, text)
        for name in QUICK:
            code, _, err = check(name, capsys, trapped)
            if code == 2:
                assert f"results file {RESULTS}: run key0: a damaged record" in err, what


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_told_or_tabulated(trapped, whole, capsys, what):
    path = trapped / RESULTS
    path.write_bytes(whole[0])
    HOSTILE[what](path)
    for name in QUICK:
        code, _, err = check(name, capsys, trapped)
        assert code == 0 or RESULTS in err


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_mutated_runs(trapped, whole, capsys, name):
    """The commands take the records in turn: each is read by one, and each reads a hundred."""
    content, mutations = whole
    path = trapped / RESULTS
    for what, text in list(mutations.items())[[*COMMANDS].index(name) :: len(COMMANDS)]:
        path.write_bytes(content)
        mutated_files.put(path, text)
        code, _, err = check(name, capsys, trapped)
        assert code != 2 or "run key0" in err, what


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("what", HOSTILE)
def test_every_command_takes_hostile_files(trapped, whole, capsys, what, name):
    path = trapped / RESULTS
    path.write_bytes(whole[0])
    HOSTILE[what](path)
    check(name, capsys, trapped)


def measured(folder, command):
    """Run a command in a process that may take ten seconds; return its end and its memory."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *command],
        cwd=folder,
        env={"PYTHONPATH": str(RUNNER.parent), "OPENBLAS_NUM_THREADS": "1", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, int(done.stderr.split()[-1]) / 2**20


LARGE = [
    *("a trace of 256 MiB", "a record of 60 MB", "a record of 200 MB"),
    *("traces of a million points", "runs are an endless view", "keys of other types"),
]


@pytest.mark.parametrize("what", LARGE)
def test_a_large_file_is_told_within_the_limits(trapped, whole, what):
    path = trapped / RESULTS
    path.write_bytes(whole[0])
    HOSTILE[what](path)
    code, gigabytes = measured(trapped, COMMANDS["show"])
    assert code in ENDS
    assert gigabytes < 1


@pytest.mark.slow
@pytest.mark.parametrize("part", range(5))
def test_all_are_told_within_the_limits(trapped, whole, part):
    content, mutations = whole
    path = trapped / RESULTS
    for what, text in every(mutations.items(), 50)[part::5]:
        path.write_bytes(content)
        mutated_files.put(path, text)
        code, gigabytes = measured(trapped, COMMANDS["markdown"])
        assert (code in ENDS, gigabytes < 1) == (True, True), what


@pytest.mark.parametrize(
    "data", [5, None, [], "text", {}, {"run": 5}, {"x": []}, {"trace": 1, "ledger": []}]
)
def test_what_is_no_run_is_refused_with_a_reason(data):
    with pytest.raises((TypeError, KeyError, ValueError)):
        run_from_json(data)


def test_the_largest_record_takes_bearable_memory(whole, trapped):
    """Of the parts of JSON that take the most memory as many as may be, in the most characters."""
    from comparison.results.run_json import MOST_CHARACTERS, MOST_PARTS

    record = json.loads(next(iter(whole[1].values())))
    path = trapped / RESULTS
    for filling in ("[]", '"%06d":1'):
        each = ",".join(filling % i if "%" in filling else filling for i in range(MOST_PARTS // 3))
        brackets = "{}" if "%" in filling else "[]"
        text = json.dumps({**record, "x": 0}).replace('"x": 0', f'"x": {brackets[0]}{each}')
        path.write_bytes(whole[0])
        mutated_files.put(path, f"{text[:-1]}{brackets[1]}}}")
        code, gigabytes = measured(trapped, COMMANDS["csv"])
        assert (code, gigabytes < 1) == (2, True)
    numbers = "[" + ",".join(["0.5"] * (MOST_CHARACTERS // 4 - 10_000)) + "]"
    text = json.dumps({**record, "x": 0}).replace('"x": 0', f'"x": {numbers}')
    mutated_files.put(path, text)
    code, gigabytes = measured(trapped, COMMANDS["csv"])
    assert (code in ENDS, gigabytes < 1) == (True, True)
