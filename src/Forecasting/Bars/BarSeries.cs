namespace Coinsphere.Messaging.Forecasting.Bars;

/// <summary>Daily bars of one symbol, ascending by day, each valid by <see cref="BarRules"/>, no day twice. A day may be missing.</summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="Bars">The bars; may be a slice of a longer history, without copying.</param>
/// <param name="HasChange1h">The source has its own one-hour change column; else features compute the one-bar change.</param>
/// <param name="HasChange24h">The source has its own 24-hour change column; else features compute the 24-bar change.</param>
public sealed record BarSeries(string Symbol, ReadOnlyMemory<Bar> Bars, bool HasChange1h = false, bool HasChange24h = false)
{
    /// <summary>Days whose bars were corrected recently, as far as the source knows. A slice of a series keeps the days outside it too.</summary>
    public IReadOnlyList<DateOnly> CorrectedDays { get; init; } = [];

    /// <summary>Whether the prices are invented, some or all of them. Every answer made from them says so.</summary>
    public bool IsSynthetic { get; init; }
}
