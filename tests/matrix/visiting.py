"""Asking a page as any account, with everything that the request did taken back afterwards."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction
from django.template.backends.django import Template
from django.test import Client
from django.utils.safestring import SafeString

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.access.rights import Rights, rights_of

REFUSALS = "audit_refusalentry"
#: Written by whoever reads: the logs of access and refusals.
LOGS = frozenset({"audit_accessentry", REFUSALS})
#: Rows written in this transaction by table, those taken back included.
WRITES = """
SELECT relname, rows
  FROM (SELECT relname, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
                        + pg_stat_get_xact_tuples_deleted(oid) AS rows
          FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace) AS counted
 WHERE rows > 0
"""
#: A form with its key alone, as no button of a page leaves it out.
FORM = "application/x-www-form-urlencoded"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def name_only(self: Template, context: Any = None, request: Any = None) -> SafeString:
    """A template that answers with its name: filling it is most of the time of a request."""
    return SafeString(self.template.name)


@dataclass(frozen=True)
class Answer:
    """A response, and what its request left in the database before that was taken back."""

    response: Any
    wrote: frozenset[str]
    is_logged: bool

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status_code

    @property
    def page(self) -> str:
        """What the page says, without what differs between any two answers: numbers in addresses,
        the token of the form, the number of the request."""
        if self.response.streaming:
            return ""
        text = self.response.content.decode(errors="replace")
        text = text.replace(self.response.headers.get("X-Request-Id", "\0"), "")
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|\b[0-9a-f]{32}\b', "", text)
        text = re.sub(r"E-\w{4,}", "", text)
        return re.sub(r"[/=]\d+(?=[/\"&?<]|%2F|\b)|%2F\d+", "", text)


class Visitor:
    """A browser that is logged in as whoever asks; one transaction around all that it does."""

    def __init__(self) -> None:
        self.client = Client()
        self.guarded = Client(enforce_csrf_checks=True)
        self.cookies: dict[int, SimpleCookie] = {}
        self.counts: dict[str, int] = {}
        self.rights: dict[int, Rights] = {}
        self.forms = (f"_key=matrix-{number}" for number in count())

    def ask(
        self,
        user: User | None,
        method: str,
        url: str,
        *,
        client: Client | None = None,
        filled: bool = True,
        form: str = "",
    ) -> Answer:
        """The answer to one request, as nobody if ``user`` is None.

        Templates that are not ``filled`` answer with their name, in half the time.
        """
        client = client or self.client
        client.cookies = SimpleCookie(self._session(user) if user else "")
        with transaction.atomic(), self._as_it_stands(filled=filled):
            response = client.generic(method, url, next(self.forms) + form, FORM)
            if response.streaming:
                b"".join(response.streaming_content)
            transaction.set_rollback(True)
        return Answer(response, *self._left())

    def settle(self) -> None:
        """Take the rows made since the last request for granted."""
        self.counts = self._counted()

    def _session(self, user: User) -> str:
        if user.pk not in self.cookies:
            self.client.cookies = SimpleCookie()
            self.client.force_login(user, backend=BACKEND)
            self.cookies[user.pk] = self.client.cookies
            self.settle()
        return self.cookies[user.pk].output(attrs=[], header="", sep=";")

    @contextmanager
    def _as_it_stands(self, *, filled: bool) -> Iterator[None]:
        """Rights are worked out once per account: what a request changes is taken back anyway."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(policy, "rights_of", self._rights_of)
            if not filled:
                patch.setattr(Template, "render", name_only)
            yield

    def _rights_of(self, user: User | None) -> Rights:
        if user is None:
            return rights_of(user)
        if user.pk not in self.rights:
            self.rights[user.pk] = rights_of(user)
        return self.rights[user.pk]

    def _left(self) -> tuple[frozenset[str], bool]:
        before, self.counts = self.counts, self._counted()
        wrote = {table for table, rows in self.counts.items() if rows != before.get(table, 0)}
        return frozenset(wrote - LOGS), REFUSALS in wrote

    def _counted(self) -> dict[str, int]:
        with connection.cursor() as cursor:
            cursor.execute(WRITES)
            return dict(cursor.fetchall())
