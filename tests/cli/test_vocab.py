"""`crm-sync vocab render`: the page of the shared language."""

from __future__ import annotations

from pathlib import Path

from crm_sync.mappings import copy_mappings
from tests.cli.commands import crm
from tests.cli.conftest import OwnStore

PAGE = Path(__file__).parents[2] / "docs" / "vocabulary.md"


def test_the_page_in_the_docs_is_what_the_command_prints() -> None:
    ran = crm("vocab", "render", "--shipped")
    assert (ran.code, ran.out, ran.err) == (0, PAGE.read_text(encoding="utf-8"), "")


def test_edited_tables_give_another_page(own: OwnStore, tmp_path: Path) -> None:
    copy_mappings(tmp_path / "mappings")
    file = tmp_path / "mappings" / "lifecycle.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('["MQL"', '["Calificado", "MQL"'), encoding="utf-8")
    edited = file.read_text(encoding="utf-8").replace("Marketing qualified lead", "Hot lead")
    file.write_text(edited, encoding="utf-8")
    assert "Hot lead" in crm("--config", own(mappings="mappings"), "vocab", "render").out


def test_as_json_it_names_stages_channels_and_properties() -> None:
    said = crm("vocab", "render", "--shipped", "--json").json
    assert set(said) == {"stages", "channels", "properties"}
    assert said["stages"]["mql"]["team"] == "sales"
    assert "smk_sla_status" in said["properties"]
