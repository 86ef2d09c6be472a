module github.com/seed-6ae541b3/goargus/examples

go 1.25.0

require github.com/seed-6ae541b3/goargus v0.0.0

replace github.com/seed-6ae541b3/goargus => ../
