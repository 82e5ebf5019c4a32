"""Two shops that sell some of the same products: a title of one -> the other's catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.catalogue import Product
from models.errors import DataError
from training.data.dataset import Dataset, relevance_matrix
from training.data.tables import Row, Table, read_table


@dataclass(frozen=True, slots=True)
class TwoShops:
    """Where the files are, and which shop asks."""

    queries: str
    catalogue: str
    query_column: str
    catalogue_column: str
    delimiter: str
    title: str
    attributes: tuple[str, ...]


ABT_BUY = TwoShops("abt", "buy", "D1", "D2", "|", "name", ("price",))
AMAZON_GOOGLE = TwoShops("gp", "amazon", "D2", "D1", "#", "title", ("manufacturer", "price"))
WALMART_AMAZON = TwoShops(
    "walmart", "amazon", "D1", "D2", "|", "title", ("brand", "modelno", "price")
)


def load_abt_buy(folder: Path) -> Dataset:
    """Return Abt's titles over Buy's catalogue (Database Group Leipzig)."""
    return load_two_shops(folder, ABT_BUY)


def load_amazon_google(folder: Path) -> Dataset:
    """Return Google's titles over Amazon's catalogue of software (Database Group Leipzig).

    Most of Google's titles have no match and stay as queries without a right product.
    """
    return load_two_shops(folder, AMAZON_GOOGLE)


def load_walmart_amazon(folder: Path) -> Dataset:
    """Return Walmart's titles over Amazon's catalogue of electronics (Magellan).

    Two thirds of Walmart's titles have no match and stay as queries without a right product.
    """
    return load_two_shops(folder, WALMART_AMAZON)


def load_two_shops(folder: Path, shops: TwoShops) -> Dataset:
    """Return one query per title of the asking shop, matched or not, over the other's products."""
    asking = _offers(folder / "full" / f"{shops.queries}.csv.gz", shops)
    offered = _offers(folder / "full" / f"{shops.catalogue}.csv.gz", shops)
    matches = read_table(
        folder / "full" / "gt.csv.gz",
        {"query": shops.query_column, "product": shops.catalogue_column},
        delimiter=shops.delimiter,
    )
    row_of = {row.fields["id"]: at for at, row in enumerate(offered.rows)}
    answers: dict[str, list[int]] = {row.fields["id"]: [] for row in asking.rows}
    for match in matches.rows:
        query, product = match.fields["query"], match.fields["product"]
        if query not in answers or product not in row_of:
            raise DataError(
                f"{folder / 'full' / 'gt.csv.gz'}:{match.line}: no offer {query!r} or no product "
                f"{product!r}; all three tables must come from one release"
            )
        answers[query].append(row_of[product])
    return Dataset(
        texts=tuple(row.fields["title"] for row in asking.rows),
        sources=(shops.queries,) * len(asking.rows),
        categories=("",) * len(asking.rows),
        products=tuple(_product(row, shops) for row in offered.rows),
        relevance=relevance_matrix(list(answers.values()), len(offered.rows)),
    )


def _offers(path: Path, shops: TwoShops) -> Table:
    return read_table(
        path,
        {"id": "id", "title": shops.title},
        optional={name: name for name in shops.attributes},
        delimiter=shops.delimiter,
    )


def _product(row: Row, shops: TwoShops) -> Product:
    known = {name: row.fields[name] for name in shops.attributes if row.fields[name]}
    return Product(row.fields["id"], row.fields["title"], known)
