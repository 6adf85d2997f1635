"""What is said in Chinese: faults on the command line, and what a plan keeps of it."""

from __future__ import annotations

from pathlib import Path

from tests.commands.running import LINE, Run, edited


def test_a_fault(run: Run) -> None:
    ended = run("solve", LINE, "--set", "policy.weigth=1", "--language", "zh")
    assert ended.code == 2
    assert "--set, policy.weigth：未知的键。是否想写 'weight'？" in ended.err


def test_a_plan_that_is_written_in_chinese_is_checked_in_english(run: Run, tmp_path: Path) -> None:
    """Its manifest has the warnings."""
    folder = edited(tmp_path, "instance.toml", "[budget]", "[network]\ndetour = 6.0\n\n[budget]")
    plan = tmp_path / "plan.gpkg"
    ended = run("solve", folder, "--language", "zh", "-o", plan)
    assert "network.detour：没有路程会达到直线距离的 6 倍" in ended.out + ended.err
    ended = run("check", plan, "--instance", folder)
    assert ended.code == 0, ended.out
