\set wanted '{"' :variant '": 1}'
SELECT count(*) AS answer FROM one_keys WHERE m -> :'variant' = 1 \gset
SELECT :answer > 0;
SELECT count(*) = :answer FROM one_pairs WHERE m @> :'wanted';
SELECT count(*) = :answer FROM one_keys WHERE m @> :'wanted';
SELECT count(*) = :answer FROM one_path WHERE m @> :'wanted';
SELECT count(*) = :answer FROM one_jsonb WHERE m @> :'wanted';
