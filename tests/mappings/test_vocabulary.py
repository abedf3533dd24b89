"""The mapping tables: what ships is valid, and whoever edits a table badly is told where and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_sync.errors import ConfigError
from crm_sync.mappings import MAPPING_FILES, Vocabulary, copy_mappings, load_vocabulary
from crm_sync.mappings.tables import CRMS


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def edited(directory: Path, name: str, old: str, new: str) -> Path:
    """A directory of mappings in which one table was edited."""
    copy_mappings(directory)
    file = directory / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return directory


def complaint(directory: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_vocabulary(directory)
    return str(caught.value)


def test_a_word_of_either_crm_means_one_stage(vocabulary: Vocabulary) -> None:
    assert vocabulary.lifecycle.stage_of("hubspot", "marketingqualifiedlead") is vocabulary.lifecycle.stages["mql"]
    assert vocabulary.lifecycle.stage_of("salesforce", "Working - Contacted") is vocabulary.lifecycle.stages["sal"]


def test_every_crm_has_words_for_stages_and_channels(vocabulary: Vocabulary) -> None:
    assert {"hubspot", "salesforce", "files"} == set(CRMS)
    for crm in CRMS:
        assert {"lead", "mql", "sql", "customer"} - set(vocabulary.lifecycle.words[crm].values()) <= {"customer"}
        assert len(set(vocabulary.channels.words[crm].values())) > 5


def test_a_kind_of_person_is_whatever_a_line_for_people_names(vocabulary: Vocabulary) -> None:
    assert vocabulary.fields.kinds("people") == {"contacts", "Lead", "Contact", "person"}


def test_a_contact_is_not_a_stage(vocabulary: Vocabulary) -> None:
    assert vocabulary.lifecycle.stage_of("salesforce", "Contacto") is None
    assert not vocabulary.lifecycle.knows("salesforce", "Contacto")


def test_an_ignored_word_is_known_and_means_no_stage(vocabulary: Vocabulary) -> None:
    assert vocabulary.lifecycle.knows("hubspot", "IN_PROGRESS")
    assert vocabulary.lifecycle.stage_of("hubspot", "IN_PROGRESS") is None


def test_the_ladder_grows_in_the_order_of_the_file_and_exits_have_no_rank(vocabulary: Vocabulary) -> None:
    ranks = [stage.rank for stage in vocabulary.lifecycle.stages.values() if stage.rank is not None]
    assert ranks == list(range(8))
    assert vocabulary.lifecycle.stages["recycled"].rank is None


@pytest.mark.parametrize(
    ("column", "word", "channel"),
    [
        ("hubspot", "OFFLINE/CRM_UI", "outbound_sales"),
        ("hubspot", "OFFLINE/IMPORT", "offline_import"),
        ("salesforce", "  trade show ", "event"),
        ("campaign", "Other", "other_campaign"),
        ("salesforce", "Other", "offline_import"),
        ("hubspot", None, "unknown"),
        ("salesforce", "google??", None),
    ],
)
def test_a_source_word_means_a_channel_per_column(
    vocabulary: Vocabulary, column: str, word: str | None, channel: str | None
) -> None:
    assert vocabulary.channels.channel_of(column, word) == channel


@pytest.mark.parametrize(
    ("kind", "facts", "activity"),
    [
        ("calls", {"hs_call_direction": "OUTBOUND", "hs_call_status": "NO_ANSWER"}, "call_out"),
        ("calls", {"hs_call_direction": "OUTBOUND", "hs_call_status": "CANCELED"}, "call_not_made"),
        ("calls", {"hs_call_status": "COMPLETED"}, "call_out"),
        ("calls", {}, "call_out"),
        ("calls", {"hs_call_status": "MISSED"}, "call_not_made"),
        ("calls", {"hs_call_direction": "OUTBOUND", "hs_engagement_source": "WORKFLOWS"}, "by_a_program"),
        ("calls", {"hs_call_direction": "OUTBOUND", "hs_engagement_source": "INTEGRATION"}, "call_out"),
        ("emails", {"hs_email_direction": "EMAIL", "hs_email_status": "BOUNCED"}, "email_not_delivered"),
        ("emails", {"hs_email_direction": "EMAIL", "hs_email_status": "SCHEDULED"}, "email_not_delivered"),
        ("emails", {"hs_email_direction": "FORWARDED_EMAIL", "hs_email_status": "SENT"}, "email_not_personal"),
        ("emails", {"hs_email_direction": "INCOMING_EMAIL", "hs_engagement_source": "BOT"}, "email_in"),
        ("EmailMessage", {"Incoming": "false", "Status": "3", "IsBounced": "true"}, "email_not_delivered"),
        ("EmailMessage", {"Incoming": "false", "Status": "3", "IsBounced": "false"}, "email_out"),
        ("EmailMessage", {"Incoming": "false", "Status": "5"}, "email_not_personal"),
        ("Task", {"TaskSubtype": "Call", "CallType": "Internal", "Status": "Completed"}, "call_not_made"),
        ("Task", {"TaskSubtype": "LinkedIn", "Status": "Deferred"}, "task"),
        ("Task", {"TaskSubtype": "Task", "Status": "Finalizada"}, "task"),
        ("meetings", {"hs_meeting_source": "CRM_UI", "hs_meeting_outcome": "CANCELED"}, "meeting_by_rep"),
        ("emails", {"hs_email_direction": "INCOMING_EMAIL"}, "email_in"),
        ("meetings", {"hs_meeting_source": "MEETINGS_PUBLIC"}, "meeting_by_lead"),
        ("Task", {"TaskSubtype": "ListEmail", "Status": "Completed"}, "email_not_personal"),
        ("Task", {"TaskSubtype": "Call", "CallType": "", "Status": "Completed"}, "call_out"),
        ("Task", {"TaskSubtype": "Task", "Status": "Completed"}, "task"),
    ],
)
def test_the_first_matching_rule_says_what_a_touch_is(
    vocabulary: Vocabulary, kind: str, facts: dict[str, str], activity: str
) -> None:
    found = vocabulary.activities.classify(kind, facts)
    assert found is not None
    assert found.name == activity


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("calls", {"hs_call_direction": "OUTBOUND", "hs_call_status": "ANSWERED_BY_MACHINE"}),
        ("calls", {"hs_call_direction": "SIDEWAYS", "hs_call_status": "COMPLETED"}),
        ("emails", {"hs_email_direction": "EMAIL"}),
        ("emails", {"hs_email_direction": "DRAFT_EMAIL", "hs_email_status": "SENT"}),
        ("communications", {"hs_communication_channel_type": "FAX"}),
        ("Task", {"TaskSubtype": "Call", "CallType": "Outbound", "Status": "Finalizada"}),
        ("Task", {"TaskSubtype": "Email", "Status": "Done"}),
        ("Task", {"TaskSubtype": "Pigeon", "Status": "Completed"}),
        ("EmailMessage", {"Incoming": "false", "Status": "9"}),
        ("touch", {"type": "call", "direction": "out", "status": "abandoned"}),
    ],
)
def test_what_no_rule_knows_is_nothing_so_that_it_is_listed(
    vocabulary: Vocabulary, kind: str, facts: dict[str, str]
) -> None:
    assert vocabulary.activities.classify(kind, facts) is None


def test_an_unknown_touch_is_told_in_the_words_of_a_rule(vocabulary: Vocabulary) -> None:
    facts = {
        "hs_email_direction": "EMAIL",
        "hs_email_status": "PAUSED",
        "hs_sequence_id": "51",
        "hs_engagement_source": "",
    }
    told = "hs_email_direction=EMAIL, hs_email_status=PAUSED, hs_sequence_id=*"
    assert vocabulary.activities.in_words("emails", facts) == told
    assert vocabulary.activities.in_words("faxes", {"size": "A4"}) == "size=A4"


def test_an_appointment_counts_as_held_by_rules_of_its_own_or_like_its_booking(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    no_show = {"hs_meeting_source": "CRM_UI", "hs_meeting_outcome": "NO_SHOW"}

    def held(words: Vocabulary) -> list[bool]:
        one = words.activities.by_name["meeting_by_rep"]
        return [one.was_held("meetings", no_show), one.was_held("meetings", {}), one.was_held("Event", {})]

    assert held(vocabulary) == [False, True, True]
    file = tmp_path / "activities.toml"
    copy_mappings(tmp_path)
    head, _, rest = file.read_text().partition("[meeting_by_rep]")
    rules, _, after = rest.partition("held = [")
    file.write_text(f"{head}[meeting_by_rep]{rules}{after.partition(']' + chr(10) + 'label')[2].join(['label', ''])}")
    assert held(load_vocabulary(tmp_path)) == [True, True, True]


def test_an_id_is_that_of_a_record_when_it_begins_like_one(vocabulary: Vocabulary) -> None:
    task, message = vocabulary.fields.same_as["emails"]["hs_engagement_source_id"]
    assert (task.crm, task.kind, message.kind) == ("salesforce", "Task", "EmailMessage")
    assert [list(one.in_text("00T5e00001;4711")) for one in (task, message)] == [["00T5e00001"], []]
    (mail,) = vocabulary.fields.same_as["EmailMessage"]["MessageIdentifier"]
    assert list(mail.in_text(" <abc@acme.mx> ")) == ["abc@acme.mx"]
    assert list(mail.in_text("; ")) == []


def test_an_object_without_rules_is_no_activity(vocabulary: Vocabulary) -> None:
    assert vocabulary.activities.classify("fax", {}) is None


def test_connectors_are_told_which_fields_the_rules_look_at(vocabulary: Vocabulary) -> None:
    assert vocabulary.activities.facts_of("Task") == ("CallType", "Status", "TaskSubtype")


def test_our_fields_have_a_name_in_each_crm_and_six_are_minimal(vocabulary: Vocabulary) -> None:
    field = vocabulary.fields.ours["sla_status"]
    assert (field.hubspot, field.salesforce) == ("smk_sla_status", "SMK_Sla_Status__c")
    assert len(vocabulary.fields.profile(minimal=True)) == 6
    assert len(vocabulary.fields.profile(minimal=False)) == 20


def test_a_copied_set_of_tables_is_the_shipped_one_and_is_never_overwritten(tmp_path: Path) -> None:
    assert {file.name for file in copy_mappings(tmp_path)} == set(MAPPING_FILES)
    assert copy_mappings(tmp_path) == []
    assert load_vocabulary(tmp_path) == load_vocabulary()


def test_a_directory_with_one_edited_table_takes_the_others_as_shipped(tmp_path: Path) -> None:
    edited(tmp_path, "sla.toml", '"8bh"', '"4bh"')
    for name in MAPPING_FILES:
        if name != "sla.toml":
            (tmp_path / name).unlink()
    assert str(load_vocabulary(tmp_path).promise.main.targets[0]) == "4bh"


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        (
            "lifecycle.toml",
            'hubspot     = ["lead"]',
            'hubspot     = ["subscriber"]',
            ("[lead] hubspot", "[subscriber]"),
        ),
        (
            "lifecycle.toml",
            'next        = ["lead", "mql"]',
            'next        = ["led"]',
            ("[subscriber] next", "'led'", "lead"),
        ),
        (
            "lifecycle.toml",
            'team        = "marketing"',
            'team        = "markting"',
            ("team", "'markting'", "marketing"),
        ),
        ("lifecycle.toml", "[sal]", "[salad]", ("[sal]", "no such table", "recycled")),
        ("channels.toml", 'salesforce = ["Web"]', 'salesforce = ["EMAIL"]', ("channels.toml", "'email'", "[email]")),
        ("channels.toml", "[unknown]", "[unbekannt]", ("[unknown]", "no such table")),
        ("activities.toml", 'credit  = "visit"\nwords   = "source"', 'credit  = "visit"', ("[visit] words", "nothing")),
        ("activities.toml", "attempt = true", "attemt = true", ("[call_out]", "attemt", "attempt")),
        (
            "activities.toml",
            '"Autosvar"',
            '" "',
            ("[automatic_reply] subjects", "an empty one", "how a subject begins"),
        ),
        ("fields.toml", '"salesforce:Lead"', '"Lead"', ("[same_as.contacts]", "'Lead'", "crm:object")),
        ("fields.toml", 'type    = "choice"', 'type    = "text"', ("[ours.sla_status] options", "choice")),
        ("fields.toml", '"sal", "sql"', '"sql"', ("[ours.stage] options", "'sal' is missing")),
        ("sla.toml", 'version = "2026-1"', "version = ", ("sla.toml", "TOML")),
    ],
)
def test_a_badly_edited_table_is_named_with_its_key_what_was_found_and_what_is_allowed(
    tmp_path: Path, name: str, old: str, new: str, words: tuple[str, ...]
) -> None:
    said = complaint(edited(tmp_path, name, old, new))
    assert name in said
    for word in words:
        assert word in said


def test_a_missing_directory_is_said_with_its_fix(tmp_path: Path) -> None:
    assert "crm-sync init" in complaint(tmp_path / "nowhere")


def test_an_action_that_nothing_ends_stands_last(tmp_path: Path) -> None:
    last = '{ en = "Nurture until qualified", es = "Nutrir hasta calificar", reaches_out = true },'
    directory = edited(tmp_path, "lifecycle.toml", last, f'{last}\n  {{ en = "More", es = "Más" }},')
    assert "[lead] next_actions" in complaint(directory)
    assert "'Nurture until qualified' before others" in complaint(directory)


def test_an_action_is_done_by_activities_that_there_are(tmp_path: Path) -> None:
    assert "[sql] next_actions done_by" in complaint(
        edited(tmp_path, "lifecycle.toml", "meeting_by_lead", "meeting_of_lead")
    )


def test_an_action_with_a_target_has_its_due_from_there(tmp_path: Path) -> None:
    assert "a target alone" in complaint(
        edited(tmp_path, "lifecycle.toml", 'target = "assignment"', 'target = "assignment", due = "1d"')
    )


def test_the_one_action_of_a_table_of_before_is_still_read(tmp_path: Path) -> None:
    new = 'next_actions = [\n  { en = "Ask for a referral", es = "Pedir una recomendación", due = "30d" },\n]'
    old = 'next_action = { en = "Ask for a referral", es = "Pedir una recomendación" }'
    (action,) = load_vocabulary(edited(tmp_path, "lifecycle.toml", new, old)).lifecycle.stages["evangelist"].actions
    assert (action.label.en, action.due, action.ends) == ("Ask for a referral", None, False)


def test_points_of_a_handoff_sum_to_a_hundred(tmp_path: Path) -> None:
    assert "handoff.toml: [points]" in complaint(edited(tmp_path, "handoff.toml", "source   = 25", "source   = 30"))


def test_content_and_channels_of_a_handoff_are_those_that_there_are(tmp_path: Path) -> None:
    assert "[complete] content" in complaint(
        edited(tmp_path / "a", "handoff.toml", '"campaign_response"', '"campaign_reply"')
    )
    assert "[complete] no_campaign" in complaint(edited(tmp_path / "b", "handoff.toml", '"direct", ', '"straight", '))


def test_silence_is_a_span_with_its_unit(tmp_path: Path) -> None:
    assert "[black_hole] after" in complaint(edited(tmp_path, "handoff.toml", 'after = "3bd"', 'after = "3"'))


def test_a_word_names_one_team(tmp_path: Path) -> None:
    assert "[teams] sales" in complaint(edited(tmp_path, "handoff.toml", '"ventas"', '"Growth"'))


def test_a_team_is_known_by_any_of_its_words(vocabulary: Vocabulary) -> None:
    teams = ("EMEA Sales", "Ventas Norte", "Growth Marketing", "Finance", None)
    assert [vocabulary.handoff.team_of(team) for team in teams] == ["sales", "sales", "marketing", None, None]


def test_symptoms_have_the_measures_that_are_counted(tmp_path: Path) -> None:
    assert "[cost.measures]" in complaint(edited(tmp_path / "a", "symptoms.toml", "no_return =", "barren ="))
    assert "full_at" in complaint(edited(tmp_path / "b", "symptoms.toml", "full_at = 0.2,", "full_at = 2.0,"))
    assert "[levels]" in complaint(edited(tmp_path / "c", "symptoms.toml", "watch = 20", "watch = 60"))
