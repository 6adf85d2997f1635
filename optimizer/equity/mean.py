"""Mean: what a person has in the mean."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.equity.measure import OF_VALUES, Additive, Property, register
from optimizer.foundation.language import N_
from optimizer.problem import Floats, Level


@register
@dataclass(frozen=True)
class Mean(Additive):
    """mu = sum_u n_u v_u / sum_u n_u (p-median, where units are persons).

    Additive, phi the identity, so monotone. Of "uncovered" it is the share of the persons served
    beyond the standard (maximal covering).

    Misbehaves as a measure of justice: an hour for one person weighs no more than a minute for
    each of sixty. Among jurisdictions or groups it at least lets each of them count the same.
    Of "catchment" it would be capacity over need wherever the places are, so it is refused.

    Source: Hakimi 1964.
    """

    name = "mean"
    title = N_("mean")
    unit = OF_VALUES
    reference = "Hakimi 1964"
    properties = frozenset(
        {
            Property.ITSELF,
            Property.MONOTONE,
            Property.TRANSFER,
            Property.TRANSLATION_COVARIANT,
            Property.SCALE_COVARIANT,
        }
    )
    sees = frozenset({"minutes", "uncovered"})

    def phi(self, values: Floats, level: Level) -> Floats:
        return values
