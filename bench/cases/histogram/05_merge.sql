SELECT rh_merge(h) FROM histograms;
