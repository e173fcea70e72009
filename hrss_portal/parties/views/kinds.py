"""What differs between the pages of persons and of employers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from hrss_portal.access.models import User
from hrss_portal.access.routes import get_visible_or_404
from hrss_portal.parties.forms import EmployerForm, PartyForm, PersonForm
from hrss_portal.parties.models import Employer, Party, Person


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One of the two kinds of party, with its words, model, form and routes."""

    noun: str
    word: str
    list_title: str
    model: type[Party]
    form: Callable[..., PartyForm]
    sheet: str

    @property
    def list_url(self) -> str:
        """Name of the list's route."""
        return f"parties:{self.noun}s"

    def url(self, name: str) -> str:
        """Name of another route: ``edit`` gives ``parties:person_edit``."""
        return f"parties:{self.noun}_{name}" if name else f"parties:{self.noun}"

    @property
    def edit_route(self) -> str:
        """Name of the editing route."""
        return self.url("edit")

    @property
    def merge_route(self) -> str:
        """Name of the merging route."""
        return self.url("merge")

    @property
    def restrict_route(self) -> str:
        """Name of the restricting route."""
        return self.url("restrict")

    def action(self, verb: str) -> str:
        """The policy action of a verb."""
        return f"parties.{self.noun}.{verb}"


PERSON = Kind(
    noun="person",
    word="人员",
    list_title="人员",
    model=Person,
    form=PersonForm,
    sheet="PERSONS",
)
EMPLOYER = Kind(
    noun="employer",
    word="单位",
    list_title="单位",
    model=Employer,
    form=EmployerForm,
    sheet="EMPLOYERS",
)


def user_of(request: HttpRequest) -> User:
    """Who acts; the route's policy let nobody else in."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 -- PolicyMiddleware guarantees it
    return user


def party_or_404(kind: Kind, pk: int) -> Any:
    """The visible row, with what its page names; 404 for hidden and absent alike."""
    related = ("town", "unit", "created_by", "updated_by", "merged_into")
    return get_visible_or_404(kind.model.objects.select_related(*related), pk=pk)
