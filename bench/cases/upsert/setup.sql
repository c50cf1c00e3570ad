-- Four clients add to counters, 10 keys in one of 1,000 rows; ms by which one such transaction follows another
CREATE TABLE upsert_redbear (id int PRIMARY KEY, m reddict NOT NULL) WITH (fillfactor = 50);
CREATE TABLE upsert_jsonb_numeric (id int PRIMARY KEY, m jsonb NOT NULL) WITH (fillfactor = 50);
CREATE TABLE upsert_jsonb_keys (id int PRIMARY KEY, m jsonb NOT NULL) WITH (fillfactor = 50);
CREATE TABLE upsert_jsonb_each (id int PRIMARY KEY, m jsonb NOT NULL) WITH (fillfactor = 50);
CREATE TABLE upsert_jsonb_group (id int PRIMARY KEY, m jsonb NOT NULL) WITH (fillfactor = 50);
