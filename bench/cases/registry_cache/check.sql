\c registry_cache
SELECT count(*) = (14000 * :size)::int AND bool_and(rd_is_packed(m)) FROM maps;
-- what a session keeps is what it may keep, and a little more for the table of hashes
SELECT count(m -> 'key 7 of 7') = 1 FROM maps;
SELECT sum(total_bytes) BETWEEN 1 AND 18 * 1024 * 1024 FROM pg_backend_memory_contexts WHERE 'redbear registry' IN (name, parent);
