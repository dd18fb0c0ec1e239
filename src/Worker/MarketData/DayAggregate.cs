using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>How rows of a part of a day become the bar of a UTC day: first open, highest high, lowest low, last close, summed volume.</summary>
internal static class DayAggregate
{
    /// <summary>The bar of a day so far, and a later row of the same day.</summary>
    public static Bar With(this in Bar day, in Bar row) =>
        row with { Open = day.Open, High = Math.Max(day.High, row.High), Low = Math.Min(day.Low, row.Low), Volume = day.Volume + row.Volume };
}
