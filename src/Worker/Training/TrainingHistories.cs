using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Postgres;

namespace Coinsphere.Messaging.Worker.Training;

/// <summary>Reads the bars that networks are trained on, and their sentiment from the same source as serving.</summary>
internal sealed class TrainingHistories(IPriceSource prices, ISentimentSource sentiments, SymbolCatalog catalog, SeriesChecks checks)
{
    /// <summary>All bars of symbols.</summary>
    /// <param name="symbols">Symbols in any case.</param>
    /// <param name="through">The last day to use.</param>
    /// <param name="failed">Called with the reason for a symbol that is left out, and whether that is a fault: a symbol without prices is no fault
    /// where it was not named.</param>
    /// <param name="noted">Called with what is left out of a symbol's bars.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public async Task<List<LabelledHistory>> ReadAsync(
        IEnumerable<string> symbols, DateOnly through, Action<string, bool> failed, Action<string> noted, CancellationToken cancellationToken)
    {
        var histories = new List<LabelledHistory>();
        foreach (var asked in symbols)
        {
            if (!catalog.TryNormalise(asked, out var symbol))
            {
                failed($"'{asked}' is not a symbol: expected 1 to {SymbolCatalog.MaxLength} of A-Z and 0-9", true);
                continue;
            }

            try
            {
                if (await prices.ReadAsync(symbol, through, int.MaxValue, cancellationToken) is not { Bars.Length: > 0 } series)
                {
                    failed($"{symbol}: the {prices.Name} prices have no bars of it", false);
                }
                else if ((checks.Jump(series) ?? SeriesChecks.Standstill(series)) is { } fault)
                {
                    failed($"{symbol} is left out: {fault}", true);
                }
                else
                {
                    var settled = Settled(series, noted);
                    histories.Add(new LabelledHistory(settled, await sentiments.ReadAsync(settled, cancellationToken)));
                }
            }
            catch (InvalidMarketDataException fault)
            {
                failed(fault.Message, true);
            }
        }

        // A few invented histories would spoil what the network learns from real ones.
        if (histories.Exists(history => !history.Series.IsSynthetic))
        {
            foreach (var synthetic in histories.Where(history => history.Series.IsSynthetic))
            {
                failed($"{synthetic.Series.Symbol} is left out: its prices are synthetic, and those of others are not", true);
            }

            histories.RemoveAll(history => history.Series.IsSynthetic);
        }

        return histories;
    }

    // A correction may itself be wrong: until a week has passed, no network learns from the day, and no window or outcome contains it.
    private static BarSeries Settled(BarSeries series, Action<string> noted)
    {
        var corrected = series.CorrectedDays.ToHashSet();
        var bars = series.Bars.ToArray();
        var settled = Array.FindAll(bars, bar => !corrected.Contains(bar.Day));
        if (settled.Length == bars.Length)
        {
            return series;
        }

        var days = bars.Select(bar => bar.Day).Where(corrected.Contains).ToArray();
        var which = days is [var only] ? $"the day {only:yyyy-MM-dd}" : $"{days.Length} days from {days[0]:yyyy-MM-dd} to {days[^1]:yyyy-MM-dd}";
        noted(FormattableString.Invariant($"{series.Symbol}: {which}, corrected in the last {PostgresPriceSource.CorrectedLately.Days} days"));
        return series with { Bars = settled };
    }
}
