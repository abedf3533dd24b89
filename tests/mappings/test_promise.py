"""The tables of the promise: what can be said in them, and how a wrong one is refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crm_sync.errors import ConfigError
from crm_sync.mappings import Promise, Span, load_vocabulary, promise_from_text
from crm_sync.mappings.policies import PROMISE_FILES, promise_of

SHIPPED = {
    name: (Path(load_vocabulary.__code__.co_filename).parent / name).read_text("utf-8") for name in PROMISE_FILES
}
OFFICE = '[office]\ntime_zone = "Europe/Madrid"\nmonday = ["09:00-14:00"]\n'
HEAD = 'version = "1"\n[calendar]\ndefault = "office"\n[marketing]\nqualified_leads_per_rep_month = 300\n'
ONE = '[[policies]]\nname = "one"\ntargets = { first_attempt = "8bh" }\n'
BEFORE = """\
version = "2026-1"
[calendar]
time_zone = "America/Mexico_City"
monday    = ["09:00-14:00", "15:00-18:00"]
holidays  = [2026-01-01]
[sales]
first_attempt       = "4bh"
cadence_attempts    = 3
cadence_within      = "10d"
same_attempt_within = "20m"
excused_reasons     = ["spam"]
[marketing]
qualified_leads_per_rep_month = 250
"""


def promise(sla: str = HEAD + ONE, calendars: str = OFFICE) -> Promise:
    return promise_of({**SHIPPED, "sla.toml": sla, "calendars.toml": calendars})


def said(sla: str = HEAD + ONE, calendars: str = OFFICE) -> str:
    with pytest.raises(ConfigError) as refused:
        promise(sla, calendars)
    return str(refused.value)


def test_the_shipped_promise_is_eight_hours_five_attempts_and_a_day() -> None:
    shipped = promise_of(SHIPPED)
    assert {one.name: str(one) for one in shipped.main.targets} == {
        "first_attempt": "8bh", "cadence": "5 in 14d", "contact": "24h", "assignment": "1bh",
    }  # fmt: skip
    assert shipped.qualified_leads_per_rep_month == 300
    assert shipped.warnings == ()


def test_what_was_kept_is_what_was_read() -> None:
    shipped = promise_of(SHIPPED)
    assert promise_from_text(shipped.text) == shipped


def test_the_table_of_before_is_read_as_it_was_meant() -> None:
    found = promise(BEFORE, "")
    assert {one.name: str(one) for one in found.main.targets} == {"first_attempt": "4bh", "cadence": "3 in 10d"}
    assert found.main.rules.same_attempt_within == Span(20, "m")
    assert found.main.rules.excused_reasons == {"spam"}
    assert found.main.rules.actor == "anyone"
    assert found.working_time.holidays == {date(2026, 1, 1)}
    assert found.qualified_leads_per_rep_month == 250


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"4bh"', "4", ("first_attempt", "found 4;", "8bh (business hours)")),
        ('"10d"', '"10"', ("cadence", "'10'", "unit")),
        ("cadence_attempts", "cadence_atempts", ("sla.toml", "cadence_atempts", "targets")),
        ("Mexico_City", "Mexico", ("time_zone", "America/Mexico", "IANA")),
    ],
)
def test_a_wrong_table_of_before_is_refused_by_name(old: str, new: str, words: tuple[str, ...]) -> None:
    told = said(BEFORE.replace(old, new), "")
    assert [word for word in words if word not in told] == []


# policies


def test_the_first_policy_whose_conditions_hold_is_the_one() -> None:
    when = 'when = { source = ["Paid_Search", "email"], country = "mx" }'
    first = f'[[policies]]\nname = "vip"\n{when}\ntargets = {{ first_attempt = "2bh" }}\n'
    found = promise(HEAD + first + ONE)
    asked = {"source": frozenset({"email"}), "country": frozenset({"mx"})}
    picked = [found.policy_for(one, date(2026, 1, 1)) for one in (asked, {**asked, "country": frozenset()})]
    assert [one and one.name for one in picked] == ["vip", "one"]
    assert promise(HEAD + first).policy_for({}, date(2026, 1, 1)) is None


def test_a_version_holds_from_its_date_on_wherever_it_stands() -> None:
    later = '[[policies]]\nname = "one"\nversion = "2"\nfrom = 2026-06-01\ntargets = { first_attempt = "4bh" }\n'
    for text in (HEAD + later + ONE, HEAD + ONE + later):
        versions = [promise(text).policy_for({}, day) for day in (date(2026, 5, 31), date(2026, 6, 1))]
        assert [one and one.version for one in versions] == ["1", "2"]


def test_a_policy_may_be_stricter_than_the_rules_of_all() -> None:
    own = '[[policies]]\nname = "one"\nactor = "owner"\nroll = "next_open"\nlate_logging_grace = "2bd"\n'
    call = 'call = { attempts = 3, within = "2d", clock = "lead" }'
    targets = f'targets = {{ first_attempt = {{ within = "1bd", at_risk_after = 0.5 }}, {call} }}\n'
    [first, other] = promise(HEAD + own + targets).main.targets
    rules = promise(HEAD + own + targets).main.rules
    assert (rules.actor, rules.late_logging_grace, rules.same_attempt_within) == ("owner", Span(2, "bd"), Span(30, "m"))
    assert (first.within, first.at_risk_after, first.roll, first.clock) == (Span(1, "bd"), 0.5, True, "rep")
    assert (other.attempts, other.by, other.clock, str(other)) == (3, "attempts", "lead", "3 in 2d")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('name = "one"', ("no targets", "exempt")),
        ('name = "one"\nexempt = "why"\ntargets = { first_attempt = "8bh" }', ("both targets and exempt",)),
        ('name = "one"\ntargets = { first_attempt = 8 }', ("targets.first_attempt", "found 8;", "8bh")),
        ('name = "one"\ntargets = { first_attempt = "8" }', ("targets.first_attempt", "'8'")),
        ('name = "one"\ntargets = { first_attempt = "0bh" }', ("targets.first_attempt", "'0bh'")),
        ('name = "one"\ntargets = { cadence = "0 in 14d" }', ("targets.cadence.attempts", "found 0", "1 or more")),
        ('name = "one"\ntargets = { cadence = { attempts = 5 } }', ("targets.cadence.within", "required")),
        ('name = "one"\ntargets = { cadence = { within = "14d", atempts = 5 } }', ("atempts", "attempts, within, by")),
        ('name = "one"\ntargets = { contact = "2 in 24h" }', ("targets.contact attempts", "one contact")),
        ('name = "one"\nwhen = { score = "A" }\ntargets = { cadence = "5 in 14d" }', ("when", "'score'", "campaign")),
        ('name = "one"\nfrom = 2026-02-01\nuntil = 2026-01-01\ntargets = { cadence = "5 in 14d" }',
         ("until", "after 2026-02-01")),
        ('name = "one"\nactor = "robot"\ntargets = { cadence = "5 in 14d" }', ("actor", "'robot'", "team")),
        ('name = "one"\ncalendar = "moon"\ntargets = { cadence = "5 in 14d" }', ("'moon'", "office")),
        ('name = "one"\npre_start_grace = "1bh"\ntargets = { cadence = "5 in 14d" }',
         ("pre_start_grace", "'1bh'", "h, m")),
        ('name = "one"\ntarget = { cadence = "5 in 14d" }',
         ("target", "a key that is not known", "from", "targets")),
    ],
)  # fmt: skip
def test_a_wrong_policy_is_refused_with_its_key_what_was_found_and_what_is_allowed(
    table: str, words: tuple[str, ...]
) -> None:
    told = said(f"{HEAD}[[policies]]\n{table}\n")
    assert "sla.toml" in told
    assert [word for word in words if word not in told] == []


def test_two_versions_of_one_date_contradict_each_other() -> None:
    assert "two versions without a date" in said(HEAD + ONE + ONE)
    dated = ONE.replace("targets", "from = 2026-01-01\ntargets")
    assert "two versions from 2026-01-01" in said(HEAD + dated + dated)


def test_each_version_of_a_policy_has_a_name_of_its_own() -> None:
    later = ONE.replace("targets", "from = 2026-01-01\ntargets")
    told = said(HEAD + ONE + later)
    assert "[[policies]] one version: found two that are 1; allowed: a version" in told


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('when = { source = ["billboard"] }', ("when.source", "'billboard'", "organic_search")),
        ('when = { stage = "contact" }', ("when.stage", "'contact'", "mql")),
        ('pauses = ["lunch"]', ("pauses", "'lunch'", "hold")),
    ],
)
def test_a_condition_that_nobody_can_meet_is_refused(tmp_path: Path, line: str, words: tuple[str, ...]) -> None:
    (tmp_path / "sla.toml").write_text(SHIPPED["sla.toml"].replace('name = "standard"', f'name = "standard"\n{line}'))
    with pytest.raises(ConfigError) as refused:
        load_vocabulary(tmp_path)
    assert [word for word in words if word not in str(refused.value)] == []


def test_a_target_that_no_crm_could_show_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sla.toml").write_text(SHIPPED["sla.toml"].replace("first_attempt = ", "hello = "))
    with pytest.raises(ConfigError, match=r"'hello'.*ours.sla_target.*clock = \"lead\""):
        load_vocabulary(tmp_path)


# calendars


def test_days_holidays_and_exceptions_are_said_where_they_hold() -> None:
    text = """
        [office]
        time_zone = "Europe/Madrid"
        monday = ["09:00-14:00", "15:00-24:00"]
        friday = ["22:00-06:00"]
        holidays = ["MX", 2026-11-09, "11-23"]
        worked = [2026-11-16]
        days."2026-11-30" = ["09:00-12:00"]
        days."12-28" = ["10:00-11:00"]
    """
    hours = promise(calendars=text).working_time
    monday = ((540, 840), (900, 1440))
    assert hours.hours_on(date(2026, 11, 2)) == monday
    assert hours.hours_on(date(2026, 11, 9)) == ()
    assert hours.hours_on(date(2026, 11, 16)) == monday  # a holiday of the list on which people work
    assert hours.hours_on(date(2026, 11, 23)) == hours.hours_on(date(2037, 11, 23)) == ()
    assert hours.hours_on(date(2026, 11, 30)) == ((540, 720),)
    assert hours.hours_on(date(2026, 12, 28)) == ((600, 660),)
    assert hours.hours_on(date(2026, 11, 6)) == ((1320, 1440),)
    assert hours.hours_on(date(2026, 11, 7)) == ((0, 360),)  # the shift of Friday night


def test_a_calendar_has_versions_from_dates_on() -> None:
    text = """
        [[office]]
        time_zone = "Europe/Madrid"
        monday = ["09:00-14:00"]
        [[office]]
        from = 2026-06-01
        time_zone = "Europe/Lisbon"
        monday = ["10:00-12:00"]
    """
    hours = promise(calendars=text).working_time
    assert (hours.hours_on(date(2026, 5, 25)), hours.hours_on(date(2026, 6, 1))) == (((540, 840),), ((600, 720),))
    assert (hours.zone, hours.zone_now) == (ZoneInfo("Europe/Madrid"), ZoneInfo("Europe/Lisbon"))


def test_a_night_shift_that_reaches_into_the_next_day_counts_once_and_somebody_is_told() -> None:
    found = promise(calendars=OFFICE + 'sunday = ["22:00-10:00"]\n')
    assert found.working_time.weekly[0] == ((0, 840),)
    assert found.warnings == (
        "calendars.toml: [office] sunday: 22:00-10:00 overlaps 09:00-14:00 of monday; it counts as one.",
    )


def test_tables_that_were_kept_are_read_although_they_would_be_refused_today() -> None:
    later = ONE.replace("targets", "from = 2026-01-01\ntargets")
    twice = 'holidays = ["12-24", 2026-12-31]\ndays = { "12-24" = ["09:00-12:00"], "2026-12-31" = ["10:00-13:00"] }'
    calendars = '[office]\ntime_zone = "America/Mexico_City"\nmonday = ["09:00-14:00"]\n' + twice
    kept = {**json.loads(load_vocabulary().promise.text), "sla.toml": HEAD + ONE + later, "calendars.toml": calendars}
    found = promise_from_text(json.dumps(kept))
    assert [one.version for one in found.policies[0]] == ["1", "1"]
    held = found.working_time
    assert (held.yearly, held.days) == ((((12, 24), ((540, 720),)),), ((date(2026, 12, 31), ((600, 780),)),))
    assert held.holidays == frozenset()


def test_windows_that_overlapped_when_they_were_kept_still_count_as_one() -> None:
    kept = {**SHIPPED, "sla.toml": HEAD + ONE, "calendars.toml": OFFICE.replace('["09', '["08:00-10:00", "09')}
    with pytest.raises(ConfigError, match="which overlap"):
        promise_of(kept)
    assert promise_from_text(json.dumps(kept)).working_time.weekly[0] == ((480, 840),)


def test_a_night_shift_that_is_handed_over_on_the_minute_needs_no_words() -> None:
    assert promise(calendars=OFFICE + 'sunday = ["22:00-09:00"]\n').warnings == ()


@pytest.mark.parametrize(
    ("calendars", "words"),
    [
        (OFFICE.replace("Europe/Madrid", "Madrid"), ("[office] time_zone", "'Madrid'", "IANA")),
        (OFFICE.replace("09:00-14:00", "9-14"), ("[office] monday", "'9-14'", "24:00")),
        (OFFICE.replace('"09:00-14:00"', ""), ("[office]", "no opening hours on any day")),
        (OFFICE.replace('"09:00-14:00"', '"13:00-18:00", "09:00-14:00"'),
         ("[office] monday", "found 09:00-14:00 and 13:00-18:00, which overlap", "follow each other")),
        (OFFICE.replace('"09:00-14:00"', '"09:00-14:00", "09:00-14:00"'), ("[office] monday", "which overlap")),
        (OFFICE + 'days."12-24" = ["09:00-12:00", "11:30-13:00"]\n',
         ('[office] days."12-24"', "09:00-12:00 and 11:30-13:00", "follow each other")),
        (OFFICE + 'holidays = ["XX"]\n', ("[office] holidays", "'XX'", "MX", "sla holidays --lock")),
        (OFFICE + 'holidays = ["13-01"]\n', ("[office] holidays", "'13-01'", "12-24")),
        (OFFICE + "worked = [2026-12-25]\n", ("[office] worked", "2026-12-25", "among the holidays")),
        (OFFICE + 'holidays = [2026-12-21]\ndays."2026-12-21" = ["09:00-10:00"]\n', ("days", "holidays too")),
        (OFFICE + 'days."2026-12-21" = ["22:00-02:00"]\n', ("22:00-02:00", "up to 24:00")),
        (OFFICE + "opens = 9\n", ("[office]", "opens", "not known", "monday")),
        ("[[office]]\n" + OFFICE[9:] + "[[office]]\n" + OFFICE[9:], ("[office] from", "another date")),
    ],
)  # fmt: skip
def test_a_wrong_calendar_is_refused_with_its_key_what_was_found_and_what_is_allowed(
    calendars: str, words: tuple[str, ...]
) -> None:
    told = said(calendars=calendars)
    assert [word for word in ("calendars.toml", *words) if word not in told] == []


def test_calendars_that_are_none_are_not_listed_as_nothing() -> None:
    told = "[calendar] default: found 'office'; allowed: a calendar of calendars.toml: none yet."
    assert said(calendars="") == f"sla.toml: {told}"


def test_a_calendar_without_an_opening_for_a_year_is_refused() -> None:
    yearly = ", ".join(f'"{month:02}-{day:02}"' for month in range(1, 13) for day in range(1, days_of(month) + 1))
    assert "no opening within 366 days" in said(calendars=f"{OFFICE}holidays = [{yearly}]\n")


def days_of(month: int) -> int:
    return 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31


def test_a_holiday_table_that_was_edited_badly_is_refused() -> None:
    for old, new, word in [
        ("2026-12-25 Christmas", "25.12.2026 Christmas", "'25.12.2026"),
        ("last_year  = 2031", "last_year  = 2025", "dates from 2006 to 2025"),
        ("[MX]", "[mexico]", "'mexico'"),
    ]:
        with pytest.raises(ConfigError, match=r"holidays\.toml") as refused:
            promise_of({**SHIPPED, "holidays.toml": SHIPPED["holidays.toml"].replace(old, new)})
        assert word in str(refused.value)


def test_a_list_of_holidays_that_ends_soon_is_told() -> None:
    holidays = promise_of(SHIPPED).holidays
    assert holidays.run_out(date(2031, 12, 1)) == []
    assert holidays.run_out(date(2032, 1, 1))[0].startswith(
        "holidays.toml: [MX] ends with 2031. `crm-sync sla holidays"
    )


def test_days_from_before_a_list_of_holidays_are_told() -> None:
    holidays = promise_of(SHIPPED).holidays
    assert holidays.not_yet(date(2006, 1, 1)) == []
    [told] = holidays.not_yet(date(2005, 12, 31))
    assert told.startswith("holidays.toml: [MX] begins with 2006, so days of 2005 count as worked.")
    assert "`crm-sync sla holidays --lock --years 2005-2031`" in told
