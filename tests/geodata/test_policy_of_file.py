"""The policy in `instance.toml`: what it means, what is wrong with it, what a change keeps."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from optimizer.geodata.instance_file import InstanceFile
from optimizer.geodata.read import read
from optimizer.question import Bound, Equity, Policy
from tests.geodata.little import Break, all_of, faults, little, read_little, text

DOCUMENT = (Path(__file__).parents[2] / "docs" / "instance.md").read_text(encoding="utf-8")
#: What is wanted, what to write.
ASKED = re.findall(r"^\| (.*) \| (`\w+ = .*`) \|$", DOCUMENT, flags=re.MULTILINE)
MEASURES = (
    "absolute_differences, alpha_fair, cvar, deprivation, gini, kolm_pollak, kolm_pollak_gap, "
    "leximin, maximum, mean, mean_absolute_deviation, ordered_median, range, ratio"
)


def policy(*keys: str) -> Break:
    """A policy with these keys, and tables after them."""
    asked = "\n".join(("[policy]", *keys))
    return text("[policies.fair]", f"{asked}\n\n[policies.fair]")


def bound(*keys: str) -> Break:
    """A bound `gap` with these keys."""
    return policy("[policy.bounds.gap]", *keys)


EVERYTHING = policy(
    'efficiency = "cost"',
    'equity = "ordered_median"',
    "parameters = { shares = [0.1, 1], weights = [3, 1] }",
    'of = "uncovered"',
    'among = "city"',
    'services = "worst"',
    "weight = 0.25",
    "efficiency_bound = 300",
    "equity_bound = 0.4",
    "cost_bound = 0",
    "guard = 0",
    "[policy.bounds.gap]",
    'measure = "kolm_pollak_gap"',
    "parameters = { aversion = 2 }",
    'among = "groups"',
    'services = "medical.county"',
    "at_most = 5",
    "[policy.bounds.places]",
    'measure = "maximum"',
    'of = "catchment"',
    'services = "medical.regional"',
    "at_most = -0.2",
)


def asked(folder: Path, *keys: str) -> Policy:
    return read_little(folder, policy(*keys)).policy


def test_everything_that_can_be_asked(tmp_path: Path) -> None:
    found = read_little(tmp_path, EVERYTHING).policy
    shares = {"shares": (0.1, 1.0), "weights": (3.0, 1.0)}
    assert found.efficiency == "cost"
    assert found.equity == Equity("ordered_median", shares, "uncovered", "city", "worst")
    assert (found.weight, found.guard) == (0.25, 0)
    assert (found.efficiency_bound, found.equity_bound, found.cost_bound) == (300, 0.4, 0)
    gap = Equity("kolm_pollak_gap", {"aversion": 2.0}, "minutes", "groups", "medical.county")
    places = Equity("maximum", {}, "catchment", "persons", "medical.regional")
    assert found.bounds == {"gap": Bound(gap, 5), "places": Bound(places, -0.2)}


#: What is written -> what is said of it.
FAULTS: dict[str, tuple[Break, str]] = {
    "unknown measure": (
        policy('equity = "kolm_polak"'),
        "policy.equity: unknown measure (is 'kolm_polak'). "
        f"Did you mean 'kolm_pollak'? known: {MEASURES}.",
    ),
    "unknown measure of a bound": (
        bound('measure = "rnge"', "at_most = 5"),
        "policy.bounds.gap.measure: unknown measure (is 'rnge'). "
        f"Did you mean 'range'? known: {MEASURES}.",
    ),
    "a measure that is only reported": (
        policy('equity = "theil"'),
        "policy.equity: is reported, never minimised or capped (is 'theil'). "
        f"Choose one of: {MEASURES}.",
    ),
    "unknown parameter": (
        policy("parameters = { aversoin = 1 }"),
        "policy.parameters: kolm_pollak has no parameter 'aversoin': "
        "did you mean 'aversion'? known: aversion. Correct the parameter.",
    ),
    "parameter out of range": (
        policy('equity = "cvar"', "parameters = { share = 2 }"),
        "policy.parameters: cvar: share must be in (0, 1]. Correct the parameter.",
    ),
    "one number where a list is due": (
        bound('measure = "ordered_median"', "parameters = { shares = 0.1 }", "at_most = 5"),
        "policy.bounds.gap.parameters: ordered_median: shares must be a list of numbers. "
        "Correct the parameter.",
    ),
    "a word among the parameters": (
        policy('equity = "ordered_median"', 'parameters = { shares = ["x"] }'),
        "policy.parameters.shares: wrong value (is \"['x']\"). "
        "Expected numbers, or lists of them: the measure's parameters.",
    ),
    "unknown thing to have": (
        policy('of = "minuts"'),
        "policy.of: unknown (is 'minuts'). "
        "Did you mean 'minutes'? known: minutes, uncovered, catchment.",
    ),
    "a thing that the measure does not see": (
        policy('of = "uncovered"'),
        "policy.of: kolm_pollak cannot measure it (is 'uncovered'). "
        "Set equity to another measure, or of to minutes.",
    ),
    "a thing that the measure of a bound does not see": (
        bound('measure = "mean"', 'of = "catchment"', "at_most = 5"),
        "policy.bounds.gap.of: mean cannot measure it (is 'catchment'). "
        "Set measure to another measure, or of to minutes or uncovered.",
    ),
    "unknown units": (
        policy('among = "cities"'),
        "policy.among: unknown (is 'cities'). "
        "Did you mean 'city'? known: persons, points, city, province, role, groups.",
    ),
    "groups where demand has none": (
        all_of(bound('measure = "range"', 'among = "groups"', "at_most = 5"),
               lambda it: it.drop("demand", "persons_old")),
        "policy.bounds.gap.among: demand counts nobody by group (is 'groups'). "
        "Add columns persons_<group> to it.",
    ),
    "a tier where nobody lives": (
        all_of(policy('among = "county"'),
               lambda it: it.add("jurisdictions", id="W", parent="P", tier="county", budget=None)),
        "policy.among: nobody lives in a jurisdiction of this tier (is 'county'). "
        "Did you mean 'city'? known: persons, points, city, province, role, groups.",
    ),
    "unknown services": (
        policy('services = "medical"'),
        "policy.services: unknown (is 'medical'). "
        "Did you mean 'medical.county'? known: weighted, worst, emergency, "
        "medical.county, medical.regional.",
    ),
    "places where there is no limit": (
        policy('equity = "gini"', 'of = "catchment"', "weight = 1"),
        "policy.of: facilities of emergency have no limit, so no places to count "
        "(is 'catchment'). "
        "Give its sizes a capacity, or set services to a level that has one.",
    ),
    "a ratio capped over several levels": (
        policy('equity = "gini"', "equity_bound = 0.3"),
        "policy.services: a weighted sum of gini over several levels has no cap "
        "(is 'weighted'). Set services to worst, or to one level.",
    ),
    "a ratio bounded over several levels": (
        bound('measure = "ratio"', "at_most = 2"),
        "policy.bounds.gap.services: a weighted sum of ratio over several levels has no cap "
        "(is 'weighted'). Set services to worst, or to one level.",
    ),
    "leximin weighed": (
        policy('equity = "leximin"'),
        "policy.weight: leximin is an order, not a number that can be weighed (is 0.5). "
        "Set weight to 1, and efficiency_bound if efficiency counts too.",
    ),
    "a cap below 0": (
        policy("equity_bound = -1"),
        "policy.equity_bound: no plan has kolm_pollak below 0 (is -1.0). Write 0 or more.",
    ),
    "a ratio below 1": (
        bound('measure = "ratio"', 'services = "worst"', "at_most = 0.9"),
        "policy.bounds.gap.at_most: no plan has ratio below 1 (is 0.9). Write 1 or more.",
    ),
    "a dispersion of places below 0": (
        bound('measure = "range"', 'of = "catchment"', 'services = "medical.county"',
              "at_most = -0.1"),
        "policy.bounds.gap.at_most: no plan has range below 0 (is -0.1). Write 0 or more.",
    ),
    "a bound without a cap": (
        bound('measure = "range"'),
        "policy.bounds.gap.at_most: is missing. Write a number, in the unit of the measure.",
    ),
    "a bound of no name": (
        policy('[policy.bounds."the gap"]', 'measure = "range"', "at_most = 5"),
        "policy.bounds: 'the gap' cannot be a name. Leave out spaces and any of . ; : | =.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_fault(case: str, tmp_path: Path) -> None:
    broken, message = FAULTS[case]
    assert faults(tmp_path, broken) == [f"instance.toml, {message}"]


def test_all_faults_of_all_equities_are_told_together(tmp_path: Path) -> None:
    keys = ('services = "all"', 'of = "hours"', "equity_bound = -2", "[policy.bounds.gap]",
            'measure = "jain"', 'services = "hospital"', "at_most = 1")  # fmt: skip
    said = faults(tmp_path, policy(*keys))
    assert [line.partition(":")[0].removeprefix("instance.toml, ") for line in said] == [
        "policy.of",
        "policy.equity_bound",
        "policy.services",
        "policy.bounds.gap.measure",
        "policy.bounds.gap.services",
    ]


@pytest.mark.parametrize(
    ("measure", "keys"),
    [
        ("leximin", ("weight = 1",)),
        ("leximin", ("weight = 0", "equity_bound = 20")),
        ("gini", ("weight = 1",)),  # minimised over several levels, not capped
        ("gini", ('services = "worst"', "equity_bound = 0.3")),
        ("gini", ('of = "catchment"', 'services = "medical.county"')),
        ("range", ("equity_bound = 0", "weight = 0.3", "efficiency_bound = 20")),
    ],
)
def test_no_fault(measure: str, keys: tuple[str, ...], tmp_path: Path) -> None:
    assert asked(tmp_path, f'equity = "{measure}"', *keys).equity.measure == measure


def test_a_ratio_is_capped_where_one_level_weighs_all(tmp_path: Path) -> None:
    one = all_of(
        policy('equity = "gini"', "equity_bound = 0.3"),
        text("weight = 2", "weight = 0"),
        text("weight = 0.5", ""),
    )
    assert read_little(tmp_path, one).policy.equity_bound == 0.3


#: What the base says, what is set over it -> the equity that is asked.
CHANGES = {
    "another measure": (("policy.equity=maximum",), Equity("maximum")),
    "the same measure": (("policy.equity=kolm_pollak",), Equity(parameters={"aversion": 2.0})),
    "another measure, then its parameter": (
        ("policy.equity=cvar", "policy.parameters.share=0.2"),
        Equity("cvar", {"share": 0.2}),
    ),
    "its parameter, then another measure": (
        ("policy.parameters.share=0.2", "policy.equity=cvar"),
        Equity("cvar", {"share": 0.2}),
    ),
    "there and back": (
        ("policy.equity=cvar", "policy.equity=kolm_pollak"),
        Equity(parameters={"aversion": 2.0}),
    ),
    "all else": (
        ("policy.among=city", "policy.services=worst"),
        Equity("kolm_pollak", {"aversion": 2.0}, "minutes", "city", "worst"),
    ),
    "a whole table": (('policy={equity="maximum"}',), Equity("maximum")),
}


@pytest.mark.parametrize("case", CHANGES)
def test_parameters_of_a_measure_go_with_it(case: str, tmp_path: Path) -> None:
    sets, equity = CHANGES[case]
    base = policy("parameters = { aversion = 2 }")  # of kolm_pollak, which need not be written
    assert read_little(tmp_path, base, *sets).policy.equity == equity


def test_a_named_policy_with_another_measure_starts_from_its_defaults(tmp_path: Path) -> None:
    one = little()
    policy("parameters = { aversion = 2 }")(one)
    one.set("policy.weight = 1", 'policy.weight = 1\npolicy.equity = "cvar"')
    folder = one.write(tmp_path)
    assert read(folder, "fair").policy.equity == Equity("cvar")
    assert read(folder, "fair", ["policy.equity=maximum"]).policy.equity == Equity("maximum")
    sets = ["policy.parameters.share=0.3"]
    assert read(folder, "fair", sets).policy.equity == Equity("cvar", {"share": 0.3})


def test_parameters_of_a_bound_go_with_its_measure(tmp_path: Path) -> None:
    base = bound('measure = "kolm_pollak"', "parameters = { aversion = 2 }", "at_most = 50")
    (found,) = read_little(
        tmp_path, base, "policy.bounds.gap.measure=cvar", "policy.bounds.gap.at_most=60"
    ).policy.bounds.values()
    assert found == Bound(Equity("cvar"), 60)


def test_a_bound_can_be_added(tmp_path: Path) -> None:
    sets = ("policy.bounds.gap.measure=range", "policy.bounds.gap.at_most=5")
    assert read_little(tmp_path, lambda it: None, *sets).policy.bounds == {
        "gap": Bound(Equity("range"), 5)
    }


def test_the_documented_file_is_one() -> None:
    sample, *_ = re.findall(r"```toml\n(.*?)```", DOCUMENT, flags=re.DOTALL)
    file = InstanceFile.model_validate(tomllib.loads(re.sub("(?m)^# (?=[a-z_]+ = )", "", sample)))
    assert (file.policy.cost_bound, file.policy.bounds["rural"].at_most) == (9000, 5)


def test_every_measure_is_documented_and_many_wishes() -> None:
    assert len(ASKED) > 10
    table = DOCUMENT[DOCUMENT.index("| measure |") : DOCUMENT.index("\\* Dispersion")]
    assert ", ".join(sorted(re.findall(r"^\| `(\w+)`", table, flags=re.MULTILINE))) == MEASURES


@pytest.mark.parametrize("keys", [keys for _, keys in ASKED], ids=[what for what, _ in ASKED])
def test_what_is_documented_can_be_asked(keys: str, tmp_path: Path) -> None:
    written = re.findall("`(.*?)`", keys)
    table = bound if keys.startswith("`measure") else policy
    assert read_little(tmp_path, table(*written)).policy != read_little(tmp_path).policy
