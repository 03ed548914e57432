/** Declares the part of the library that is used. The library has no types of its own. */
declare module 'jstat' {
  interface Distribution<Parameters extends readonly number[]> {
    cdf(x: number, ...parameters: Parameters): number;
    inv(p: number, ...parameters: Parameters): number;
  }
  const jstat: {
    readonly jStat: {
      readonly normal: Distribution<[mean: number, standardDeviation: number]>;
      readonly chisquare: Distribution<[degreesOfFreedom: number]>;
    };
  };
  export default jstat;
}
