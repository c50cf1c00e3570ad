#!/usr/bin/env python3
"""Django, with an app of its own whose migrations it makes"""

import math
import os
import sys
import tempfile
import unittest

import common

django, _ = common.need("django", "psycopg2")

from django.conf import settings

directory = tempfile.TemporaryDirectory()
sys.path.insert(0, directory.name)
os.makedirs(directory.name + "/shop/migrations")
for name, text in {
    "__init__": "",
    "migrations/__init__": "",
    "models": """
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from pg_redbear.django import ReddictField

class Page(models.Model):
    name = models.TextField(default="")
    m = ReddictField(default=dict)
    other = ReddictField(null=True, blank=True)

    class Meta:
        indexes = [GinIndex(fields=["m"], name="page_m"),
                   GinIndex(fields=["m"], name="page_m_pairs", opclasses=["reddict_pair_ops"])]
""",
    "migrations/0001_extension": """
from django.db import migrations
from pg_redbear.django import RedbearExtension

class Migration(migrations.Migration):
    operations = [RedbearExtension()]
""",
}.items():
    with open(f"{directory.name}/shop/{name}.py", "w") as file:
        file.write(text)

settings.configure(
    INSTALLED_APPS=["shop"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["PGDATABASE"],
            "USER": os.environ.get("PGUSER", ""),
            "HOST": os.environ.get("PGHOST", ""),
            "PORT": os.environ.get("PGPORT", ""),
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
)
django.setup()

from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.db.models import Avg, ExpressionWrapper, F, FloatField, Max, Sum
from django.forms import modelform_factory
from pg_redbear import MapError
from pg_redbear.django import Map, ReddictField
from shop.models import Page


def as_map(expression):
    return ExpressionWrapper(expression, output_field=ReddictField())


class Django(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        common.create_database("SELECT 1")
        call_command("makemigrations", "shop", verbosity=0)
        call_command("migrate", verbosity=0)

    @classmethod
    def tearDownClass(cls):
        call_command("migrate", "shop", "zero", verbosity=0)
        assert common.psql("SELECT count(*) FROM pg_extension WHERE extname = 'redbear'") == "0"
        connection.close()

    def setUp(self):
        Page.objects.all().delete()
        self.a = Page.objects.create(name="a", m={"clicks": 3, "views": 120})
        self.b = Page.objects.create(name="b", m={"clicks": 1, "keys": 5}, other={"clicks": 10})

    def names(self, *args, **kwargs):
        return "".join(Page.objects.filter(*args, **kwargs).order_by("name").values_list("name", flat=True))

    def test_migrations(self):
        call_command("makemigrations", "shop", check=True, dry_run=True, verbosity=0)  # nothing is left to do
        self.assertEqual(
            common.psql(
                "SELECT substring(indexdef FROM 'USING.*') FROM pg_indexes WHERE indexname ~ '^page_m' ORDER BY 1"
            ),
            "USING gin (m reddict_pair_ops)\nUSING gin (m)",
        )

    def test_both_ways(self):
        special = {"": 0.5, "é\"\\\t'%s": -0.0, "inf": math.inf, "-inf": -math.inf, "big": 1.7976931348623157e308}
        page = Page.objects.create(m=special)
        page.refresh_from_db()
        self.assertEqual(page.m, special)
        self.assertIsNone(page.other)
        page.m = {"nan": math.nan}
        page.save()
        page.refresh_from_db()
        self.assertTrue(math.isnan(page.m["nan"]))
        Page.objects.bulk_create([Page(m={"x": i}) for i in range(3)])
        self.assertEqual(Page.objects.filter(m__has_key="x").aggregate(s=Sum("m"))["s"], {"x": 3})

    def test_lookups(self):
        self.assertEqual(self.names(m__has_key="views"), "a")
        self.assertEqual(self.names(m__has_keys=["clicks", "keys"]), "b")
        self.assertEqual(self.names(m__has_any_keys=["views", "keys"]), "ab")
        self.assertEqual(self.names(m__contains={"clicks": 3}), "a")
        self.assertEqual(self.names(m__contained_by={"clicks": 1, "keys": 5, "more": 1}), "b")
        self.assertEqual(self.names(m={"clicks": 3, "views": 120}), "a")
        self.assertEqual(self.names(m__clicks__gt=2), "a")
        self.assertEqual(self.names(m__clicks=1), "b")
        self.assertEqual(self.names(m__keys=5), "b")  # a key called keys
        self.assertEqual(self.names(m__views__isnull=True), "b")
        self.assertEqual(self.names(other__isnull=True), "a")
        self.assertEqual(self.names(m__clicks__lt=F("other__clicks")), "b")

    def test_keys(self):
        self.assertEqual([page.name for page in Page.objects.order_by("m__clicks")], ["b", "a"])
        self.assertEqual(list(Page.objects.order_by("name").values_list("m__clicks", flat=True)), [3.0, 1.0])
        self.assertEqual(Page.objects.annotate(c=F("m__clicks") * 2).get(name="a").c, 6.0)
        self.assertEqual(Page.objects.aggregate(s=Sum("m__clicks"), m=Max("m__views")), {"s": 4.0, "m": 120.0})
        self.assertEqual(
            list(
                Page.objects.values("m__clicks").annotate(s=Sum("m")).order_by("m__clicks").values_list("s", flat=True)
            ),
            [{"clicks": 1, "keys": 5}, {"clicks": 3, "views": 120}],
        )

    def test_expressions(self):
        Page.objects.update(m=F("m") + Map({"clicks": 1}))
        Page.objects.filter(name="b").update(m=F("m") * 2 + F("other"))
        self.assertEqual(
            list(Page.objects.order_by("name").values_list("m", flat=True)),
            [{"clicks": 4, "views": 120}, {"clicks": 14, "keys": 10}],
        )
        self.a.m = F("m") / 4
        self.a.save()
        self.a.refresh_from_db()
        self.assertEqual(self.a.m, {"clicks": 1, "views": 30})
        self.assertEqual(Page.objects.annotate(x=as_map(F("m") % 7)).get(name="a").x, {"clicks": 1, "views": 2})
        self.assertEqual(Page.objects.annotate(x=as_map(5 - F("m"))).get(name="a").x, {"clicks": 4, "views": -25})
        self.assertEqual(Page.objects.annotate(x=as_map(F("m") + Map({"n": 1}))).filter(x__n=1).count(), 2)

    @unittest.skipIf(django.VERSION < (4, 2), "what an expression gives has to be said before Django 4.2")
    def test_expressions_of_known_type(self):
        self.assertEqual(Page.objects.annotate(x=2 * F("m") + F("other")).get(name="b").x, {"clicks": 12, "keys": 10})

    def test_aggregates(self):
        self.assertEqual(Page.objects.aggregate(Sum("m")), {"m__sum": {"clicks": 4, "keys": 5, "views": 120}})
        self.assertEqual(Page.objects.aggregate(x=Avg("m"))["x"], {"clicks": 2, "keys": 5, "views": 120})
        self.assertEqual(Page.objects.aggregate(x=Max("m"))["x"], {"clicks": 3, "keys": 5, "views": 120})

    def test_errors(self):
        for value in ({"a": None}, {"a": "x"}, {1: 1}, [1], 5):
            with self.subTest(value), self.assertRaises(MapError):
                Page.objects.create(m=value)
            with self.subTest(value), self.assertRaises(ValidationError):
                Page(name="x", m=value).full_clean()
        Page(name="x", m={"a": 1}).full_clean()

    def test_forms(self):
        Form = modelform_factory(Page, fields=["name", "m"])
        form = Form({"name": "c", "m": '{"clicks": 2}'})
        self.assertTrue(form.is_valid(), form.errors)
        self.assertEqual(form.save().m, {"clicks": 2})
        self.assertIn("{&quot;clicks&quot;: 3.0, &quot;views&quot;: 120.0}", str(Form(instance=self.a)["m"]))
        for text in ("{", "[1]", '{"a": "x"}', '{"a": null}'):
            self.assertIn("m", Form({"name": "c", "m": text}).errors)
        # Where a default is callable, what was is in the form, hidden.
        changes = {'{"views": 120, "clicks": 3}': [], '{"views": 121, "clicks": 3}': ["m"], "{": ["m"]}
        for text, changed in changes.items():
            data = {"name": "a", "m": text, "initial-m": '{"clicks": 3, "views": 120}'}
            self.assertEqual(Form(data, instance=self.a).changed_data, changed)

    def test_serializers(self):
        text = serializers.serialize("json", Page.objects.filter(name="b"))
        Page.objects.all().delete()
        for restored in serializers.deserialize("json", text):
            restored.save()
        page = Page.objects.get()
        self.assertEqual((page.m, page.other), (self.b.m, self.b.other))

    def test_field(self):
        name, path, args, kwargs = Page._meta.get_field("m").deconstruct()
        self.assertEqual((path, args, kwargs), ("pg_redbear.django.ReddictField", [], {"default": dict}))
        self.assertEqual([message.id for message in ReddictField(default={}, name="x").check()][-1:], ["fields.E010"])


if __name__ == "__main__":
    common.main()
