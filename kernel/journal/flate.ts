// What of the compression library the journal uses: a chunk of its own, so that a first start does not load it.
export { deflateSync, inflateSync } from 'fflate';
