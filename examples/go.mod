module github.com/seed-6ae541b3/goargus/examples

go 1.25.0

require github.com/seed-6ae541b3/goargus v0.0.0

require github.com/google/go-cmp v0.7.0 // indirect

replace github.com/seed-6ae541b3/goargus => ../
