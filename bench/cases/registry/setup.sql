-- What registered key sets cost a session: none, or 100,000 of them

CREATE DATABASE registry_0;
CREATE DATABASE registry_100000;
\c registry_100000
CREATE EXTENSION redbear;
SELECT count(rd_share_keys(ARRAY['set', i::text, 'views', 'clicks'])) FROM generate_series(1, (100000 * :size)::int) AS i;
VACUUM (ANALYZE) _redbear.key_indexes;
\c registry_0
CREATE EXTENSION redbear;
\c postgres
