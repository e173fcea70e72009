"""What forms ask while somebody types.  POST, because numbers never stand in an address."""

from datetime import date

from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from hrss_portal.access.routes import policy
from hrss_portal.parties import cells, duplicates
from hrss_portal.parties.choices import IdKind
from hrss_portal.parties.views.kinds import user_of

LIMIT = 60


@policy("parties.person.search")
@never_cache
@sensitive_post_parameters()
@require_POST
def person_lookup(request: HttpRequest) -> JsonResponse:
    """The verdict on the number and the persons who may be meant.

    ``{error, derived, suggestion, exact, conflict, message, candidates: [{id, label, note, url,
    why, recorded_by, recorded_on, town, state, …}]}``
    """
    asked = {name: request.POST.get(name, "")[:LIMIT] for name in ("id_number", "name", "phone")}
    kind = request.POST.get("id_kind") or IdKind.RESIDENT
    answer = duplicates.person_answer(
        user_of(request),
        id_kind=kind if kind in IdKind.values else IdKind.RESIDENT,
        birth=_day(request.POST.get("birth", "")),
        **asked,
    )
    return JsonResponse(answer)


@policy("parties.employer.search")
@never_cache
@require_POST
def employer_lookup(request: HttpRequest) -> JsonResponse:
    """The verdict on the credit code and the employers that may be meant.

    ``part``: a code, a name or a piece of one, or pinyin initials, as one box takes them.
    """
    if part := request.POST.get("part", "").strip()[: 2 * LIMIT]:
        return JsonResponse(duplicates.employer_suggestions(user_of(request), part))
    uscc = request.POST.get("uscc", "")[:LIMIT]
    name = request.POST.get("name", "")[: 2 * LIMIT]
    return JsonResponse(duplicates.employer_answer(user_of(request), uscc=uscc, name=name))


def _day(text: str) -> date | None:
    try:
        return cells.day_of(text) if text else None
    except ValidationError:
        return None
