"""`crm-sync sandbox clock|life|fault|latency|quotas|account|act|reset|calls`: steers a running sandbox."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any

import typer

from crm_sync.cli.talk import out, print_json, say, table
from crm_sync.cli.together import not_with, only_with
from crm_sync.errors import ConfigError

Url = Annotated[
    str,
    typer.Option("--url", envvar="CRM_SYNC_SANDBOX_URL", help="The sandbox's URL, as its card shows it for HubSpot."),
]
AsJson = Annotated[bool, typer.Option("--json", help="The sandbox's answer as one JSON object.")]
Seed = Annotated[
    int | None, typer.Option("--seed", help="What chance and draws come from; the same again is a replay.")
]
Match = Annotated[str | None, typer.Option("--match", help='Which calls: "POST /crm/v3/objects/", * for any method.')]
After = Annotated[int | None, typer.Option("--after", min=0, help="How many matching calls pass first.")]
Times = Annotated[int | None, typer.Option("--times", min=1, help="How many matching calls it takes.")]
With = Annotated[
    list[str] | None, typer.Option("--with", help="More of the order: key=value; a value may be JSON. Repeatable.")
]
ORDER_ALONE = "An order is a command of its own: crm-sync sandbox fault PRESET."


class Switch(StrEnum):
    on = "on"
    off = "off"


def register(group: typer.Typer) -> None:
    for name, command in (
        ("clock", clock), ("life", life), ("fault", fault), ("latency", latency), ("quotas", quotas),
        ("account", account), ("act", act), ("reset", reset), ("calls", calls),
    ):  # fmt: skip
        group.command(name)(command)


def clock(
    url: Url,
    now: Annotated[str | None, typer.Option("--set", help="ISO 8601 with its offset.")] = None,
    advance: Annotated[str | None, typer.Option("--advance", help="90s, 15m, 2h or 3d.")] = None,
    speed: Annotated[float | None, typer.Option("--speed", min=0, help="Times real time; 0 stands still.")] = None,
    as_json: AsJson = False,
) -> None:
    """The CRMs' time: shows it, sets it, moves it on, lets it run faster."""
    said = given(now=now, advance=advance, speed=speed)
    told = ask(url, "POST" if said else "GET", "/sandbox/clock", said)
    print_json(told) if as_json else say(f"It is {told['now']} in the sandbox, at {told['speed']:g} times real time.")


def life(
    url: Url,
    switch: Annotated[Switch | None, typer.Argument(help="Whether the town lives on as its clock runs.")] = None,
    as_json: AsJson = False,
) -> None:
    """What the people and the reps of the town have done lately; switches it on or off."""
    said = given(on=None if switch is None else switch is Switch.on)
    told = ask(url, "POST" if said else "GET", "/sandbox/life", said)
    if as_json:
        return print_json(told)
    rows = [(one["at"], one["crm"], ", ".join(one["new"]), ", ".join(one["changed"])) for one in told["last"]]
    if rows:
        out.print(table("The latest", {"at": "left", "CRM": "left", "new": "left", "changed": "left"}, rows))
    if not told["on"]:
        return say("The town stands still: `on` lets it live on.")
    if not told["next_at"]:
        return say("There is no town here that could live on.")
    return say(f"The town lives on: {told['events']:,} events so far, the next at {told['next_at']}.")


def fault(
    url: Url,
    preset: Annotated[str | None, typer.Argument(help="A fault by name; `--list` shows them.")] = None,
    match: Match = None,
    then: Annotated[str | None, typer.Option("--then", help="What becomes of the calls; `--list` shows it.")] = None,
    status: Annotated[int | None, typer.Option("--status", help="The status they are answered with.")] = None,
    times: Times = None,
    after: After = None,
    chance: Annotated[float | None, typer.Option("--chance", min=0, max=1, help="For each matching call.")] = None,
    seed: Seed = None,
    more: With = None,
    listed: Annotated[bool, typer.Option("--list", help="What there is to order.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Take all orders back.")] = False,
    as_json: AsJson = False,
) -> None:
    """Orders trouble, or shows what is on order."""
    numbers = given(match=match, then=then, status=status, times=times, after=after, chance=chance, seed=seed)
    ordered = {f"--{name}": value for name, value in numbers.items()} | {"PRESET": preset, "--with": more}
    not_with("sandbox fault", {"--list": listed}, ordered | {"--clear": clear}, fix=ORDER_ALONE)
    not_with("sandbox fault", {"--clear": clear}, ordered, fix=ORDER_ALONE)
    if listed:
        kinds = ask(url, "GET", "/sandbox/faults/kinds")
        return print_json(kinds) if as_json else show_kinds(kinds)
    said = given(preset=preset) | numbers | pairs(more)
    told = ask(url, "DELETE" if clear else "POST" if said else "GET", "/sandbox/faults", said)
    return print_json(told) if as_json else show_faults(told)


def latency(
    url: Url,
    ms: Annotated[int, typer.Argument(min=0, help="Milliseconds before every answer of either CRM.")],
    as_json: AsJson = False,
) -> None:
    """Lets both CRMs answer slowly."""
    told = ask(url, "POST", "/sandbox/latency", {"ms": ms})
    print_json(told) if as_json else say(f"Every answer waits {told['ms']} ms.")


