"""送达地址确认书: where a party takes papers, and whether by electronic means.

Service by electronic means needs the party's consent (民事诉讼法 Article 90 by 办案规则 Article 20;
the consent stands on the 送达地址确认书).  Whether an award or a settlement may go that way is a
setting that the bureau confirms (``ARB-E-SERVICE``): the civil law excluded judgments until 2021.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from hrss_portal.casework.models import Event
from hrss_portal.casework.workflow import Move
from hrss_portal.deadlines.lookup import parameter

RESULTS_SETTING = "ARB-E-SERVICE"


def refused_electronic(party: Any, on: date | None, *, is_result: bool, region: str) -> str:
    """Why a paper sent on that day may not reach the party by electronic means; "" where it may.

    ``is_result``: an award or a settlement.  Without a day the consent alone is looked at.
    """
    how = "先办“登记送达地址确认书”，或者改用其他方式送达"
    if party.takes_electronic is None:
        return f"{party.name}还没有确认是否同意电子送达，{how}"
    if not party.takes_electronic:
        return f"{party.name}不同意电子送达，改用其他方式送达；后来同意的，{how}"
    if on and on < party.address_confirmed_on:
        return f"{party.name}{party.address_confirmed_on:%Y-%m-%d}才同意电子送达，此前不能电子送达"
    if is_result and on and not _results_may(on, region):
        return "裁决书、调解书不能电子送达（费率与标准 ARB-E-SERVICE），改用其他方式送达"
    return ""


def _results_may(on: date, region: str) -> bool:
    """Whether awards and settlements may be served by electronic means on that day."""
    try:
        return parameter(RESULTS_SETTING, on, region).value == "1"
    except LookupError:
        return False


def confirm_address(case: Any, data: Mapping[str, Any], event: Event) -> None:
    """The party's own word on where papers reach it; a later one takes the place of the earlier."""
    party = data["party"]
    party.address = data.get("address") or party.address
    party.address_confirmed_on = event.on
    party.takes_electronic = data["takes_electronic"]
    party.electronic_address = data.get("electronic_address", "")
    party.save()


def confirming(source: frozenset[str], by: frozenset[str]) -> Move:
    """The move for one kind of case: from these states, by these posts."""
    return Move(
        code="confirm_address",
        label="登记送达地址确认书",
        source=source,
        by=by,
        form="arbitration.forms.AddressForm",
        effect=confirm_address,
        dates=("parties.address_confirmed_on",),
        main=False,
        hint="当事人签名的确认书放进案卷材料；同意电子送达的才能电子送达，改变的再登记一次",
        basis="《民事诉讼法》第九十条；《劳动人事争议仲裁办案规则》第二十条",
    )
