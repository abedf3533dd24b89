"""The boards' own texts in both languages, and the vocabulary's labels beside them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from crm_sync.errors import ConfigError
from crm_sync.mappings import Vocabulary
from crm_sync.mappings.tables import Label, read_toml, shaped
from crm_sync.reports.sources import UNATTRIBUTED, UNATTRIBUTED_LABEL

LANGUAGES = ("en", "es")
FILE = Path(__file__).parent / "words.toml"


class Words:
    """`say("funnel.title")`, `say("funnel.sentence", people="12")`, `say.of("stage", "mql")`, `say.label(label)`."""

    def __init__(self, labels: Mapping[str, Label], language: str) -> None:
        self.labels, self.language = labels, language

    def __call__(self, key: str, **values: object) -> str:
        text = self.labels[key].in_language(self.language)
        return text.format(**values) if values else text

    def of(self, group: str, name: str | None) -> str:
        """The label of a stage, channel, state ...; a name without a label stands for itself."""
        label = self.labels.get(f"{group}.{name}")
        return label.in_language(self.language) if label else str(name or "—")

    def label(self, label: Label) -> str:
        return label.in_language(self.language)


def load_words(vocabulary: Vocabulary) -> Mapping[str, Label]:
    """Every text by its key: `group.name`. Raises ConfigError."""
    words = texts_in(FILE)
    words |= {f"stage.{name}": stage.label for name, stage in vocabulary.lifecycle.stages.items()}
    words |= {f"channel.{name}": label for name, label in vocabulary.channels.labels.items()}
    return words | {f"channel.{UNATTRIBUTED}": UNATTRIBUTED_LABEL}


def texts_in(file: Path) -> dict[str, Label]:
    """The texts of a table by `group.name`, in its order. Raises ConfigError."""
    return {
        f"{group}.{name}": shaped(Label, text, f"{file.name}: [{group}] {name}")
        for group, texts in read_toml(file).items()
        for name, text in as_table(file, group, texts).items()
    }


def as_table(file: Path, group: str, texts: object) -> Mapping[str, object]:
    if not isinstance(texts, dict):
        raise ConfigError(f"{file.name}: {group}", repr(texts), "a table of texts")
    return texts
