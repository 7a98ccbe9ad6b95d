"""A site's own protocol file: gone by everywhere, or a start that is refused."""

import sys
from datetime import timedelta

import pytest

from app.__main__ import main
from app.protocol.in_force import all_versions, protocol_in_force, text_in_force
from app.protocol.loader import BUNDLED, bundled_protocol, load_protocol, use_protocol
from app.protocol.model import ProtocolError
from app.settings import Settings
from tests.cast import NOW

TEXT = BUNDLED.read_text(encoding="utf-8")
VERSION = bundled_protocol().version


@pytest.fixture(autouse=True)
def bundled_afterwards():
    yield
    use_protocol(None)


def own(tmp_path, old, new, version="9.9"):
    """The bundled text with one line changed, under another version."""
    text = TEXT.replace(f'version = "{VERSION}"', f'version = "{version}"', 1)
    assert old in text and version in text
    path = tmp_path / "own.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def run(monkeypatch, capsys, **environment):
    """The command line's first breath with these settings: its exit status and what it said."""
    for name, value in environment.items():
        monkeypatch.setenv(f"DAYBOOK_{name}", value)
    monkeypatch.setattr(sys, "argv", ["daybook", "healthy"])
    with pytest.raises(SystemExit) as stopped:
        main()
    return stopped.value.code, capsys.readouterr().err


def test_every_command_goes_by_the_file_that_the_setting_names(monkeypatch, capsys, tmp_path):
    path = own(tmp_path, "backfill_days = 14", "backfill_days = 10")
    assert load_protocol().backfill_days == 14
    run(monkeypatch, capsys, PROTOCOL_FILE=str(path), PORT="1")
    assert (load_protocol().version, load_protocol().backfill_days) == ("9.9", 10)
    assert bundled_protocol().backfill_days == 14


def test_the_rules_and_their_page_go_by_it_too(database, cast, tmp_path):
    use_protocol(own(tmp_path, "backfill_days = 14", "backfill_days = 10"))
    with database.read() as session:
        assert protocol_in_force(session, cast.site, NOW + timedelta(days=1)).version == "9.9"
        assert 'version = "9.9"' in text_in_force(session, cast.site, NOW)
        assert set(all_versions(session, cast.site)) == {"1", VERSION, "9.9"}


@pytest.mark.parametrize("enabled", ["true", "false"])
def test_framing_is_switched_on_by_it(tmp_path, enabled):
    before, after = TEXT.split("[framing]", 1)
    changed = after.replace("enabled = false", f"enabled = {enabled}", 1)
    text = (before + "[framing]" + changed).replace(f'version = "{VERSION}"', 'version = "9.9"', 1)
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    use_protocol(path)
    assert load_protocol().framing.enabled is (enabled == "true")


def test_another_text_under_the_bundled_version_is_refused(tmp_path):
    with pytest.raises(ProtocolError, match="'version' of its own"):
        use_protocol(own(tmp_path, "backfill_days = 14", "backfill_days = 10", VERSION))
    assert load_protocol() == bundled_protocol()
    use_protocol(own(tmp_path, "backfill_days = 14", "backfill_days = 14 # the same", VERSION))


@pytest.mark.parametrize("text", [None, "not toml", 'version = "1"'])
def test_a_file_that_is_no_protocol_ends_the_start_in_one_plain_line(
    monkeypatch, capsys, tmp_path, text
):
    path = tmp_path / "own.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    status, said = run(monkeypatch, capsys, PROTOCOL_FILE=str(path), PORT="1")
    assert status == 2
    assert said.startswith("daybook: own.toml: ") and said.count("\n") == 1
    assert load_protocol() == bundled_protocol()


def test_an_empty_setting_is_none(monkeypatch):
    monkeypatch.setenv("DAYBOOK_PROTOCOL_FILE", "")
    monkeypatch.setenv("DAYBOOK_PORT", "")
    assert (Settings().protocol_file, Settings().port) == (None, 8000)


def test_a_wrong_setting_is_named_and_its_value_is_not_said(monkeypatch, capsys):
    status, said = run(
        monkeypatch, capsys, PORT="eighty", SMTP_URL="http://user:secret@mail.example"
    )
    assert status == 2
    assert "daybook: DAYBOOK_PORT: " in said
    assert "daybook: DAYBOOK_SMTP_URL must start with" in said
    assert said.count("\n") == 2 and "secret" not in said and "eighty" not in said


def test_the_address_that_is_printed_has_the_port_that_was_set(monkeypatch):
    assert Settings().base_url == "http://localhost:8000"
    monkeypatch.setenv("DAYBOOK_PORT", "23000")
    assert Settings().base_url == "http://localhost:23000"
    monkeypatch.setenv("DAYBOOK_BASE_URL", "https://daybook.example/")
    assert Settings().base_url == "https://daybook.example"
