namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>How recorded predictions turned out. Counts of several symbols, timeframes and workers may be added before they are divided.</summary>
/// <param name="Scored">Predictions whose outcome is known.</param>
/// <param name="Right">Of these, those whose direction was right.</param>
/// <param name="BaseRateRight">Of these, those for which the direction that had been the most frequent until then was right.</param>
/// <param name="WithRange">Of these, those that stated a range.</param>
/// <param name="InRange">Of those with a range, those whose close fell into it.</param>
/// <param name="InRangeExpected">How many closes the ranges should contain: the sum of their levels, 0.9 each.</param>
public readonly record struct OutcomeCounts(long Scored, long Right, long BaseRateRight, long WithRange, long InRange, double InRangeExpected);
