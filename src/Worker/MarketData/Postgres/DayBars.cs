using System.Globalization;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

/// <summary>
/// Aggregates a symbol's rows, which may be hourly and are ordered by time, to daily bars (see <see cref="DayAggregate"/>).
/// </summary>
internal sealed class DayBars(string symbol)
{
    private readonly List<Bar> _bars = [];
    private double _supply;

    /// <summary>The number of days so far.</summary>
    public int Count => _bars.Count;

    /// <summary>Adds a row.</summary>
    /// <exception cref="InvalidMarketDataException">The row is not a valid price.</exception>
    public void Add(DateTime time, double open, double high, double low, double close, double volume, double supply)
    {
        var row = new Bar(DateOnly.FromDateTime(time), open, high, low, close, volume);
        if (BarRules.Check(row) is { } fault)
        {
            throw Fault(symbol, time, fault);
        }

        _supply = supply;
        if (_bars is [.., var day] && day.Day == row.Day)
        {
            _bars[^1] = day.With(row);
        }
        else
        {
            _bars.Add(row);
        }
    }

    /// <summary>These days, followed by those of a later range.</summary>
    public DayBars Then(DayBars later)
    {
        _bars.AddRange(later._bars);
        _supply = later._bars.Count > 0 ? later._supply : _supply;
        return this;
    }

    /// <summary>The bars, with a market cap computed from each close and the token's supply.</summary>
    /// <exception cref="InvalidMarketDataException">The supply gives an invalid market cap.</exception>
    public Bar[] ToBars()
    {
        var bars = new Bar[_bars.Count];
        for (var i = 0; i < bars.Length; i++)
        {
            bars[i] = _bars[i] with { MarketCap = _bars[i].Close * _supply };
            // All rows are valid, so the fault is in the table tokens.
            if (BarRules.Check(bars[i]) is { } fault)
            {
                throw new InvalidMarketDataException($"tokens, symbol {symbol}, column market_cap / current_price: found {Text(_supply)}, expected "
                    + $"{fault.Expected}");
            }
        }

        return bars;
    }

    /// <summary>The fault of a row. A null reads as NaN.</summary>
    public static InvalidMarketDataException Fault(string symbol, DateTime at, BarFault fault) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"price_data, symbol {symbol}, time {at:yyyy-MM-dd HH:mm:ss} UTC, column {fault.Column}: found "
            + $"{(double.IsNaN(fault.Actual) ? "null or NaN" : Text(fault.Actual))}, expected {fault.Expected}"));

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
