"""Django 3.2 to 5: a field for maps, and the operation that makes the extension.

    class Page(models.Model):
        counters = ReddictField(default=dict)

        class Meta:
            indexes = [GinIndex(fields=["counters"], name="page_counters")]

    Page.objects.filter(counters__has_key="clicks")
    Page.objects.filter(counters__clicks__gt=5).order_by("-counters__clicks")
    Page.objects.filter(counters__contains={"clicks": 3})
    Page.objects.update(counters=F("counters") + Map({"clicks": 1}))
    Page.objects.aggregate(Sum("counters"))
"""

from __future__ import annotations

from typing import Any, Mapping

from django import forms
from django.contrib.postgres import lookups
from django.db.models.fields.mixins import CheckFieldDefaultMixin
from django.contrib.postgres.operations import CreateExtension
from django.core.exceptions import ValidationError
from django.db.models import DecimalField, Field, FloatField, IntegerField, Transform, Value
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from .maps import MapError, check_mapping, dumps, key_bytes, loads, numbers


def _checked(value: Any) -> Any:
    """The map that a text or a mapping is; what is none is no valid input."""
    try:
        if isinstance(value, str):
            value = loads(value)
        check_mapping(value)
        for key in value:
            key_bytes(key)
        return dict(zip(value, numbers(value)))
    except MapError as error:
        raise ValidationError(_("Enter a map of names to numbers: %(error)s"), code="invalid", params={"error": error})


class ReddictFormField(forms.CharField):
    """A map as JSON in a text area"""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return dumps(value) if isinstance(value, Mapping) else value

    def to_python(self, value: Any) -> Any:
        return {} if value in self.empty_values else _checked(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class ReddictField(CheckFieldDefaultMixin, Field):
    """A map; in Python a dict of floats."""

    empty_strings_allowed = False
    description = _("Map of names to numbers")
    _default_hint = ("dict", "{}")

    def db_type(self, connection: Any) -> str:
        return "reddict"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        return "CAST(%s AS reddict)"

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value if value is None or isinstance(value, str) else dumps(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        # Of a connection that is registered it is a dict already.
        return loads(value) if isinstance(value, str) else value

    def to_python(self, value: Any) -> Any:
        return value if value is None else _checked(value)

    def value_to_string(self, obj: Any) -> Any:
        value = self.value_from_object(obj)
        return value if value is None else dumps(value)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": ReddictFormField, **kwargs})

    def get_transform(self, name: str) -> Any:
        """m__clicks is the number of the key, where that is not the name of a lookup."""
        return super().get_transform(name) or (lambda *args, **kwargs: KeyTransform(name, *args, **kwargs))


class KeyTransform(Transform):
    """m -> key"""

    output_field = FloatField()

    def __init__(self, key: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.key = key

    def as_sql(self, compiler: Any, connection: Any, **kwargs: Any) -> Any:
        lhs, params = compiler.compile(self.lhs)
        return f"({lhs} -> %s)", [*params, self.key]


for lookup in (lookups.DataContains, lookups.ContainedBy, lookups.HasKey, lookups.HasKeys, lookups.HasAnyKeys):
    ReddictField.register_lookup(lookup)


class Map(Value):
    """A dict in an expression: F("m") + Map({"clicks": 1})"""

    def __init__(self, value: Mapping[str, Any]):
        super().__init__(value, output_field=ReddictField())


class RedbearExtension(CreateExtension):
    """The operation for a migration: CREATE EXTENSION redbear"""

    def __init__(self) -> None:
        super().__init__("redbear")


def _combine() -> None:
    """From Django 4.2 on, what types an operator combines is registered; before, say output_field=ReddictField()."""
    try:
        from django.db.models.expressions import register_combinable_fields
    except ImportError:
        return
    for connector in (Combinable.ADD, Combinable.SUB, Combinable.MUL, Combinable.DIV):
        register_combinable_fields(ReddictField, connector, ReddictField, ReddictField)
        for number in (IntegerField, FloatField, DecimalField):
            register_combinable_fields(ReddictField, connector, number, ReddictField)
            register_combinable_fields(number, connector, ReddictField, ReddictField)
    for number in (IntegerField, FloatField, DecimalField):
        register_combinable_fields(ReddictField, Combinable.MOD, number, ReddictField)


_combine()
