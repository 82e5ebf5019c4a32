"""What tasks for Label Studio, its labelling configuration and its annotations agree on."""

from __future__ import annotations

QUERY = "query"  # the object tag, and the field of the data that it shows
DETAILS = "details"
PRODUCT = "product"  # the control tag whose choices are the answer
COMMENT = "comment"
CHOICES = "choices"  # the field of the data with the choices of a task
PRODUCTS = "products"  # the field with the product id of each choice
TASK_ID = "task_id"

NONE = "None of these products"
UNSURE = "I am not sure"


def choice_of(title: str, product_id: str) -> str:
    """Return what a product is called: its title alone may be that of another one too."""
    return f"{title} [{product_id}]"
