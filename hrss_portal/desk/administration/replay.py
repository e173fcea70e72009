"""时限重算: which running cases a changed calendar or rule moves, and the two signatures."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hrss_portal.access import keys
from hrss_portal.access.routes import policy
from hrss_portal.casework import law_changes
from hrss_portal.desk.administration.pages import (
    ReasonForm,
    key_of,
    me,
    say,
    signing,
    waits,
)
from hrss_portal.desk.links import url_of

ROWS = 500


@policy("casework.clock.replay")
@keys.idempotent
def replay_page(request: HttpRequest) -> HttpResponse:
    """The newest check of the bureau; POST proposes its list for a second signature."""
    user = me(request)
    found = law_changes.latest(user.unit.root)
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        if found is None:
            raise Http404
        if form.is_valid():
            try:
                law_changes.propose(found, by=user, reason=form.cleaned_data["reason"])
            except ValidationError as error:
                say(request, form, error)
            else:
                messages.success(request, waits("重算清单"))
                return redirect("desk:replay")
    moves = found.moves if found else []
    context = {
        "title": "时限重算",
        "found": found,
        "is_current": found is not None and found.stamp == law_changes.law_stamp(),
        "rows": [
            {
                "reference": reference,
                "url": url_of("desk:case", case),
                "clock_url": url_of("casework:clock", clock),
                "label": label,
                "old": old,
                "new": new,
            }
            for clock, case, reference, label, old, new, _ in moves[:ROWS]
        ],
        "total": len(moves),
        "form": form,
        "key": key_of(request),
        "may_propose": found is not None and bool(moves) and found.proposal is None,
        **signing(found.proposal if found else None, user),
    }
    return render(request, "desk/admin/replay.html", context, status=422 if form.errors else 200)
