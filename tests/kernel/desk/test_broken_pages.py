"""The pages for what is broken need nothing that may be broken itself."""

from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

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
        (errors.server_error, 500, "系统没有保存成功"),
        (errors.busy, 503, "系统正在维护或太忙"),
        (errors.csrf_failure, 403, "这次没有提交"),
    ],
)
def test_a_missing_static_file_breaks_no_error_page(
    page: Any, status: int, words: str, no_static_files: None
) -> None:
    answer = page(RequestFactory().get("/"))
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert "/static/css/tokens.css" in answer.content.decode()
