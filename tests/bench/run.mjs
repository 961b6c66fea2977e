// Stands in for the benchmarks until the next milestone writes them. It measures nothing and says so.
console.log('No benchmark exists yet: the next milestone fills in tests/bench. Nothing was measured.');
