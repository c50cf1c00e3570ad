SELECT rh_count(rh_merge(h)) = rs_count(rs_merge(s)) AND rh_min(rh_merge(h)) = rs_min(rs_merge(s)) AND rh_max(rh_merge(h)) = rs_max(rs_merge(s))
FROM histograms;
