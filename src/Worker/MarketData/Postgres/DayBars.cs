using System.Globalization;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

/// <summary>
/// Makes daily bars of a symbol's rows, which may be hourly and come in the order of their time: first open, highest high, lowest low, last close, summed
/// volume.
/// </summary>
internal sealed class DayBars(string symbol)
{
    private readonly List<Bar> _bars = [];
    private double _supply;

    /// <summary>Days so far.</summary>
    public int Count => _bars.Count;

    /// <summary>Adds a row.</summary>
    /// <exception cref="InvalidMarketDataException">The row is no valid price.</exception>
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
            _bars[^1] = day with { High = Math.Max(day.High, high), Low = Math.Min(day.Low, low), Close = close, Volume = day.Volume + volume };
        }
        else
        {
            _bars.Add(row);
        }
    }

    /// <summary>These days and then those of a later range.</summary>
    public DayBars Then(DayBars later)
    {
        _bars.AddRange(later._bars);
        _supply = later._bars.Count > 0 ? later._supply : _supply;
        return this;
    }

    /// <summary>The bars, with the market cap that the token's supply makes of each close.</summary>
    /// <exception cref="InvalidMarketDataException">The supply makes no valid market cap.</exception>
    public Bar[] ToBars()
    {
        var bars = new Bar[_bars.Count];
        for (var i = 0; i < bars.Length; i++)
        {
            bars[i] = _bars[i] with { MarketCap = _bars[i].Close * _supply };
            // The rows are valid one by one, so what is left is tokens.
            if (BarRules.Check(bars[i]) is { } fault)
            {
                throw new InvalidMarketDataException($"tokens, symbol {symbol}, column market_cap / current_price: found {Text(_supply)}, expected "
                    + $"{fault.Expected}");
            }
        }

        return bars;
    }

    /// <summary>Names the row at fault. A null reads as NaN.</summary>
    public static InvalidMarketDataException Fault(string symbol, DateTime at, BarFault fault) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"price_data, symbol {symbol}, time {at:yyyy-MM-dd HH:mm:ss} UTC, column {fault.Column}: found "
            + $"{(double.IsNaN(fault.Actual) ? "null or NaN" : Text(fault.Actual))}, expected {fault.Expected}"));

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
