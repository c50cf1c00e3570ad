SELECT redhist(m) FROM ten_reddict;
