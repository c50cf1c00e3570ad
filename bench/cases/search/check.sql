\set wanted '{"requests": 7, "errors": 3}'
SELECT count(*) AS answer FROM search_keys WHERE m -> 'requests' = 7 AND m -> 'errors' = 3 \gset
SELECT :answer > 0;
SELECT count(*) = :answer FROM search_pairs WHERE m @> :'wanted';
SELECT count(*) = :answer FROM search_keys WHERE m @> :'wanted';
SELECT count(*) = :answer FROM search_path WHERE m @> :'wanted';
SELECT count(*) = :answer FROM search_jsonb WHERE m @> :'wanted';
