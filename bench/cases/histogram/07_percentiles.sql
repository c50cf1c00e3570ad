SELECT count(rh_percentiles(h, '{0.5,0.9,0.95,0.99}')) FROM histograms;
