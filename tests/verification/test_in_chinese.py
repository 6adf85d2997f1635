"""The check in Chinese: the same rules, broken by the same plans, in other words."""

from __future__ import annotations

import re

import pytest

from optimizer.case import Case
from optimizer.foundation.language import VARIABLE, _
from optimizer.solution import Assignment, Plan
from optimizer.verification import check
from tests.hand import floats, plan, policy, problem, rows
from tests.verification.test_verification import FACTS, PLANS, broken, changed, result

HAN = re.compile("[一-鿿]")


@pytest.mark.parametrize("name", [*PLANS, *FACTS])
def test_a_breach_is_told_in_chinese_under_the_same_rule(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name in PLANS:
        facts, question, answer = problem(), policy(), PLANS[name][0]
    else:
        (facts, question), answer = FACTS[name][:2], plan()
    english = broken(facts, question, answer)
    monkeypatch.setenv(VARIABLE, "zh")
    chinese = broken(facts, question, answer)
    assert english.keys() == chinese.keys()
    assert all(HAN.search(detail) for detail in chinese.values()), chinese


def test_a_verdict_is_told_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "zh")
    good = check(Case(problem(), policy()), plan())
    assert good.conclusion == f"方案成立：全部 {len(good.rules)} 条规则均满足"
    narrow = check(Case(changed("sites", land=floats(3, 2.9)), policy()), plan())
    assert narrow.conclusion == f"方案不成立，{len(narrow.rules)} 条规则中有 1 条不满足：用地足够"
    assert narrow.broken[0].detail == "SB：占用 3 公顷，可用 2.9 公顷"
    nobody = Assignment(rows(), rows(), floats(), floats())
    empty = broken(problem(), policy(), Plan(plan().options, (nobody, nobody, nobody)))
    assert empty["everybody is served wholly"].startswith("emergency，a1：比例之和为 0；")
    assert empty["everybody is served wholly"].endswith("；另有 6 处")


def test_every_rule_and_claim_has_a_chinese_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "zh")
    claim = result(plan(), policy())
    names = [rule.name for rule in check(Case(problem(), policy()), plan(), claim).rules]
    assert not [name for name in names if not HAN.search(_(name))]
