namespace Coinsphere.Messaging.Forecasting.Bars;

/// <summary>One closed daily bar of a symbol. Prices and market cap are in the quote currency (USD), volume in its source's unit.</summary>
/// <param name="Day">The UTC day the bar covers; it closes at the next midnight.</param>
/// <param name="Open">First price of the day.</param>
/// <param name="High">Highest price of the day.</param>
/// <param name="Low">Lowest price of the day.</param>
/// <param name="Close">Last price of the day.</param>
/// <param name="Volume">Traded volume of the day.</param>
public readonly record struct Bar(DateOnly Day, double Open, double High, double Low, double Close, double Volume)
{
    /// <summary>Market capitalisation at the close; 0 where it was never known. Sources fill gaps (see their remarks); features use it unchanged.</summary>
    public double MarketCap { get; init; }

    /// <summary>The source's own one-hour change in percent; NaN where its cell is empty. Read only where <see cref="BarSeries.HasChange1h"/>.</summary>
    public double Change1h { get; init; } = double.NaN;

    /// <summary>The source's own 24-hour change in percent; NaN where its cell is empty. Read only where <see cref="BarSeries.HasChange24h"/>.</summary>
    public double Change24h { get; init; } = double.NaN;
}
