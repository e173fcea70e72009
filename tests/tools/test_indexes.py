"""pip's index settings reach uv."""

from pathlib import Path

from tools import indexes


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "pip.conf"
    file.write_text("[global]\nindex-url = https://one.invalid/simple\ncert = /etc/ca.pem\n")
    found = indexes.pip_settings({"PIP_INDEX_URL": "https://two.invalid/simple"}, [file])
    assert found == {"index-url": "https://two.invalid/simple", "cert": "/etc/ca.pem"}


def test_install_section_and_several_indexes_are_read(tmp_path: Path) -> None:
    file = tmp_path / "pip.conf"
    file.write_text(
        "[install]\nextra_index_url =\n    https://a.invalid/simple\n    https://b.invalid/simple\n"
    )
    result = indexes.uv_environment({"PATH": "/bin"}, [file])
    assert result == {
        "PATH": "/bin",
        "UV_INDEX": "https://a.invalid/simple https://b.invalid/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_what_is_set_for_uv_stays(tmp_path: Path) -> None:
    given = {"UV_DEFAULT_INDEX": "https://mine.invalid", "PIP_INDEX_URL": "https://pip.invalid"}
    assert indexes.uv_environment(given, []) == given


def test_a_broken_file_is_no_reason_to_fail(tmp_path: Path) -> None:
    file = tmp_path / "pip.conf"
    file.write_text("index-url without a section\n")
    assert indexes.pip_settings({}, [file, tmp_path / "missing"]) == {}


def test_pip_files_in_pips_order() -> None:
    files = indexes.pip_files({"HOME": "/h", "PIP_CONFIG_FILE": "/last.conf"})
    assert files[-1] == Path("/last.conf")
    assert Path("/h/.config/pip/pip.conf") in files
