--
-- Key sets on all nodes, where there is no Citus. t/050_nodes.pl has two nodes.
--

-- they are registered here, and it is said that they are here alone
SELECT rd_share_keys_everywhere('{nodes b,nodes a}') = rd_index_hash('{"nodes a": 1, "nodes b": 2}');
SELECT count(*) FROM rd_shared_indexes() WHERE keys = '{nodes a,nodes b}';
SELECT rd_share_keys_everywhere(NULL) IS NULL;
SELECT * FROM rd_sync_keys();

-- errors are those of rd_share_keys()
\set VERBOSITY terse
SELECT rd_share_keys_everywhere('{}');
SELECT rd_share_keys_everywhere('{a,NULL}');
