"""The pages for what is broken need nothing that may be broken itself."""

from pathlib import Path
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse

from hrss_portal.desk import errors


@pytest.fixture
def no_static_files(settings: Any, tmp_path: Path) -> None:
    """As in production, before ``collectstatic`` or after a file went missing."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }


@pytest.mark.django_db  # a refused form is written down
@pytest.mark.parametrize(
    ("page", "status", "words"),
    [
        (errors.server_error, 500, "这个页面暂时打不开"),
        (errors.busy, 503, "系统正在维护或太忙"),
        (errors.csrf_failure, 403, "这次没有提交"),
    ],
)
def test_an_error_page_has_its_number_and_a_missing_static_file_breaks_none(
    page: Any, status: int, words: str, no_static_files: None
) -> None:
    request = RequestFactory().get("/")
    request.request_id = "E-7KQ2ZM"
    answer = page(request)
    assert answer.status_code == status
    assert "E-7KQ2ZM" in answer.content.decode()
    assert words in answer.content.decode()
    assert "/static/css/tokens.css" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_that_is_too_large_is_refused_with_a_number(client: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = client.post(reverse("access:login"), {"username": "a" * 200})
    assert (answer.status_code, "文件太大，没有收下" in answer.content.decode()) == (413, True)
    assert answer.wsgi_request.request_id in answer.content.decode()


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_a_database_that_is_away_is_said_so_and_not_that_something_was_kept(error: Any) -> None:
    request = RequestFactory().post("/")
    assert "系统没有保存成功" in errors.server_error(request).content.decode()
    try:
        raise error
    except (OperationalError, InterfaceError):
        answer = errors.server_error(request)
    assert answer.status_code == 503
    assert "数据库暂时没有应答，这一次没有保存" in answer.content.decode()
