"""`crm-sync vocab render`: the shared language as a page, made from the tables, so that it cannot drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from crm_sync.cli.context import add_group, options
from crm_sync.cli.talk import print_json
from crm_sync.mappings import Action, Activity, Vocabulary, load_vocabulary


def register(app: typer.Typer) -> None:
    add_group(app, "vocab", "The language that both teams and both CRMs share.", render=render)


def render(
    context: typer.Context,
    shipped: Annotated[bool, typer.Option("--shipped", help="The shipped tables, whatever the settings say.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Stages, channels and our properties as JSON.")] = False,
) -> None:
    """Print the glossary page (Markdown): stages, channels, activities, our properties."""
    mappings = None if shipped else options(context).settings().mappings
    vocabulary = load_vocabulary(mappings)
    print_json(as_dict(vocabulary)) if as_json else typer.echo(render_vocabulary(vocabulary), nl=False)


def render_vocabulary(vocabulary: Vocabulary) -> str:
    """The page docs/vocabulary.md."""
    parts = [
        "# The shared language\n\nMade by `crm-sync vocab render` from the mapping tables; edit those, not this page.",
        stages(vocabulary),
        transitions(vocabulary),
        channels(vocabulary),
        activities(vocabulary),
        properties(vocabulary),
    ]
    return "\n\n".join(parts) + "\n"


def stages(vocabulary: Vocabulary) -> str:
    from crm_sync.reconciler.words import crm_name

    words = vocabulary.lifecycle.words
    rows = [
        (
            f"`{name}`",
            f"{stage.label.en} / {stage.label.es}",
            stage.team,
            *(said(words[crm], name) for crm in words),
            "<br>".join(f"{place}. {told(one)}" for place, one in enumerate(stage.actions, 1)),
        )
        for name, stage in vocabulary.lifecycle.stages.items()
    ]
    return "## Stages\n\n" + grid(("stage", "name", "team", *map(crm_name, words), "next actions"), rows)


def told(action: Action) -> str:
    """One action with its due rule."""
    due = f"target `{action.target}`" if action.target else f"within {action.due}" if action.due else ""
    return f"{action.label.en} / {action.label.es}" + (f" ({due})" if due else "")


def transitions(vocabulary: Vocabulary) -> str:
    """The lead process as a diagram that Markdown viewers draw."""
    lines = [f"    {name} --> {after}" for name, stage in vocabulary.lifecycle.stages.items() for after in stage.next]
    return "## The lead process\n\n```mermaid\nstateDiagram-v2\n" + "\n".join(lines) + "\n```"


def channels(vocabulary: Vocabulary) -> str:
    from crm_sync.reconciler.words import crm_name

    words = vocabulary.channels.words
    rows = [
        (f"`{name}`", f"{label.en} / {label.es}", *(said(words[column], name) for column in words))
        for name, label in vocabulary.channels.labels.items()
    ]
    heads = ("channel", "name", *(f"{crm_name(column)} word" for column in words))
    return "## Channels\n\nWords compare without case.\n\n" + grid(heads, rows)


def activities(vocabulary: Vocabulary) -> str:
    rows = [
        (
            f"`{name}`",
            f"{one.label.en} / {one.label.es}",
            one.channel or "",
            for_the_sla(one),
            one.credit or "",
        )
        for name, one in vocabulary.activities.by_name.items()
    ]
    return "## Activities\n\n" + grid(("activity", "name", "channel", "for the SLA", "carries credit as"), rows)


def for_the_sla(activity: Activity) -> str:
    if activity.attempt:
        return "counts where sla.toml says so" if activity.sequence else "counts"
    return "ends the cadence" if activity.answer else ""


def properties(vocabulary: Vocabulary) -> str:
    rows = [
        (
            f"`{one.hubspot}`",
            f"`{one.salesforce}`",
            f"{one.label.en} / {one.label.es}",
            ", ".join(one.options) or one.type,
            "yes" if one.minimal else "",
        )
        for one in vocabulary.fields.ours.values()
    ]
    return "## Our properties\n\n" + grid(("HubSpot", "Salesforce", "label", "values", "minimal profile"), rows)


def said(words: Mapping[str, str], name: str) -> str:
    return ", ".join(word for word, meaning in words.items() if meaning == name)


def grid(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def as_dict(vocabulary: Vocabulary) -> dict[str, object]:
    return {
        "stages": {
            name: {
                "team": stage.team,
                "next": list(stage.next),
                "label": stage.label.model_dump(),
                "next_actions": [as_plain(one) for one in stage.actions],
            }
            for name, stage in vocabulary.lifecycle.stages.items()
        },
        "channels": {name: label.model_dump() for name, label in vocabulary.channels.labels.items()},
        "properties": {one.hubspot: one.label.model_dump() for one in vocabulary.fields.ours.values()},
    }


def as_plain(action: Action) -> dict[str, object]:
    due = str(action.due) if action.due else None
    return {**action.label.model_dump(), "target": action.target, "done_by": sorted(action.done_by), "due": due}
