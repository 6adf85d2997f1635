"""What people read of a command is in their language: help, wrong calls, progress, tables."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from optimizer.commands import usage
from optimizer.foundation.language import VARIABLE, of_user, word
from optimizer.outputs import corridors, rows, tables
from optimizer.outputs.formats import FORMATS
from optimizer.outputs.frontier import FORMATS as OF_SWEEPS
from optimizer.outputs.terminal import Grid
from tests.catalogues import read, used
from tests.commands.running import LINE, Run

#: Columns of a terminal on which nothing is broken into lines, and of a usual one.
WIDE, USUAL = 200, 80

#: Shows the help of the program and of each command on terminals so wide, with a NUL after each.
HELPS = """
import os, sys
from optimizer.commands.main import COMMANDS, main
for columns in sys.argv[1:]:
    os.environ["COLUMNS"] = columns
    for command in ([], *([name] for name in COMMANDS)):
        sys.argv = ["equisite", *command, "--help"]
        try:
            main()
        except SystemExit:
            pass
    print(end=chr(0), flush=True)
"""

#: Three English words in a row: a sentence that nobody translated.
ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b")


@cache
def helps(language: str) -> dict[int, str]:
    """Columns -> the help of the program and of all commands, for a user with this locale."""
    environment = {**os.environ, "LANGUAGE": "", "LC_ALL": language, "COLUMNS": str(WIDE)}
    command = [sys.executable, "-c", HELPS, str(WIDE), str(USUAL)]
    ended = subprocess.run(command, env=environment, capture_output=True, check=True)
    wide, usual, _ = ended.stdout.decode().split("\0")
    assert max(map(len, usual.splitlines())) <= USUAL < max(map(len, wide.splitlines()))
    return {WIDE: wide, USUAL: usual}


def test_all_help_is_chinese() -> None:
    text = helps("zh_CN.UTF-8")[WIDE]
    for said in ("用法：equisite solve", "选项", "参数", "命令", "[必填]", "[默认：0.001]"):
        assert said in text
    for said in ("显示本帮助并退出。", "退出码：0", "为当前 shell 安装命令补全。"):
        assert said in text
    assert not ENGLISH.findall(text)


@pytest.mark.parametrize("language", ["zh_CN.UTF-8", "C"])
def test_no_help_is_cut_off_on_a_usual_terminal(language: str) -> None:
    assert "…" not in helps(language)[USUAL]


def test_all_help_is_english() -> None:
    text = helps("C")[WIDE]
    assert " Usage: equisite solve [OPTIONS] {INSTANCE}" in text and "[default: 0.001]" in text
    assert not re.findall(r"[\u4e00-\u9fff]", text)


def test_help_names_every_format() -> None:
    text = helps("C")[WIDE]
    assert f"FILE ({' '.join(FORMATS)})" in text and f"FILE ({' '.join(OF_SWEEPS)})" in text


WRONG = {
    "solve x --threads few": "'--threads' 的值无效：应为整数",
    "solve x --gap small": "'--gap' 的值无效：应为数字",
    "solve x --seed -1": "'--seed' 的值无效：应不小于 0",
    "solve x --gap 2": "值无效：误差须在 [0, 1) 之内",
    "solve x --time-limit 0": "值无效：时限须大于 0 秒",
    "solve x --threads 0": "值无效：线程数须不少于 1",
    "solve x --language fr": "'--language' 的值无效：'fr' 不在可选值之中：'auto', 'zh', 'en'。",
    "solve x --langage zh": "没有选项 --langage（可能是：--language）",
    "solve x --foo": "没有选项 --foo",
    "solve x y": "多余的参数（y）",
    "solve x --gap": "选项 '--gap' 需要一个值。",
    "solve x --json=1": "选项 '--json' 不带值。",
    "solve": "缺少参数 'INSTANCE'。",
    "solve x --algorithm ful": "--algorithm 的值无效：'ful'：是否想写 'full'？",
    "slve": "没有命令 'slve'。是否想写 'solve'？",
    "--debug": "缺少命令。",
    "sweep x --weights a": "值无效：--weights 'a'：'a' 不是数字",
    "sweep x --weights 0:1:0": "首值须不大于末值，步长须大于 0",
    "sweep x --workers 2 --cluster a": "--workers 是本机的进程数，不能与 --cluster 同用",
}


@pytest.mark.parametrize(("call", "message"), WRONG.items())
def test_a_wrong_call(run: Run, call: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    ended = run(*call.split(), locale="zh_CN.UTF-8")
    assert ended.code == 2 and message in ended.err


def test_each_message_of_the_libraries_is_met(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentences of `IN_ENGLISH` are those that the libraries say."""
    met = set[str]()

    def template(sentence: str, **values: str) -> str:
        met.add(sentence)
        return sentence.format(**values)

    monkeypatch.setattr(usage, "_", template)
    for call in WRONG:
        run(*call.split())
    assert set(usage.IN_ENGLISH) <= met