def quotas(
    url: Url,
    on: Annotated[bool | None, typer.Option("--on/--off", help="Whether quotas hold.")] = None,
    more: With = None,
    as_json: AsJson = False,
) -> None:
    """The quotas of both CRMs: shows them, switches them, changes them (--with hubspot_burst=100)."""
    said = given(on=on) | pairs(more)
    told = ask(url, "POST" if said else "GET", "/sandbox/quotas", said)
    if as_json:
        return print_json(told)
    rows = [(name, value, told["used"].get(name, "")) for name, value in told["limits"].items()]
    out.print(table("Quotas", {"quota": "left", "limit": "right", "used": "right"}, rows))
    return say("They hold." if told["on"] else "They do not hold: `--on` switches them on.")


def account(url: Url, more: With = None, as_json: AsJson = False) -> None:
    """The habits of the HubSpot account: shows them, changes them (--with deal_moves_contact=true)."""
    said = pairs(more)
    told = ask(url, "POST" if said else "GET", "/sandbox/hubspot/account", said)
    rows = [(name, json.dumps(value) if isinstance(value, bool) else value) for name, value in told.items()]
    print_json(told) if as_json else out.print(table("HubSpot account", {"habit": "left", "": "left"}, rows))


def act(
    url: Url,
    deed: Annotated[str, typer.Argument(help="merge, delete, change, drop-field, same-stamp, ...")],
    crm: Annotated[str | None, typer.Option("--crm", help="hubspot or salesforce.")] = None,
    name: Annotated[str | None, typer.Option("--object", help="contacts, Lead, ...")] = None,
    count: Annotated[int | None, typer.Option("--count", min=1, help="How many records, drawn by the seed.")] = None,
    match: Match = None,
    after: After = None,
    seed: Seed = None,
    more: With = None,
    as_json: AsJson = False,
) -> None:
    """Lets something happen in a CRM: at once, or before the call that --match and --after name."""
    only_with("sandbox act", {"--after": after}, {"--match": match}, fix="Without --match it is done at once.")
    said = given(do=deed, crm=crm, object=name, count=count, match=match, after=after, seed=seed) | pairs(more)
    told = ask(url, "POST", "/sandbox/actions", said)
    if as_json:
        return print_json(told)
    return say("It will be done." if match else f"Done: {json.dumps(told['outcome'], ensure_ascii=False)}")


def reset(
    url: Url,
    people: Annotated[int | None, typer.Option("--people", min=0, help="Another size of the town.")] = None,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Back to the first day: records, clock, tokens and orders, as the seed says."""
    told = ask(url, "POST", "/sandbox/reset", given(people=people, seed=seed))
    print_json(told) if as_json else say(f"The world is as it was; it is {told['now']} there.")


def calls(
    url: Url,
    anew: Annotated[bool, typer.Option("--reset", help="Count from zero.")] = False,
    as_json: AsJson = False,
) -> None:
    """What has been called, per CRM and path."""
    told = ask(url, "POST", "/sandbox/calls/reset") if anew else ask(url, "GET", "/sandbox/calls")
    rows = [(crm, call, count) for crm, counts in told.items() for call, count in counts.items()]
    print_json(told) if as_json else out.print(
        table("Calls", {"CRM": "left", "call": "left", "times": "right"}, rows)
    )  # fmt: skip


def ask(url: str, method: str, path: str, said: dict[str, Any] | None = None) -> Any:
    """The sandbox's answer. What it refuses, and a URL where none answers, is one sentence."""
    import httpx  # slow to import, and only these commands need it

    try:
        answer = httpx.request(method, url.rstrip("/") + path, json=said, timeout=600)
        told = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as problem:
        raise ConfigError("--url", f"{url!r} ({problem})", "the URL of a running `crm-sync sandbox serve`") from None
    if answer.is_error:
        problem_text = told.get("error", "") if isinstance(told, dict) else ""
        raise typer.BadParameter(problem_text or f"the sandbox answered {answer.status_code}: is {url} one?")
    return told


def given(**said: Any) -> dict[str, Any]:
    """Only what was said."""
    return {name: value for name, value in said.items() if value is not None}


def pairs(more: list[str] | None) -> dict[str, Any]:
    """key=value, where a value that is JSON counts as such."""
    found: dict[str, Any] = {}
    for one in more or ():
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"{one!r} is not key=value", param_hint="--with")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found


def show_faults(told: dict[str, Any]) -> None:
    rows = [(one["match"], one["then"], one["status"], one["after"], one["times"]) for one in told["faults"]]
    columns = {"calls": "left", "then": "left", "status": "right", "after": "right", "times": "right"}
    out.print(table("On order", columns, rows)) if rows else say("No trouble is on order.")


def show_kinds(kinds: dict[str, Any]) -> None:
    out.print(table("--then", {"": "left", " ": "left"}, list(kinds["then"].items())))
    rows = [
        (name, one["match"], one.get("then", "refuse"), one.get("status", "")) for name, one in kinds["presets"].items()
    ]
    out.print(table("Presets", {"name": "left", "calls": "left", "then": "left", "status": "right"}, rows))
