SELECT count(h) FROM histograms;
