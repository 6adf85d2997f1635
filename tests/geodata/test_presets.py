"""Presets: each is whole and known to the engine, and is the same as its figures by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optimizer.foundation.faults import InputError
from optimizer.geodata.geography import Instance
from optimizer.geodata.load import load
from optimizer.geodata.presets import FOLDER, Applied, Figure, presets
from optimizer.geodata.read import read
from optimizer.outputs.manifest import manifest
from optimizer.outputs.summary import notes
from optimizer.verification.file import check_file
from tests.geodata.little import faults, little, text
from tests.plans import broken, edited, set_key, solved, study_of

ROOT = Path(__file__).parents[2]
#: An instance with the levels of presets that no agglomeration has; and one of those.
EXAMPLE, REAL = ROOT / "docs/presets", ROOT / "instances/lan-xi"
FIGURES = [
    pytest.param(figure, id=f"{name} {n}")
    for name, one in presets().items()
    for n, figure in enumerate(one.figures)
]


def asked(folder: Path, name: str) -> Applied | None:
    """The preset as it is asked of an instance in which nothing else is wrong."""
    loaded = load(folder, name, ())
    assert loaded.faults == []
    return loaded.preset


def test_every_file_is_a_preset() -> None:
    assert set(presets()) == {file.stem for file in FOLDER.iterdir()}
    assert {"transport-2035", "emergency-2020", "fire-2017", "hospitals-provincial"} < set(
        presets()
    )


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_says_what_it_sets_or_why_it_cannot(figure: Figure) -> None:
    assert (figure.key is None) == (figure.unset is not None)
    assert (figure.kmh is None) == (figure.why is None)
    assert (figure.kmh is not None) == (figure.unit == "km" and figure.key is not None)
    for words in (figure.says, figure.source, figure.why, figure.unset):
        assert words is None or (words.zh and words.en and words.zh != words.en)


@pytest.mark.parametrize("name", presets())
def test_a_preset_is_explained_in_both_languages(name: str) -> None:
    one = presets()[name]
    for words in (one.title, one.document, one.note):
        assert words.zh and words.en and words.zh != words.en


@pytest.mark.parametrize("name", presets())
def test_all_that_a_preset_sets_is_known_to_the_engine(name: str) -> None:
    """In the two instances together, every figure with a key is set somewhere."""
    stage = name.startswith("stage-")
    folders = [REAL] if stage or name == "hospitals-provincial" else [EXAMPLE, REAL]
    set_somewhere = {
        figure.says["en"]
        for folder in folders
        if name != "fire-2017" or folder == EXAMPLE
        for figure in asked(folder, name).figures  # type: ignore[union-attr]
    }
    assert set_somewhere == {one.says.en for one in presets()[name].figures if one.key}


def test_the_stages_are_for_the_nineteen_agglomerations_once() -> None:
    suits = [name for one in presets().values() for name in one.suits]
    china = {path.parent.name for path in (ROOT / "instances").glob("*/instance.toml")}
    assert sorted(suits) == sorted(china - {"upper-rhine"})


BY_HAND = {
    "transport-2035": (
        "services.railway.standard=60",
        "services.expressway.standard=30",
        "services.national_road.standard=15",
        "services.high_speed_rail.standard=45",
        "services.airport.standard=60",
        "services.hub.standard=30",
        "policy.efficiency=uncovered",
    ),
    # 5 km at 25 km/h, 20 km at 40 km/h
    "emergency-2020": (
        "services.emergency.levels.urban.standard=12",
        "services.emergency.levels.rural.standard=30",
        "policy.efficiency=uncovered",
    ),
    "fire-2017": ("services.fire.standard=5", "policy.efficiency=uncovered"),
}


def same(one: Instance, other: Instance) -> bool:
    """Whether the question is the same, and the facts that a policy can change are."""
    problems = one.problem, other.problem
    return one.policy == other.policy and problems[0].services == problems[1].services


@pytest.mark.parametrize("name", BY_HAND)
def test_a_preset_is_its_figures_written_by_hand(name: str) -> None:
    preset = read(EXAMPLE, name)
    assert same(preset, read(EXAMPLE, overrides=BY_HAND[name]))
    assert not same(preset, read(EXAMPLE))


def test_one_emergency_level_has_the_rural_radius() -> None:
    preset = asked(REAL, "emergency-2020")
    assert preset is not None
    standards = {one.key: one.value for one in preset.figures if one.key.endswith("standard")}
    assert standards == {"services.emergency.standard": 30}
    assert preset.missing == ("emergency.urban",)


def test_a_radius_of_50_km_is_an_hour_to_a_regional_hospital() -> None:
    preset = asked(REAL, "hospitals-provincial")
    assert preset is not None and preset.missing == ()
    assert preset.figures[0].key == "services.medical.levels.regional.standard"
    assert preset.figures[0].value == 60


def test_the_policy_of_an_instance_goes_before_a_preset_of_its_name(tmp_path: Path) -> None:
    one = little()
    one.set("[policies.fair]", "[policies.fire-2017]")
    instance = read(one.write(tmp_path), "fire-2017")
    assert instance.policy.weight == 1 and instance.geography.preset is None


def test_levels_that_are_missing_are_told_once(tmp_path: Path) -> None:
    one = little()
    one.set("[services.medical.levels.regional]", "[services.medical.levels.airport]")
    one.set("regional = 300", "airport = 300")
    warnings = read(one.write(tmp_path), "transport-2035").geography.warnings
    assert [line for line in warnings if line.startswith("preset")] == [
        "preset transport-2035: its figures for railway, expressway, national_road, "
        "high_speed_rail, hub are not set, the instance has no such level"
    ]


def test_a_preset_for_none_of_the_levels_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, lambda it: None, policy="fire-2017") == [
        "--policy: the instance has no level that this preset is for (is 'fire-2017'). "
        "Call a level so: fire."
    ]


def test_a_standard_beyond_the_cut_off_is_a_fault(tmp_path: Path) -> None:
    closer = text("standard = 12\ncutoff = 40", "standard = 12\ncutoff = 20")
    (fault,) = faults(tmp_path, closer, policy="emergency-2020")
    assert "services.emergency.cutoff: is below the standard of 30 minutes" in fault


def test_a_stage_for_cores_and_members_needs_them() -> None:
    with pytest.raises(InputError, match=r"instance.toml, policy.among: unknown \(is 'role'\)"):
        read(EXAMPLE, "stage-optimise")


def test_parameters_of_another_measure_go(tmp_path: Path) -> None:
    cvar = text(
        "[policies.fair]",
        '[policy]\nequity = "cvar"\nparameters = { share = 0.3 }\n\n[policies.fair]',
    )
    one = little()
    cvar(one)
    equity = read(one.write(tmp_path), "stage-nurture").policy.equity
    assert (equity.measure, dict(equity.parameters)) == ("kolm_pollak", {})


def test_what_is_overridden_is_no_figure_of_the_preset() -> None:
    preset = load(EXAMPLE, "fire-2017", ["services.fire.standard=6"]).preset
    assert preset is not None
    assert [one.key for one in preset.figures] == ["policy.efficiency"]


ORIGIN = "title, currency, sources and warnings are those of the instance"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return solved(read(EXAMPLE, "fire-2017"), tmp_path_factory.mktemp("plan") / "plan.gpkg")


def test_a_plan_says_where_its_standards_are_from() -> None:
    study = study_of(read(EXAMPLE, "fire-2017"))
    told = manifest(study)["preset"]
    assert "建标152-2017" in told["document"]["en"]
    first = told["figures"][0]
    assert (first["key"], first["value"]) == ("services.fire.standard", 5)
    assert first["known"] == "secondary" and first["source"]["zh"]
    assert (
        "preset fire-2017: services.fire.standard = 5 (second-hand), "
        "policy.efficiency = uncovered (assumed)"
    ) in list(notes(study))
    assert "preset" not in manifest(study_of(read(EXAMPLE)))


def test_the_check_of_such_a_plan_passes_and_knows_all_of_it(plan: Path) -> None:
    verdict = check_file(plan, EXAMPLE)
    assert verdict.ok and not any("not known here" in line for line in verdict.stated)


def test_other_figures_than_those_of_the_preset_are_found(plan: Path, tmp_path: Path) -> None:
    figures = [{"key": "services.fire.standard", "value": 6}]
    told = json.loads(json.dumps({"document": {"zh": "", "en": ""}, "figures": figures}))
    other = edited(plan, tmp_path, set_key("preset", told))
    assert broken(other, EXAMPLE)[ORIGIN].startswith("manifest: preset is")
    gone = edited(plan, tmp_path, "DELETE FROM manifest WHERE key = 'preset'")
    assert ORIGIN in broken(gone, EXAMPLE)
