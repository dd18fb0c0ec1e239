namespace Coinsphere.Messaging.Forecasting.Bars;

/// <summary>Defines what a valid bar is. Every price source checks its bars by these rules.</summary>
public static class BarRules
{
    // Far beyond any market, and small enough that no sum or square of them overflows a double.
    private const double MinPrice = 1e-15;
    private const double MaxPrice = 1e15;
    private const double MaxAmount = 1e30;

    // The largest difference of columns that were rounded separately, including a float's precision. Real bars of eleven years and twenty symbols
    // show none.
    private const double Rounded = 1e-6;

    /// <summary>The first fault of a bar, or null where it is valid.</summary>
    public static BarFault? Check(in Bar bar) =>
        Price("open", bar.Open) ?? Price("high", bar.High) ?? Price("low", bar.Low) ?? Price("close", bar.Close)
        ?? Amount("volume", bar.Volume) ?? Amount("market_cap", bar.MarketCap)
        ?? NotBelow(bar.High, "low", bar.Low) ?? NotBelow(bar.High, "open", bar.Open) ?? NotBelow(bar.High, "close", bar.Close)
        ?? NotAbove(bar.Low, "open", bar.Open) ?? NotAbove(bar.Low, "close", bar.Close);

    private static BarFault? Price(string column, double value) =>
        value is >= MinPrice and <= MaxPrice ? null : new BarFault(column, "a positive number (1e-15 to 1e15)", value);

    private static BarFault? Amount(string column, double value) =>
        value is >= 0 and <= MaxAmount ? null : new BarFault(column, "a number of at least 0 (up to 1e30)", value);

    private static BarFault? NotBelow(double high, string column, double value) =>
        high >= value * (1 - Rounded) ? null : new BarFault("high", FormattableString.Invariant($"at least the {column} of {value:R}"), high);

    private static BarFault? NotAbove(double low, string column, double value) =>
        low <= value * (1 + Rounded) ? null : new BarFault("low", FormattableString.Invariant($"at most the {column} of {value:R}"), low);
}

/// <summary>Why a bar is not valid.</summary>
/// <param name="Column">The column at fault, by its name in a price file.</param>
/// <param name="Expected">What the column must hold.</param>
/// <param name="Actual">The value that was found.</param>
public sealed record BarFault(string Column, string Expected, double Actual);
