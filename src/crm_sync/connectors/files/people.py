"""People from one CSV or Parquet file, a million of them in seconds: what matching needs of each, as a table."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as compute
import pyarrow.csv as csv
import pyarrow.parquet as parquet

from crm_sync.connectors.files.read import DELIMITERS
from crm_sync.errors import ConfigError

ID: Final = "id"
#: Our columns, and what exports call them.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    ID: ("record_id", "contact_id", "lead_id", "unique_id", "rec_id", "ncid"), "source": ("crm", "system"),
    "first_name": ("firstname", "given_name", "forename", "nombre", "nombres", "vorname", "prenom"),
    "last_name": (
        "lastname", "surname", "family_name", "apellido", "apellidos", "nachname", "familienname", "nom_de_famille",
    ),
    "full_name": ("name", "fullname", "nombre_completo"),
    "email": ("email_address", "e_mail", "correo", "correo_electronico", "mail"),
    "phone": ("phone_number", "mobile", "telephone", "telefono", "celular", "movil", "telefon", "full_phone_number"),
    "company": (
        "company_name", "account", "account_name", "organization", "organisation", "organization_name", "empresa",
        "razon_social", "firma",
    ),
    "domain": ("website", "company_domain"),
    "title": ("job_title", "jobtitle", "occupation", "puesto", "cargo", "ocupacion"),
    "city": (
        "town", "suburb", "locality", "birth_place", "birthplace", "place", "ciudad", "poblacion", "localidad",
        "municipio", "stadt", "ort", "ville", "res_city_desc",
    ),
    "country": ("country_region", "pais", "land", "pays"),
    "created_at": ("created", "create_date", "created_date"),
    "birth_date": (
        "dob", "date_of_birth", "birthdate", "birthday", "born", "birth", "birth_year", "year_of_birth",
        "fecha_nacimiento", "fecha_de_nacimiento", "nacimiento", "geburtsdatum", "date_de_naissance",
    ),
    "national_id": (
        "dni", "nif", "nie", "cif", "curp", "rfc", "cpf", "cnpj", "rut", "cuit", "ssn", "soc_sec_id",
        "social_security_number", "tax_id", "vat", "vat_number", "passport", "national_number", "id_number",
        "personal_id", "documento", "cedula", "codice_fiscale", "personnummer",
    ),
    "street": (
        "address", "street_address", "address_1", "address1", "address_line_1", "addr", "direccion", "calle",
        "domicilio", "strasse", "adresse", "rue", "res_street_address",
    ),
    "postcode": (
        "zip", "zip_code", "zipcode", "postal_code", "post_code", "postcode_fake", "codigo_postal", "cp", "plz",
        "code_postal",
    ),
}  # fmt: skip
BLOCK: Final = 1 << 24
PIECE: Final = 1 << 20
UNREADABLE: Final = "�"

Column: TypeAlias = pa.ChunkedArray


@dataclass(frozen=True, slots=True)
class OddRow:
    """A row that was left out, or of which a part could not be read."""

    row: int
    problem: str


@dataclass(frozen=True, slots=True)
class Export:
    """Rows in the order of source and id, so that the order of the file does not matter. `ignored` are columns that
    mean nothing to us."""

    rows: pa.Table
    bad: Sequence[OddRow]
    ignored: Sequence[str]


def read_people(file: Path) -> Export:
    """Raises ConfigError for a file without ids, or without anything to tell people by."""
    bad: list[OddRow] = []
    left_out: list[OddRow] = []
    table = from_parquet(file) if file.suffix == ".parquet" else from_csv(file, bad, left_out)
    named = {plain(name): name for name in reversed(table.column_names)}
    found = {ours: name for ours, theirs in COLUMNS.items() if (name := first_of(named, (ours, *theirs)))}
    if ID not in found or len(found.keys() - {ID, "source", "created_at"}) == 0:
        allowed = f"a column {ID} and some of {', '.join(name for name in COLUMNS if name != ID)}"
        names = ", ".join(table.column_names)
        head = f"the columns {names[:200]}" if names.isprintable() else "what is no table of text"
        raise ConfigError(str(file), head, allowed)
    ignored = [name for name in table.column_names if name not in found.values()]
    told = dict(zip(found, side_by_side(cleaned, [table[theirs] for theirs in found.values()]), strict=True))
    rows = pa.table({ours: told.get(ours, none(len(table))) for ours in COLUMNS})
    rows = rows.append_column("row", row_numbers(len(rows), left_out))
    del table, told
    bad += left_out
    return Export(ordered(rows, bad), bad, ignored)


def plain(name: str) -> str:
    return "_".join(name.strip().lower().replace("-", " ").replace("_", " ").split())


def first_of(named: Mapping[str, str], wanted: Sequence[str]) -> str | None:
    return next((named[name] for name in wanted if name in named), None)


def none(count: int) -> pa.Array:
    return pa.nulls(count, pa.string())


def cleaned(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """As text without blanks around it; nothing where nothing is left."""
    text = compute.utf8_trim_whitespace(column.cast(pa.string()))
    return compute.if_else(compute.equal(text, ""), None, text)


def side_by_side(work: Callable[[Column], Column], columns: Sequence[Column]) -> list[Column]:
    """What becomes of each column: Arrow works at one with one core, and lets others work meanwhile."""
    with ThreadPoolExecutor(pa.cpu_count()) as cores:
        return list(cores.map(work, columns))


def row_numbers(count: int, left_out: Sequence[OddRow]) -> pa.Array:
    """Of the rows that are there, as the file counts them."""
    gone = {one.row for one in left_out}
    told = (row for row in range(1, count + len(gone) + 1) if row not in gone)
    return pa.array(told if gone else range(1, count + 1), pa.int64())


def ordered(numbered: pa.Table, bad: list[OddRow]) -> pa.Table:
    """By source and id; rows without an id are left out, and the later ones of two with the same."""
    missing = numbered.filter(compute.is_null(numbered[ID]))
    bad += [OddRow(row, "no id") for row in missing["row"].to_pylist()]
    kept = numbered.filter(compute.is_valid(numbered[ID])) if len(missing) else numbered
    kept = kept.set_column(1, "source", compute.fill_null(kept["source"], ""))
    order = compute.sort_indices(kept, [("source", "ascending"), (ID, "ascending"), ("row", "ascending")])
    kept = pa.table(side_by_side(lambda column: column.take(order), kept.columns), kept.column_names)
    if len(kept) < 2:
        return kept
    again = compute.and_(*(compute.equal(kept[name][1:], kept[name][:-1]) for name in ("source", ID)))
    if not compute.any(again).as_py():
        return kept
    first = pa.chunked_array([pa.array([True]), *compute.invert(again).chunks])
    bad += [
        OddRow(row, f"the id {one} stands in an earlier row")
        for one, row in zip(
            *(kept.filter(compute.invert(first))[name].to_pylist() for name in (ID, "row")), strict=True
        )
    ]
    return kept.filter(first)


def from_parquet(file: Path) -> pa.Table:
    try:
        return parquet.read_table(file)
    except (OSError, pa.ArrowException) as problem:
        raise ConfigError(
            str(file), str(problem).partition("\n")[0], "a Parquet file that this user may read"
        ) from None


def from_csv(file: Path, bad: list[OddRow], left_out: list[OddRow]) -> pa.Table:
    """All cells as text. A row with too many or too few cells is left out, signs that are not UTF-8 are replaced."""

    def odd(row: csv.InvalidRow) -> str:
        problem = f"{row.actual_columns} cells under {row.expected_columns} columns"
        left_out.append(OddRow((row.number or 1) - 1, problem))
        return "skip"

    try:
        text = decoded(file.read_bytes(), bad)
        head = text[: text.find(b"\n") + 1 or len(text)].decode("utf-8", "replace")
        delimiter = max(DELIMITERS, key=head.count)
        names = [name.strip().strip('"') for name in head.rstrip("\r\n").split(delimiter)]
        convert = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
        parse = csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
        try:
            return csv.read_csv(pa.BufferReader(text), csv.ReadOptions(block_size=BLOCK), parse, convert)
        except pa.ArrowInvalid:  # row by row, so that it is known which ones do not fit
            parse.invalid_row_handler = odd
            return csv.read_csv(pa.BufferReader(text), csv.ReadOptions(use_threads=False), parse, convert)
    except OSError as problem:
        raise ConfigError(str(file), str(problem.strerror), "a file that this user may read") from None
    except pa.ArrowException as problem:
        raise ConfigError(str(file), str(problem).partition("\n")[0], "CSV with a row of column names") from None


def decoded(content: bytes, bad: list[OddRow]) -> bytes:
    """In UTF-8, whatever spreadsheets saved it in; lines with signs that cannot be read are told."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace").encode()
    if not is_utf8(content):
        text = content.decode("utf-8", "replace")
        lines = (number for number, line in enumerate(text.splitlines()) if UNREADABLE in line)
        bad += [OddRow(number, "a sign that is not UTF-8") for number in lines]
        return text.encode()
    return content.removeprefix(b"\xef\xbb\xbf")


def is_utf8(content: bytes) -> bool:
    """Piece by piece: a text of the whole would take as much memory again."""
    decoder, view = codecs.getincrementaldecoder("utf-8")(), memoryview(content)
    try:
        for at in range(0, len(content), PIECE):
            decoder.decode(view[at : at + PIECE], final=at + PIECE >= len(content))
    except UnicodeDecodeError:
        return False
    return True
