#!/usr/bin/env python3
"""Alembic: what autogenerate writes is what a user would run."""

import glob
import os
import shutil
import tempfile
import unittest
import warnings

import common

alembic, sa, _ = common.need("alembic", "sqlalchemy", "psycopg2")

import pg_redbear.alembic
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from pg_redbear.sqlalchemy import Reddict

metadata = sa.MetaData()
sa.Table(
    "traffic",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("m", Reddict, nullable=False, server_default="{}"),
    sa.Column("l", sa.ARRAY(Reddict)),
    sa.Index("traffic_m", "m", postgresql_using="gin", postgresql_ops={"m": "reddict_pair_ops"}),
)

ENVIRONMENT = """
import pg_redbear.alembic
from alembic import context

with context.config.attributes["engine"].connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes["metadata"],
        include_schemas=True,
        compare_type=True,
        compare_server_default=True,
        render_item=pg_redbear.alembic.render_item,
        include_name=pg_redbear.alembic.include_name,
    )
    with context.begin_transaction():
        context.run_migrations()
"""


class Alembic(unittest.TestCase):
    def setUp(self):
        common.create_database("CREATE EXTENSION redbear; SELECT rd_share_keys(ARRAY['a', 'b'])")
        self.engine = sa.create_engine("postgresql+psycopg2://", poolclass=sa.pool.NullPool)
        # Nothing that is not known, such as a type
        warnings.simplefilter("error", sa.exc.SAWarning)

    def compare(self, **options):
        with self.engine.connect() as connection:
            options = {"include_schemas": True, "compare_type": True, **options}
            return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    def test_autogenerate(self):
        with tempfile.TemporaryDirectory() as directory, open(os.devnull, "w") as nowhere:
            config = Config(stdout=nowhere)
            config.set_main_option("script_location", directory)
            config.attributes.update(engine=self.engine, metadata=metadata)
            os.mkdir(directory + "/versions")
            shutil.copy(os.path.join(config.get_template_directory(), "generic", "script.py.mako"), directory)
            with open(directory + "/env.py", "w") as file:
                file.write(ENVIRONMENT)

            def revision(name):
                command.revision(config, name, autogenerate=True)
                with open(glob.glob(f"{directory}/versions/*_{name}.py")[0]) as file:
                    text = file.read()
                command.upgrade(config, "head")
                return text

            text = revision("first")
            self.assertIn("\nimport pg_redbear.sqlalchemy\n", text)
            self.assertIn("sa.Column('m', pg_redbear.sqlalchemy.Reddict(), server_default='{}', nullable=False)", text)
            self.assertIn("ARRAY(pg_redbear.sqlalchemy.Reddict())", text)
            self.assertIn("postgresql_using='gin'", text)
            self.assertIn("reddict_pair_ops", text)
            self.assertNotIn("key_indexes", text)
            self.assertEqual(
                common.psql("SELECT indexdef FROM pg_indexes WHERE indexname = 'traffic_m'"),
                "CREATE INDEX traffic_m ON public.traffic USING gin (m reddict_pair_ops)",
            )
            text = revision("second")
            self.assertNotIn("op.", text)
            command.downgrade(config, "base")
        self.assertEqual(common.psql("SELECT to_regclass('traffic') IS NULL, count(*) FROM rd_shared_indexes()"), "t|1")

    def test_change_of_type(self):
        common.psql("CREATE TABLE traffic (id serial PRIMARY KEY, m jsonb NOT NULL DEFAULT '{}', l reddict[])")
        difference = self.compare(include_name=pg_redbear.alembic.include_name)
        kinds = sorted(d[0] if isinstance(d, tuple) else d[0][0] for d in difference)
        self.assertEqual(kinds, ["add_index", "modify_type"])

    def test_without_the_filter_the_registry_would_go(self):
        """So that the first test tests something"""
        self.assertIn("remove_table", [d[0] for d in self.compare() if isinstance(d, tuple)])


if __name__ == "__main__":
    common.main()
