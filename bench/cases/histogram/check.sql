SELECT rh_count(h) = rd_count_agg AND rh_min(h) = min AND rh_max(h) = max
FROM (SELECT redhist(m) AS h, rd_count_agg(m), min(m), max(m) FROM ten_reddict) AS t;
SELECT redhist(m) = (SELECT redhist(m) FROM ten_packed) FROM ten_reddict;
-- within 0.55 % of the exact ones
SELECT bool_and(abs(value - (exact -> key)) <= 0.0055 * (exact -> key))
FROM (SELECT rh_percentile(redhist(m), 0.95) AS estimated, rd_percentile_agg(m, 0.95) AS exact FROM ten_reddict) AS t, rd_each(estimated);
SELECT rd_sum(rh_count(rh_merge(h))) = 10 * (SELECT sum(rd_sum(rh_count(h))) FROM hundred_histograms) FROM histograms;
