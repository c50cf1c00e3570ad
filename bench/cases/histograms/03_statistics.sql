SELECT rs_merge(s) FROM histograms;
