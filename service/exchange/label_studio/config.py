"""The labelling configuration of a Label Studio project (https://labelstud.io/tags/)."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from service.exchange.label_studio.names import CHOICES, COMMENT, DETAILS, PRODUCT, QUERY


def labelling_configuration() -> str:
    """Return the XML: the query, its attributes, the choices of each task, and a comment."""
    view = ET.Element("View")
    ET.SubElement(view, "Header", value="Which product is it?")
    ET.SubElement(view, "Text", name=QUERY, value=f"${QUERY}")
    ET.SubElement(view, "Text", name=DETAILS, value=f"${DETAILS}")
    ET.SubElement(
        view,
        "Choices",
        name=PRODUCT,
        toName=QUERY,
        value=f"${CHOICES}",
        choice="multiple",
        layout="vertical",
        required="true",
        requiredMessage="Choose a product, or say that none is right",
    )
    ET.SubElement(
        view,
        "TextArea",
        name=COMMENT,
        toName=QUERY,
        placeholder="Comment",
        rows="2",
        maxSubmissions="1",
    )
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"
