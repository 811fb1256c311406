"""Stripe's OpenAPI document as a judge over requests and answers.

The document is made strict on loading: an object that lists its properties may have no others. Validators are
built when an operation is first used, so that starting stays quick.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.sandbox import forms
from engine.sandbox.problems import StripeProblem

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

DOCUMENT = Path(__file__).resolve().parents[2] / "resources" / "stripe" / "stripe-openapi-subset.json"
_URI = "urn:stripe"
#: Stands for whatever the subset leaves out; nothing is known of its properties.
_OPAQUE = "_opaque_resource"
_FORM = "application/x-www-form-urlencoded"
_CODES = {
    "required": "parameter_missing",
    "additionalProperties": "parameter_unknown",
    "maxLength": "parameter_invalid",
}


class DocumentBroken(Exception):
    """An answer that Stripe's document does not allow: a bug of the sandbox."""


@dataclass(frozen=True)
class Operation:
    """One verb on one path.

    Attributes:
        pattern: Matches the path and names its parts.
        params: Schema of everything the caller may send: the form of a POST, the query of a GET.
        answer: Schema of the answer 200.
    """

    name: str
    verb: str
    pattern: re.Pattern[str]
    params: dict[str, Any]
    answer: dict[str, Any]


class Document:
    def __init__(self, path: Path = DOCUMENT) -> None:
        self._body: dict[str, Any] = json.loads(path.read_bytes())
        self._schemas: dict[str, dict[str, Any]] = self._body["components"]["schemas"]
        opaque = dict(self._schemas[_OPAQUE])
        _tighten(self._body)
        self._schemas[_OPAQUE] = opaque
        self._operations = [
            _operation(verb.upper(), url, told)
            for url, verbs in self._body["paths"].items()
            for verb, told in verbs.items()
            if verb != "post"
            or _FORM in told["requestBody"]["content"]  # files are sent otherwise, and not to a sandbox
        ]
        self._validators: dict[str, Draft202012Validator] = {}

    @property
    def version(self) -> str:
        return str(self._body["info"]["version"])

    def find(self, verb: str, path: str) -> tuple[Operation, dict[str, str]]:
        """The operation and what the path names, literal paths before patterns."""
        found = [(o, m.groupdict()) for o in self._operations if o.verb == verb and (m := o.pattern.fullmatch(path))]
        if not found:
            raise StripeProblem(f"Unrecognized request URL ({verb}: {path}).", status=404)
        return min(found, key=lambda pair: len(pair[1]))

    def expandable(self, kind: str) -> list[str]:
        names: list[str] = self._schemas[kind]["x-expandableFields"]
        return names

    def object_of(self, event: str) -> str:
        """The kind of object that an event of this type carries."""
        return str(self._body["x-event-objects"][event])

    def read(self, operation: Operation, text: str) -> dict[str, Any]:
        """Decode and judge what a caller sent.

        Raises:
            StripeProblem: 400, naming the parameter as Stripe does.
        """
        params: dict[str, Any] = forms.typed(forms.decode(text), operation.params, self._resolve)
        for problem in self._validator(f"{operation.name} params", operation.params).iter_errors(params):
            raise _refusal(problem)
        return params

    def judge(self, operation: Operation, answer: dict[str, Any]) -> None:
        """Raises: DocumentBroken."""
        self._judge(operation.name, operation.answer, answer)

    def judge_object(self, kind: str, body: dict[str, Any]) -> None:
        """Raises: DocumentBroken."""
        self._judge(kind, self._schemas[kind], body)

    def _judge(self, name: str, schema: dict[str, Any], body: dict[str, Any]) -> None:
        from jsonschema.exceptions import best_match  # noqa: PLC0415  # comes with the first validator

        if problem := best_match(self._validator(name, schema).iter_errors(body)):
            raise DocumentBroken(f"{name}: {problem.json_path}: {problem.message[:300]}")

    def _validator(self, name: str, schema: dict[str, Any]) -> Draft202012Validator:
        if name not in self._validators:
            from jsonschema import Draft202012Validator  # noqa: PLC0415  # 70 ms that the start need not wait for

            self._validators[name] = Draft202012Validator(schema, registry=self._registry)
        return self._validators[name]

    @cached_property
    def _registry(self) -> Any:
        from referencing import Registry  # noqa: PLC0415  # comes with the first validator
        from referencing.jsonschema import DRAFT202012  # noqa: PLC0415  # as above

        return Registry().with_resource(_URI, DRAFT202012.create_resource(self._body))

    def _resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        return self._schemas[schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema


def _tighten(node: Any) -> None:
    """Close every object that lists its properties, and let references lead into the whole document."""
    if isinstance(node, list):
        for item in node:
            _tighten(item)
    elif isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            node.setdefault("additionalProperties", False)
        if isinstance(node.get("$ref"), str):
            node["$ref"] = _URI + node["$ref"]
        for item in node.values():
            _tighten(item)


def _operation(verb: str, url: str, told: dict[str, Any]) -> Operation:
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", url))
    if verb == "POST":
        params = told["requestBody"]["content"][_FORM]["schema"]
    else:
        asked = [p for p in told.get("parameters", []) if p["in"] == "query"]
        params = {
            "type": "object",
            "properties": {p["name"]: p["schema"] for p in asked},
            "required": [p["name"] for p in asked if p["required"]],
            "additionalProperties": False,
        }
    answer = told["responses"]["200"]["content"]["application/json"]["schema"]
    return Operation(told["operationId"], verb, pattern, params, answer)


def _refusal(problem: ValidationError) -> StripeProblem:
    path = [str(part) for part in problem.absolute_path]
    if problem.validator == "additionalProperties":
        path.append(min(set(problem.instance) - set(problem.schema["properties"])))
        said = "Received unknown parameter"
    elif problem.validator == "required":
        path.append(next(name for name in problem.validator_value if name not in problem.instance))
        said = "Missing required param"
    else:
        said = "Invalid value for"
    param = path[0] + "".join(f"[{part}]" for part in path[1:]) if path else ""
    code = _CODES.get(str(problem.validator), "parameter_invalid")
    return StripeProblem(f"{said}: {param}", code=code, param=param)
