using System.Collections.Frozen;
using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>
/// Finds series that no market produces, whatever their source. The bars of an answer are checked, not all bars of a source: a bar that an answer
/// does not use does not matter to it. Checking a window takes less than a microsecond.
/// </summary>
internal sealed class SeriesChecks(IOptions<PricesOptions> options, SymbolCatalog catalog)
{
    private const string Expected = "expected SYMBOL:YYYY-MM-DD, the day of the later bar, and a comma between two";

    private readonly FrozenSet<(string Symbol, DateOnly Day)> _accepted = Parse(options.Value.AcceptedJumps, catalog);

    /// <summary>Describes the first close that is too far from the close before it; null where there is none.</summary>
    public string? Jump(BarSeries series) =>
        SeriesRules.FirstJump(series, day => _accepted.Contains((series.Symbol, day))) is { } jump ? Jumped(series.Symbol, jump) : null;

    /// <summary>The same for one bar and the close of the bar before it.</summary>
    public string? Jump(string symbol, double previous, in Bar bar) =>
        SeriesRules.IsJump(previous, bar.Close) && !_accepted.Contains((symbol, bar.Day)) ? Jumped(symbol, new PriceJump(bar.Day, bar.Close / previous)) : null;

    /// <summary>Describes a price of a bar that is too far from the bar's close; null where there is none.</summary>
    public string? Stray(string symbol, in Bar bar)
    {
        if (SeriesRules.Stray(bar) is not { } fault || _accepted.Contains((symbol, bar.Day)))
        {
            return null;
        }

        var day = Text(bar.Day);
        return FormattableString.Invariant(
            $"the {fault.Column} of {symbol} of {day} is {fault.Actual:R}: expected {fault.Expected}, or Prices:AcceptedJumps={symbol}:{day} where it is right");
    }

    /// <summary>Describes a symbol that is not traded any more; else null.</summary>
    public static string? Standstill(BarSeries series)
    {
        if (SeriesRules.Standstill(series) is not { } still)
        {
            return null;
        }

        var since = still.LastTrade is { } last ? $"since {Text(last)}" : $"since {Text(still.First)} or earlier";
        return $"{series.Symbol} has no trade {since}: the close has not moved and the volume is 0 for {still.Bars} days";
    }

    /// <summary>What is wrong with a text of accepted jumps; null where it is valid.</summary>
    public static string? Fault(string? text)
    {
        foreach (var entry in Entries(text))
        {
            if (!TryParse(entry, out _, out _))
            {
                return $"Prices:AcceptedJumps has '{entry}': {Expected}";
            }
        }

        return null;
    }

    private static FrozenSet<(string, DateOnly)> Parse(string? text, SymbolCatalog catalog)
    {
        var accepted = new HashSet<(string, DateOnly)>();
        foreach (var entry in Entries(text))
        {
            if (TryParse(entry, out var name, out var day) && catalog.TryNormalise(name, out var symbol))
            {
                accepted.Add((symbol, day));
            }
        }

        return accepted.ToFrozenSet();
    }

    private static string[] Entries(string? text) => (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool TryParse(string entry, out string symbol, out DateOnly day)
    {
        day = default;
        symbol = "";
        if (entry.Split(':', StringSplitOptions.TrimEntries) is not [var name, var date])
        {
            return false;
        }

        symbol = name;
        return SymbolCatalog.Default.TryNormalise(name, out _)
            && DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
    }

    private static string Jumped(string symbol, PriceJump jump) => string.Create(
        CultureInfo.InvariantCulture,
        $"the close of {symbol} of {Text(jump.Day)} is {jump.Factor:G4} times the close before it: expected 0.1 to 10 times, or "
            + $"Prices:AcceptedJumps={symbol}:{Text(jump.Day)} where it is right");

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