@pytest.mark.parametrize(
    ("locales", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_TW:en"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_language_of_a_locale(
    locales: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, locales.get(name, ""))
    assert of_user() == language
    assert of_user("en") == "en"


def said(run: Run, *arguments: object) -> str:
    """What a command says in Chinese, on both streams."""
    ended = run(*arguments, "--language", "zh")
    return ended.out + ended.err


def test_solve_says(run: Run, tmp_path: Path) -> None:
    text = said(run, "solve", LINE, "-o", tmp_path / "plan.json", "--gap", 0)
    assert "最优：目标值 6.2978，下界 6.2978，误差 0.000%，" in text
    assert "最小化 0.5 × 效率 + 0.5 × 公平：平均出行时间 5.00 分钟，" in text
    assert f"已写出：{tmp_path / 'plan.json'}" in text


def test_an_infeasible_question_says_so(run: Run) -> None:
    ended = run("solve", LINE, "--set", "policy.cost_bound=1", "--language", "zh")
    assert ended.code == 3
    assert ended.err.startswith("无可行方案：没有方案，未写出任何文件")


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["-o", "plan.shp"], "错误：output：没有这种后缀的格式（现为 'plan.shp'）。"),
        (["-o", "nowhere/p.json"], "其文件夹不存在（现为 'nowhere/p.json'）。请先建好文件夹。"),
        (["-o", LINE / "demand.geojson"], "它是输入："),
        (["-o", LINE], "没有这种后缀的格式"),
    ],
)
def test_faults_of_outputs(run: Run, arguments: list[object], fault: str) -> None:
    ended = run("solve", LINE, *arguments, "--language", "zh")
    assert ended.code == 2 and fault in ended.err


def test_describe_says(run: Run) -> None:
    text = said(run, "describe", "tiny/two-cities")
    assert "政策：最小化 0.5 × 平均出行时间 + 0.5 × " in text and "各服务加权" in text
    assert "预算：各市合计 60.0 million" in text and "50% 统筹" in text
    assert not ENGLISH.findall(text)


def test_sweep_says(run: Run, tmp_path: Path) -> None:
    text = said(run, "sweep", LINE, "--weights", "0:1:0.5", "--journal", tmp_path)
    assert "权重 0.5：最优，误差 0.000%，" in text and "已求 1 / 3 个点，约剩 " in text
    assert "已证明：没有方案能比所有的点都好出" in text
    assert f"求出的点保存在 {tmp_path}" in text
    assert not ENGLISH.findall(text)


def test_check_and_validate_say(run: Run, plan: Path) -> None:
    text = said(run, "check", plan, "--instance", LINE)
    assert text.startswith("成立  ") and "自述  " in text
    assert said(run, "validate", LINE) == f"{LINE}：没有错误\n"


def test_table_says(run: Run) -> None:
    text = said(run, "table", LINE)
    assert "最优" in text and "成立" in text and "求解（秒）" in text
    assert not ENGLISH.findall(text)


@pytest.fixture
def headings(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The keys of the headings of all tables that are shown."""
    keys, grid = set[str](), tables._table

    def of_rows(key: str, language: str) -> str:
        keys.add(key)
        return word(key, language)

    def of_summary(language: str, *names: str) -> Grid:
        keys.update(names)
        return grid(language, *names)

    monkeypatch.setattr(rows, "word", of_rows)
    monkeypatch.setattr(tables, "_table", of_summary)
    return keys


@pytest.mark.usefixtures("few")
def test_each_heading_has_words(
    run: Run, plan: Path, linked: Path, headings: set[str], tmp_path: Path
) -> None:
    failing = ("--set", 'policy.failures.draw=["sites"]')
    for arguments in (
        ("list",),
        ("describe", "two-cities"),
        ("solve", "two-cities", *failing),
        ("stress", plan, "--instance", LINE),
        ("corridors", linked, "--in-place"),
        ("table", linked, "--corridors"),
        ("sweep", LINE, "--weights", "0:1:1", "--journal", tmp_path),
        ("sweep", LINE, "--bounds", "20:30:10", "--costs", "20:20:1", "--journal", tmp_path),
        ("sweep", LINE, "--frontier", "--journal", tmp_path),
    ):
        assert run(*arguments).code == 0, arguments
    assert {"nodes", "cost_bound", "worst_without", "person_minutes", "possible_sites"} <= headings
    headings |= set(corridors.SHOWN)  # of which an instance may lack some
    for language in ("zh", "en"):
        said = {entry.id for entry in read(language) if entry.string}
        assert not headings - said - (used().sentences if language == "en" else set())


def test_a_process_of_a_sweep_speaks_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("--version", locale="zh_CN.UTF-8")
    assert os.environ[VARIABLE] == "zh"
